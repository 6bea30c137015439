"""Forms of referrals; the API reads its JSON through the same ones (CH-7 … CH-12, CH-17, CH-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError

from app.channel.brokers.fields import broker_field
from app.channel.projects.fields import consultant_field, project_field
from app.channel.referrals import choices
from app.channel.referrals.deals import outside_protection
from app.channel.referrals.services import MAX_NEEDS
from app.customers.shared.choices import POOL
from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import REQUIRED, BaseForm, at_most, optional, required
from app.kernel.fields.numbers import DayField, MomentField, MoneyField, YesNoField
from app.kernel.fields.texts import LineField, ObjectsField, PhoneField, TextField
from app.org.shared.fields import department_field, staff_field

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral


_ON_PLATFORM = {"data-show-when": "pool=platform"}
_HANDLED = {**_ON_PLATFORM, "data-star-when": "pool=platform"}


_NO_AMOUNT, _NOTE = 200, 2000


class ReferralForm(BaseForm):
    """A customer that a broker reports (CH-7 … CH-9)."""

    project_id = project_field(_("Project"), optional())
    family_name = LineField(_("Family name"), required(at_most(60)))
    given_name = LineField(_("Given name"), required(at_most(60)))
    phones = ObjectsField(_("Phones"), required(), parts=("prefix", "tail"))
    expected_visit_at = MomentField(_("Expected visit"), optional())
    shop_category = ChoiceField(_("Shop category"), choices.SHOP_CATEGORY, optional())
    customer_type = ChoiceField(_("Customer type"), choices.CUSTOMER_TYPE, optional())
    needs = TextField(_("Needs"), optional(at_most(MAX_NEEDS)))
    consultant_id = consultant_field(_("Property consultant"), optional())
    for_broker_id = broker_field(_("For broker"), optional())
    report = YesNoField(_("Report at once"))

    def values(self) -> dict[str, Any]:
        """Return the numbers as pairs, as the service takes them."""
        found = super().values()
        return {**found, "phones": [(one["prefix"], one["tail"]) for one in found["phones"]]}


class ReportForm(BaseForm):
    """The report of a customer, which brokers may repeat (CH-11)."""


class CloseForm(BaseForm):
    """A deal: the day, the amount and the plot (CH-24)."""

    closed_on = DayField(_("Day of the deal"), required())
    amount = MoneyField(_("Amount"), optional(), render_kw={"data-unit": _("CNY")})
    unit = LineField(_("Plot or unit"), optional(at_most(120)))
    note = TextField(_("Note"), optional(at_most(_NOTE)))


class ClosePageForm(CloseForm):
    """A deal on its page, which asks for the amount, or why there is none; the API leaves it open (CH-24)."""

    amount = MoneyField(
        _("Amount"), optional(), render_kw={"data-unit": _("CNY"), "data-star-when": "no_amount="}
    )
    no_amount = LineField(
        _("Why there is no amount"),
        optional(at_most(_NO_AMOUNT)),
        description=_("Needed where the amount is left empty"),
    )
    sections: tuple[Any, ...] = (("", ("closed_on", "amount", "no_amount", "unit", "note")),)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for confirmation of a deal without an amount, which counts in no figure."""
        valid = bool(super().validate(extra_validators))
        if self.amount.data is None and not self.no_amount.data and not self.amount.errors:
            self.amount.errors = [str(_("Type the amount, or below why there is none"))]
            return False
        return valid

    def values(self) -> dict[str, Any]:
        """Return the values; the reason for a missing amount becomes part of the note."""
        found = super().values()
        reason = found.pop("no_amount")
        if reason and found["amount"] is None:
            said = gettext("No amount: %(reason)s", reason=reason)
            found["note"] = "\n".join(filter(None, (said, found["note"])))
        return found


class CloseUnboundForm(ClosePageForm):
    """A deal of a customer who is not bound now: a day outside its protection is confirmed (CH-24)."""

    outside = YesNoField(_("Outside the protection"), description=_("Needed for a day without protection"))
    sections = (("", ("closed_on", "outside", "amount", "no_amount", "unit", "note")),)

    def __init__(self, referral: Referral, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.referral = referral

    def validate_outside(self, field: YesNoField) -> None:
        """Require the confirmation that the day lies outside the protection."""
        day: Any = self.closed_on.data
        if day is not None and not field.data and outside_protection(self.referral, day):
            raise ValidationError(
                str(_("This day lies outside any protection; confirm it to close all the same"))
            )

    def values(self) -> dict[str, Any]:
        """Return the values without the confirmation, which only the page needs."""
        found = super().values()
        found.pop("outside")
        return found


class MakeCustomerForm(BaseForm):
    """The whole number and who will be responsible for the customer file (CH-24, POOL-1, POOL-2)."""

    phone = PhoneField(
        _("Whole phone number"), required(), description=_("It has to match what the broker reported")
    )
    pool = ChoiceField(_("Pool"), POOL, required(), default="personal")
    owner_id = staff_field(
        _("Owner"),
        optional(),
        may=FOLLOWING_UP,
        render_kw={"data-show-when": "pool=personal", "data-star-when": "pool=personal"},
        description=_("Who looks after the customer from now on; has to be named"),
    )
    handler_id = staff_field(_("Handler"), optional(), may=FOLLOWING_UP, render_kw=_HANDLED)
    department_id = department_field(
        _("Department"), optional(), render_kw=_ON_PLATFORM, description=_("Left empty: the handler's")
    )
    sections = (("", ("phone", "pool", "owner_id", "handler_id", "department_id")),)

    def validate(self, extra_validators: Any = None) -> bool:
        """Require the person who is responsible in the chosen pool."""
        valid = bool(super().validate(extra_validators))
        responsible = {"personal": self.owner_id, "platform": self.handler_id}.get(str(self.pool.data))
        if responsible is not None and responsible.data is None and not responsible.errors:
            responsible.errors = [str(REQUIRED)]
            return False
        return valid
