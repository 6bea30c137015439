"""Forms of contracts; the API reads its JSON through the same ones (CUST-16)."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.shared.queries import FOLLOWING_UP, openable_names
from app.deals.credit.currencies import CURRENCY, DEFAULT
from app.kernel.access.current import current_actor
from app.kernel.fields.choices import ChoiceField, ReferenceField
from app.kernel.fields.forms import BaseForm, at_most, between, optional, required
from app.kernel.fields.numbers import DayField, MoneyField, VersionField, WholeField
from app.kernel.fields.texts import LineField, TextField
from app.kernel.text import MAX_ID
from app.org.shared.fields import staff_field


def customer_name(pk: int) -> str:
    """Return the name of a chosen customer that the actor can open."""
    return openable_names([pk], current_actor()).get(pk, "")


def customer_field(label: Any, validators: list[Any], **kwargs: Any) -> ReferenceField:
    """Return a field for a customer that the actor can open, found by remote search."""
    return ReferenceField(
        label, validators, url=lambda: url_for("CustomerView.options"), name_of=customer_name, **kwargs
    )


class _TermsForm(BaseForm):
    """What a contract says."""

    title = LineField(_("Title"), required(at_most(120)))
    amount = MoneyField(_("Amount"), required())
    currency = ChoiceField(_("Currency"), CURRENCY, optional(), default=DEFAULT)
    starts_on = DayField(_("Starts on"), optional())
    ends_on = DayField(_("Ends on"), optional())


class ContractForm(_TermsForm):
    """A new contract (CUST-16); it belongs to its author unless a colleague is named."""

    customer_id = customer_field(_("Customer"), required())
    owner_id = staff_field(_("Owner"), optional(), may=FOLLOWING_UP, description=_("Left empty: you"))

    sections = (
        (_("Contract"), ("customer_id", "title", "amount", "currency", "starts_on", "ends_on", "owner_id")),
    )


class ContractEditForm(_TermsForm):
    """An edit of a contract; ``version`` is the save it began from."""

    version = VersionField(_("Version"), optional())
    currency = ChoiceField(_("Currency"), CURRENCY, required())

    sections = ((_("Contract"), ("title", "amount", "currency", "starts_on", "ends_on")),)


class ContractBody(ContractForm):
    """A new contract in the API, which may name the company path that it goes through (CUST-16)."""

    company_path_id = WholeField(_("Company path"), optional(between(1, MAX_ID)))


class ContractEditBody(ContractEditForm):
    """An edit in the API: only what is sent changes."""

    company_path_id = WholeField(_("Company path"), optional(between(1, MAX_ID)))


class CloseForm(BaseForm):
    """Why a contract is ended or voided."""

    reason = TextField(_("Reason"), optional(at_most(500)))
