"""Forms of instalments and receipts; the API reads its JSON through the same ones (CUST-16)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.deals.contracts.models import Contract
from app.deals.contracts.queries import visible_contracts
from app.deals.payments.choices import RECEIPT_METHOD
from app.deals.payments.schedule import MOST_PARTS
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.fields.choices import ChoiceField, ReferenceField
from app.kernel.fields.forms import BaseForm, at_most, between, optional, required
from app.kernel.fields.numbers import DayField, MoneyField, VersionField, WholeField
from app.kernel.fields.texts import LineField

_BY_DEFAULT = _("Left empty: the signing plus the customer's payment days")


def contract_name(pk: int) -> str:
    """Return the name of a chosen contract that the actor may read."""
    found = db.session.scalars(visible_contracts(current_actor()).where(Contract.id == pk)).one_or_none()
    return found.name if found else ""


def contract_field(label: Any, validators: list[Any], **kwargs: Any) -> ReferenceField:
    """Return a field for a contract that the actor may read, found by remote search."""
    return ReferenceField(
        label, validators, url=lambda: url_for("PaymentView.contracts"), name_of=contract_name, **kwargs
    )


class PaymentForm(BaseForm):
    """A new instalment (CUST-16)."""

    contract_id = contract_field(_("Contract"), required())
    amount = MoneyField(_("Amount"), required())
    due_on = DayField(_("Due on"), optional(), description=_BY_DEFAULT)


class DraftPaymentForm(PaymentForm):
    """The same of a contract that is not signed yet: nothing tells its due day."""

    due_on = DayField(_("Due on"), required())


class PaymentEditForm(BaseForm):
    """An edit of an instalment."""

    amount = MoneyField(_("Amount"), required())
    due_on = DayField(_("Due on"), required())


class PlanForm(BaseForm):
    """What a contract has left in equal instalments: rounded down, the last takes the rest (CUST-16)."""

    parts = WholeField(_("Number of instalments"), required(between(1, MOST_PARTS)), default=3)
    first_due_on = DayField(_("First due on"), optional(), description=_BY_DEFAULT)
    months = WholeField(
        _("Months between"),
        optional(between(1, 60)),
        default=1,
        description=_("Each keeps the wished day; a shorter month its last one"),
    )

    def values(self) -> dict[str, Any]:
        """Return the values; monthly where nothing was typed."""
        found = super().values()
        return {**found, "months": found["months"] or 1}


class DraftPlanForm(PlanForm):
    """The same of a contract that is not signed yet: nothing tells the first due day."""

    first_due_on = DayField(_("First due on"), required())


class ReceiptForm(BaseForm):
    """Money that came in (CUST-16)."""

    amount = MoneyField(_("Amount"), required())
    received_on = DayField(_("Received on"), required(), default=clock.today)
    method = ChoiceField(_("Way of payment"), RECEIPT_METHOD, required(), default="transfer")
    note = LineField(_("Note"), optional(at_most(200)))


class TakeBackForm(BaseForm):
    """A receipt that was wrong: a counter-entry takes it back (CUST-16)."""

    receipt_id = VersionField(_("Receipt"), required())
    reason = LineField(_("Reason"), required(at_most(200)))
