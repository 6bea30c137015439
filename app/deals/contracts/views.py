"""The pages of contracts (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from flask import request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.customers.shared.queries import get_fully_open_customer
from app.deals.contracts import forms, policies, services
from app.deals.contracts.filters import CONTRACTS, TABS
from app.deals.contracts.models import Contract
from app.deals.contracts.permissions import ContractPermission
from app.deals.contracts.presentation import (
    amount_text,
    paid_cell,
    payment_tags,
    state_tags,
)
from app.deals.contracts.queries import CONTRACT_PEOPLE, contract_facts, get_contract, visible_contracts
from app.deals.credit.presentation import credit_in_words
from app.deals.credit.queries import credit_of
from app.deals.shared.currencies import money
from app.deals.shared.presentation import customer_cells
from app.kernel.access.current import current_actor
from app.kernel.pages.answers import say_created
from app.kernel.pages.elements import Button, enabled_first
from app.kernel.pages.form_page import WITH_NEXT, run_form
from app.kernel.pages.formatting import join_html
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.kernel.text import read_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.fields.forms import BaseForm
    from app.kernel.pages.row_buttons import RowOffer
    from app.kernel.pages.tabs import DetailTab


class ContractView(ScopedModelView):
    """List, detail, creation and edit of contracts."""

    datamodel = SQLAInterface(Contract)
    route_base = "/contracts"
    class_permission_name = "Contract"
    include_route_methods = {"list", "counts", "show", "tab", "add", "edit"}
    scope = staticmethod(visible_contracts)
    spec = CONTRACTS
    tabs = TABS
    list_options = CONTRACT_PEOPLE
    detail_tabs: ClassVar[Sequence[DetailTab]] = (OFFICE_LOG_TAB,)
    list_title = _("Contracts")
    add_title = _("New contract")
    edit_title = _("Edit contract")
    empty_text = _("No contract yet; draw one up from a customer's page or here")
    add_form_class = forms.ContractForm
    edit_form_class = forms.ContractEditForm
    list_columns = [
        "code", "title", "customer", "status", "amount", "currency", "paid", "next_due_on", "ends_on",
        "owner", "created_at",
    ]  # fmt: skip
    number_columns = frozenset({"amount"})
    label_columns = {
        "code": _("Contract number"),
        "title": _("Title"),
        "customer": _("Customer"),
        "status": _("State"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "paid": _("Paid"),
        "planned": _("In instalments"),
        "received": _("Amount received"),
        "unpaid": _("Unpaid"),
        "next_due_on": _("Next due"),
        "starts_on": _("Starts on"),
        "ends_on": _("Ends on"),
        "owner": _("Owner"),
        "signed_at": _("Signed at"),
        "ended_at": _("Ended at"),
        "voided_at": _("Voided at"),
        "reason": _("Reason"),
        "created_at": _("Created"),
    }
    formatters_columns = {
        "customer": lambda contract: contract.name_of_customer,
        "status": lambda contract: join_html(state_tags(contract)),
        "paid": paid_cell,
        "owner": lambda contract: contract.owner.name,
    }
    item_values = {
        "amount": amount_text,
        "planned": lambda contract: money(contract.planned, contract.currency),
        "received": lambda contract: money(contract.received, contract.currency),
        "unpaid": lambda contract: money(contract.unpaid, contract.currency),
    }
    show_fieldsets = [
        (
            _("Contract"),
            {
                "fields": [
                    "customer", "title", "code", "amount", "starts_on", "ends_on", "owner", "created_at",
                    "signed_at", "ended_at", "voided_at", "reason",
                ]
            },
        ),
        (_("Payment"), {"fields": ["paid", "planned", "received", "unpaid", "next_due_on"]}),
    ]  # fmt: skip

    def get_record(self, pk: int, actor: Actor) -> Contract:
        return get_contract(pk, actor=actor)

    def facts_of(self, records: Sequence[Contract], actor: Actor) -> Mapping[int, policies.ContractFacts]:
        return contract_facts(records, actor)

    def cells_of(self, records: Sequence[Contract], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        return customer_cells(records, actor)

    def record_tags(self, record: Contract) -> list[Any]:
        return [*state_tags(record), *payment_tags(record)]

    def is_struck(self, record: Contract) -> bool:
        """Strike voided contracts through in the table."""
        return record.state == "voided"

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *operation_offers(self, actor)]

    def detail_buttons(self, record: Contract, actor: Actor, facts: Any) -> list[Button]:
        operations = operation_buttons(self, actor, record, facts)
        return enabled_first([*operations, *self.edit_buttons(record, actor, facts)], 0)

    def check_edit(self, record: Contract, actor: Actor, facts: Any) -> Decision:
        return policies.can_edit_contract(actor, record, facts)

    def form_data(self, record: Contract | None, _actor: Actor) -> dict[str, Any]:
        if record is None:
            return {}
        names = ("title", "amount", "currency", "starts_on", "ends_on", "version")
        return {name: getattr(record, name) for name in names}

    def edit_form(self, record: Contract, actor: Actor) -> BaseForm:
        """Return the form, with what the credit allows below the amount (CUST-18)."""
        form: Any = super().edit_form(record, actor)
        if record.state == "signed" and record.customer.credit_enabled:
            form.amount.description = credit_in_words(credit_of(record.customer), record.currency)
        return form

    def create(self, values: dict[str, Any], actor: Actor) -> Contract:
        return services.create_contract(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Contract:
        version = values.pop("version")
        return services.update_contract(pk, values=values, version=version, actor=actor)

    @expose("/new", methods=["GET", "POST"])
    @permitted(ContractPermission.CREATE)
    def add(self) -> Any:
        """Show the form of a new contract, from a customer's page too: ``?customer_id=…``."""
        actor = current_actor()
        customer = _named_customer(actor)
        known = {"customer_id": customer.id} if customer else {}
        back = url_for("CustomerView.show", pk=customer.id, _anchor="contracts") if customer else ""
        return run_form(
            forms.ContractForm(data=known),
            title=f"{self.add_title} — {customer.name}" if customer else str(self.add_title),
            back_url=back or url_for("ContractView.list"),
            submit=lambda values: self.create(values, actor),
            done_url=self.record_url,
            done=lambda made: say_created(self, made),
            hint=_credit_hint(customer),
            look=WITH_NEXT,
        )


def _named_customer(actor: Actor) -> Customer | None:
    """Return the customer that the address names, if any."""
    raw = request.args.get("customer_id", "")
    try:
        pk = read_id(raw) if raw else None
    except ValueError:
        return None
    return get_fully_open_customer(pk, actor=actor) if pk else None


def _credit_hint(customer: Customer | None) -> str:
    """Say before a contract is drawn up what the customer's credit allows (CUST-18)."""
    if customer is None or not customer.credit_enabled:
        return ""
    credit = credit_of(customer)
    return credit_in_words(credit) or credit_in_words(credit, "CNY")
