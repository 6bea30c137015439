"""How contracts are shown: tags, cells, lines (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import openable_names
from app.deals.contracts.choices import CONTRACT_STATE
from app.deals.contracts.permissions import ContractPermission
from app.deals.contracts.policies import can_create_contract
from app.deals.contracts.serializers import name_of_customer
from app.deals.credit.currencies import money
from app.deals.credit.presentation import warning_before_signing
from app.deals.credit.queries import credit_of
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import code_tag, join_html, record_address, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.customers.shared.models import Customer
    from app.customers.shared.policies import Facts
    from app.deals.contracts.models import Contract
    from app.kernel.access.actor import Actor

_LINK = Markup('<a href="{}">{}</a>')


def state_tags(contract: Contract) -> list[Any]:
    """Show the state, and whether it is in force."""
    tags = [code_tag(CONTRACT_STATE, contract.state)]
    if contract.is_in_force:
        tags.append(tag(gettext("In force"), "green"))
    return tags


def payment_tags(contract: Any) -> list[Any]:
    """Show whether it is partly paid and overdue; a record may be both."""
    tags = []
    if contract.is_partly_paid:
        tags.append(tag(gettext("Partly paid"), "gold"))
    if contract.is_overdue:
        tags.append(tag(gettext("Overdue"), "red"))
    return tags


def paid_cell(contract: Contract) -> Any:
    """Show the share that came in, with its tags."""
    return join_html([f"{contract.share_paid:.0f}%", *payment_tags(contract)])


def customer_links(
    records: Iterable[Any], actor: Actor, name_of: Any = name_of_customer
) -> Mapping[int, Mapping[str, Any]]:
    """Return the customers' names as links, where the actor can open them: one statement for a page."""
    rows = [*records]
    may = actor.may(CustomerPermission.READ)
    names = openable_names([one.customer_id for one in rows], actor) if may else {}
    return {
        one.id: {
            "customer": _LINK.format(record_address("CustomerView.show", one.customer_id), name_of(one))
            if one.customer_id in names
            else name_of(one)
        }
        for one in rows
    }


def before_signing(contract: Contract) -> str:
    """Say what the credit allows before the contract is signed (CUST-18)."""
    return warning_before_signing(credit_of(contract.customer), contract.currency, contract.unpaid)


def amount_text(contract: Contract) -> str:
    """Show the amount with its currency."""
    return money(contract.amount, contract.currency)


def new_contract_button(customer: Customer, actor: Actor, facts: Facts) -> list[Button]:
    """Return the button that draws up a contract with this customer; disabled with the reason."""
    if not actor.may(ContractPermission.CREATE):
        return []
    verdict = can_create_contract(actor, customer, facts)
    url = url_for("ContractView.add", customer_id=customer.id)
    label = gettext("New contract")
    return [Button(label, url, "fa-plus", "drawer", primary=bool(verdict), reason=verdict.reason)]
