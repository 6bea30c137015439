"""Forms of channel sales; the API reads its JSON through the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from app.channel import choices, policies
from app.channel.closing import outside_protection
from app.channel.fees import MAX_REASON
from app.channel.fields import broker_field, company_field, consultant_field, project_field
from app.channel.services import MAX_NEEDS
from app.channel.tours import MAX_CONTENT
from app.customers.choices import POOL
from app.kernel.errors import Invalid
from app.kernel.fields.choices import ChoiceField, ReferenceField
from app.kernel.fields.forms import BaseForm
from app.kernel.fields.numbers import DayField, MomentField, MoneyField, YesNoField
from app.kernel.fields.texts import LineField, ObjectsField, PhoneField, TextField
from app.kernel.fields.uploads import FilesField
from app.kernel.fields.validators import REQUIRED, at_most, optional, required
from app.kernel.files.attachments import MAX_BYTES
from app.org.shared.fields import department_field, staff_field

if TYPE_CHECKING:
    from app.channel.models import Referral

_TOKEN = 500
_ON_PLATFORM = {"data-show-when": "pool=platform"}
_TICKET = 2000


def _id_field(label: Any, validators: list[Any]) -> ReferenceField:
    """The id of a record, checked by the service."""
    return ReferenceField(label, validators, url=str, name_of=lambda _pk: "")


class ReferralForm(BaseForm):
    """A broker's customer (CH-7 … CH-9)."""

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
        """The numbers as pairs, as the service takes them."""
        found = super().values()
        return {**found, "phones": [(one["prefix"], one["tail"]) for one in found["phones"]]}


class ReportForm(BaseForm):
    """Report a customer, again and again (CH-11)."""


class RebindForm(BaseForm):
    """Give the binding to another broker (CH-23)."""

    broker_id = broker_field(_("Broker"), required())
    reason = TextField(_("Reason"), required(at_most(MAX_REASON)))


class CloseForm(BaseForm):
    """A deal (CH-24)."""

    closed_on = DayField(_("Day of the deal"), required())
    amount = MoneyField(_("Amount"), optional(), render_kw={"data-unit": _("CNY")})
    unit = LineField(_("Plot or unit"), optional(at_most(120)))
    note = TextField(_("Note"), optional(at_most(2000)))


class CloseUnboundForm(CloseForm):
    """A deal of a customer who is not bound now: a day outside its protection is confirmed (CH-24)."""

    outside = YesNoField(_("Outside the protection"), description=_("Needed for a day without protection"))
    sections = (("", ("closed_on", "outside", "amount", "unit", "note")),)

    def __init__(self, referral: Referral, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.referral = referral

    def validate_outside(self, field: YesNoField) -> None:
        """Closing there is possible, but nobody does it unaware."""
        day: Any = self.closed_on.data
        if day is not None and not field.data and outside_protection(self.referral, day):
            raise ValidationError(
                str(_("This day lies outside any protection; confirm it to close all the same"))
            )

    def values(self) -> dict[str, Any]:
        """What was confirmed is for the page alone."""
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
        render_kw={"data-show-when": "pool=personal"},
        description=_("Who looks after the customer from now on; has to be named"),
    )
    handler_id = staff_field(_("Handler"), optional(), render_kw=_ON_PLATFORM)
    department_id = department_field(
        _("Department"), optional(), render_kw=_ON_PLATFORM, description=_("Left empty: the handler's")
    )
    sections = (("", ("phone", "pool", "owner_id", "handler_id", "department_id")),)

    def validate(self, extra_validators: Any = None) -> bool:
        """A personal customer is made for somebody who works with customers, not for whoever presses."""
        valid = bool(super().validate(extra_validators))
        if self.pool.data == "personal" and self.owner_id.data is None and not self.owner_id.errors:
            self.owner_id.errors = [str(REQUIRED)]
            return False
        return valid


class ReasonForm(BaseForm):
    """Why something is taken back (CH-24, CH-25)."""

    reason = TextField(_("Reason"), required(at_most(MAX_REASON)))


class ScanForm(BaseForm):
    """A scanned code and who receives the customer (CH-13)."""

    token = LineField(_("Code"), required(at_most(_TOKEN)))
    consultant_id = consultant_field(_("Property consultant"), optional())
    project_id = project_field(_("Project"), optional())


class IntentionForm(BaseForm):
    """The intention as a consultant judges it (CH-21)."""

    intention = ChoiceField(_("Intention"), choices.INTENTION, required())


class TourForm(IntentionForm):
    """A consultant received the customer of the code (CH-21)."""

    token = LineField(_("Code"), required(at_most(_TOKEN)))


class TourFollowUpForm(BaseForm):
    """One more contact after a tour (CH-21)."""

    content = TextField(_("Content"), required(at_most(MAX_CONTENT)))


class HandleForm(BaseForm):
    """Decide a collision (CH-19)."""

    outcome = ChoiceField(_("Outcome"), choices.COLLISION_OUTCOME, required())
    note = TextField(_("Note"), required(at_most(2000)))
    sections = (("", ("outcome", "note")),)


class OutcomeField(ChoiceField):
    """An outcome where rebinding is out of the question: it is shown, and why it cannot be chosen."""

    def _choices(self) -> list[Any]:
        barred = {"disabled": True, "title": str(self.description)}
        return [
            (code, label, barred) if code == "rebind" else (code, label) for code, label in super()._choices()
        ]


class HandleOverForm(HandleForm):
    """Decide a collision whose binding is over."""

    outcome = OutcomeField(
        _("Outcome"), choices.COLLISION_OUTCOME, required(), description=policies.NOTHING_TO_REBIND
    )


class HandleVisitorForm(HandleForm):
    """Decide a collision with a visitor, who has no broker."""

    outcome = OutcomeField(
        _("Outcome"), choices.COLLISION_OUTCOME, required(), description=policies.NO_BROKER_TO_REBIND_TO
    )


class CompanyForm(BaseForm):
    """A broker company (CH-2)."""

    name = LineField(_("Name"), required(at_most(120)))
    contact = LineField(_("Contact"), optional(at_most(60)))
    phone = PhoneField(_("Phone"), optional())
    address = LineField(_("Address"), optional(at_most(200)))


class CompanyEditForm(CompanyForm):
    """Other details of a broker company, or out of use (CH-2)."""

    active = YesNoField(_("In use"))


class BrokerForm(BaseForm):
    """Another phone or company of a broker; one's own new phone needs the code that proves it (CH-5)."""

    phone = PhoneField(_("Phone"), optional())
    company_id = company_field(_("Broker company"), optional())
    sms_code = LineField(_("Code by SMS"), optional(at_most(20)))


class ReviewForm(BaseForm):
    """Approve or reject a company on-site (CH-4)."""

    approve = YesNoField(_("Approve"))
    reason = TextField(_("Reason"), optional(at_most(500)))

    def values(self) -> dict[str, Any]:
        """Without a reason it is empty."""
        found = super().values()
        return {**found, "reason": found["reason"] or ""}


class _RegisterForm(BaseForm):
    """Who registers, with the proof of the number and the consent."""

    phone = PhoneField(_("Phone"), required())
    sms_code = LineField(_("Code by SMS"), required(at_most(20)))
    name = LineField(_("Name"), required(at_most(60)))
    consent_version = LineField(_("Privacy notice"), required(at_most(40)))


class BrokerRegisterForm(_RegisterForm):
    """A broker or company on-site registers (CH-3)."""

    company_id = _id_field(_("Broker company"), required())
    kind = ChoiceField(_("Kind"), choices.BROKER_KIND, required())


class VisitorRegisterForm(_RegisterForm):
    """A visitor registers (CH-28)."""

    nickname = LineField(_("Nickname"), optional(at_most(60)))


class _BySmsOrWechat(BaseForm):
    """The proof of the number in the API: a code by SMS, or the mini-program's ticket with the number."""

    sms_code = LineField(_("Code by SMS"), optional(at_most(20)))
    wechat_ticket = LineField(_("WeChat ticket"), optional(at_most(_TICKET)))


class BrokerSignUpForm(_BySmsOrWechat, BrokerRegisterForm):
    """As on the phone page, or from the mini-program (CH-3)."""


class VisitorSignUpForm(_BySmsOrWechat, VisitorRegisterForm):
    """As on the phone page, or from the mini-program (CH-28)."""


class _PaymentForm(BaseForm):
    """An amount and the picture that proves it."""

    amount = MoneyField(_("Amount"), required(), high=10**10, render_kw={"data-unit": _("CNY")})
    screenshot = FilesField(
        _("Screenshot of the payment"),
        required(),
        description=_(
            "A picture, at most %(size)s MB; what the camera noted is removed", size=MAX_BYTES // 1024 // 1024
        ),
        render_kw={"accept": "image/*", "data-max-files": 1},
    )

    def values(self) -> dict[str, Any]:
        """The one picture."""
        found = super().values()
        if len(found["screenshot"]) > 1:
            raise Invalid(screenshot=_("At most %(n)s files", n=1))
        return {**found, "screenshot": found["screenshot"][0]}


class FeeForm(_PaymentForm):
    """A viewing fee (CH-25)."""

    referral_id = _id_field(_("Customer"), required())


class KeyField(LineField):
    """A word that a page carries along; not shown."""

    widget_kind = "HiddenField"
    widget = HiddenInput()


class FeePageForm(_PaymentForm):
    """The same on a page, whose address names the customer; ``token`` stands for this submission."""

    token = KeyField("", optional(at_most(64)))
    sections = (("", ("amount", "screenshot")),)

    def values(self) -> dict[str, Any]:
        """Without a token, what was sent stands for itself."""
        found = super().values()
        return {**found, "token": found["token"] or ""}
