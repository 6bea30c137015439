"""Forms of opportunities; the API reads its JSON through the same ones (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.opportunities.choices import LOST_REASON, STAGE
from app.deals.opportunities.services import FIELDS, FIRST_STAGE
from app.deals.shared.fields import (
    MAX_AMOUNT,
    currency_field,
    customer_field,
    edited_owner_field,
    owner_field,
)
from app.deals.shared.models import TITLE_LENGTH
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import DayField, MoneyField, VersionField
from app.kernel.fields.texts import LineField, TextField

_REMARK = 2000


def _amount() -> MoneyField:
    return MoneyField(FIELDS["amount"].label, required(), high=MAX_AMOUNT)


class OpportunityForm(BaseForm):
    """A new opportunity of a customer (CUST-16)."""

    customer_id = customer_field()
    title = LineField(FIELDS["title"].label, required(at_most(TITLE_LENGTH)))
    amount = _amount()
    currency = currency_field()
    stage = ChoiceField(_("Sales stage"), STAGE, optional(), default=FIRST_STAGE)
    expected_on = DayField(FIELDS["expected_on"].label, optional())
    owner_id = owner_field()
    remark = TextField(FIELDS["remark"].label, optional(at_most(_REMARK)))


class OpportunityEditForm(BaseForm):
    """An edit of an opportunity; ``version`` is the save it began from (CUST-20)."""

    version = VersionField(_("Version"), optional())
    title = LineField(FIELDS["title"].label, required(at_most(TITLE_LENGTH)))
    amount = _amount()
    currency = currency_field()
    expected_on = DayField(FIELDS["expected_on"].label, optional())
    owner_id = edited_owner_field()
    remark = TextField(FIELDS["remark"].label, optional(at_most(_REMARK)))


class MoveForm(BaseForm):
    """The stage that an opportunity has come to."""

    stage = ChoiceField(_("Sales stage"), STAGE, required())


class LoseForm(BaseForm):
    """Why an opportunity was lost."""

    reason = ChoiceField(_("Reason"), LOST_REASON, required())
    remark = LineField(_("Remark"), optional(at_most(200)))
