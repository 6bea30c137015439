"""The pages of instalments and their receipts (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.deals.contracts.models import Contract
from app.deals.contracts.queries import get_contract, visible_contracts
from app.deals.payments import forms, policies, services
from app.deals.payments.filters import PAYMENTS, TABS
from app.deals.payments.models import Payment
from app.deals.payments.operations import PLAN
from app.deals.payments.permissions import PaymentPermission
from app.deals.payments.presentation import amount_text, contract_link, status_cell, status_tags
from app.deals.payments.queries import PAYMENT_PEOPLE, get_payment, payment_facts, visible_payments
from app.deals.payments.serializers import name_of_customer
from app.deals.payments.tabs import RECEIPTS_TAB
from app.deals.shared.presentation import customer_cells
from app.kernel.access.current import current_actor
from app.kernel.fields.choices import choices_from, search_text
from app.kernel.lists.search import contains, starting
from app.kernel.pages.answers import say_created
from app.kernel.pages.form_page import WITH_NEXT, run_form
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.kernel.text import read_code, read_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.deals.contracts.policies import ContractFacts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer


class PaymentView(ScopedModelView):
    """List, detail, creation and edit of instalments."""

    datamodel = SQLAInterface(Payment)
    route_base = "/payments"
    class_permission_name = "Payment"
    include_route_methods = {"list", "counts", "show", "tab", "add", "edit", "contracts"}
    scope = staticmethod(visible_payments)
    spec = PAYMENTS
    tabs = TABS
    list_options = PAYMENT_PEOPLE
    detail_tabs = (RECEIPTS_TAB, OFFICE_LOG_TAB)
    list_title = _("Payments")
    add_title = _("New instalment")
    edit_title = _("Edit instalment")
    empty_text = _("No instalment yet; a contract is split into some on its page")
    add_form_class = forms.PaymentForm
    edit_form_class = forms.PaymentEditForm
    list_columns = [
        "due_on", "contract", "customer", "amount", "currency", "received", "unpaid", "status", "owner",
        "created_at",
    ]  # fmt: skip
    number_columns = frozenset({"amount", "received", "unpaid"})
    label_columns = {
        "due_on": _("Due on"),
        "contract": _("Contract number"),
        "title": _("Title"),
        "customer": _("Customer"),
        "amount": _("Amount"),
        "currency": _("Currency"),
        "received": _("Amount received"),
        "unpaid": _("Unpaid"),
        "status": _("State"),
        "owner": _("Owner"),
        "created_at": _("Created"),
    }
    formatters_columns = {
        "contract": lambda payment: payment.contract.code,
        "title": lambda payment: payment.contract.title,
        "customer": name_of_customer,
        "currency": lambda payment: payment.contract.currency,
        "status": status_cell,
        "owner": lambda payment: payment.owner.name,
    }
    item_values = {"amount": amount_text}
    show_fieldsets = [
        (
            _("Instalment"),
            {
                "fields": [
                    "customer", "contract", "title", "due_on", "amount", "received", "unpaid", "status",
                    "owner", "created_at",
                ]
            },
        ),
    ]  # fmt: skip

    def get_record(self, pk: int, actor: Actor) -> Payment:
        return get_payment(pk, actor=actor)

    def facts_of(self, records: Sequence[Payment], actor: Actor) -> Mapping[int, ContractFacts]:
        return payment_facts(records, actor)

    def cells_of(self, records: Sequence[Payment], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        names = customer_cells(records, actor)
        return {one.id: {**names.get(one.id, {}), "contract": contract_link(one, actor)} for one in records}

    def record_tags(self, record: Payment) -> list[Any]:
        return status_tags(record)

    def is_struck(self, record: Payment) -> bool:
        """Strike instalments of voided contracts through in the table."""
        return record.contract.state == "voided"

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *operation_offers(self, actor)]

    def detail_buttons(self, record: Payment, actor: Actor, facts: Any) -> list[Button]:
        return [*operation_buttons(self, actor, record, facts), *self.edit_buttons(record, actor, facts)]

    def check_edit(self, record: Payment, actor: Actor, facts: Any) -> Decision:
        return policies.can_edit_payment(actor, record, facts)

    def form_data(self, record: Payment | None, _actor: Actor) -> dict[str, Any]:
        return {} if record is None else {"amount": record.amount, "due_on": record.due_on}

    def create(self, values: dict[str, Any], actor: Actor) -> Payment:
        return services.create_payment(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Payment:
        return services.update_payment(pk, values=values, actor=actor)

    @expose("/new", methods=["GET", "POST"])
    @permitted(PaymentPermission.CREATE)
    def add(self) -> Any:
        """Show the form of a new instalment, from a contract's page too: ``?contract_id=…``."""
        actor = current_actor()
        contract = _named_contract(actor)
        known: dict[str, Any] = {}
        if contract is not None:
            known = {"contract_id": contract.id, "amount": contract.amount - contract.planned or None}
        is_draft = contract is not None and contract.signed_at is None
        made = forms.DraftPaymentForm if is_draft else forms.PaymentForm
        back = url_for("ContractView.show", pk=contract.id) if contract else url_for("PaymentView.list")
        return run_form(
            made(data=known),
            title=f"{self.add_title} — {contract.name}" if contract else str(self.add_title),
            back_url=back,
            submit=lambda values: self.create(values, actor),
            done_url=self.record_url,
            done=lambda one: say_created(self, one),
            hint=str(PLAN.page.warning(contract)) if contract and PLAN.page.warning else "",
            look=WITH_NEXT,
        )

    @expose("/contracts", methods=["GET"])
    @permitted(PaymentPermission.READ)
    def contracts(self) -> Response:
        """List remote-search choices: contracts that the actor may read, by number or part of the title."""
        typed = search_text()
        found = visible_contracts(current_actor())
        if read_code(typed).startswith("CON"):
            found = found.where(starting(Contract.code, read_code(typed)))
        elif typed:
            found = found.where(contains(Contract.title, typed))
        return choices_from(
            found.order_by(Contract.created_at.desc(), Contract.id.desc()), lambda row: row.name
        )


def _named_contract(actor: Actor) -> Contract | None:
    """Return the contract that the address names, if any."""
    raw = request.args.get("contract_id", "")
    try:
        pk = read_id(raw) if raw else None
    except ValueError:
        return None
    return get_contract(pk, actor=actor) if pk else None
