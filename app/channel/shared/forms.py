"""Forms and fields that several subjects share."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError
from wtforms.widgets import HiddenInput

from app.channel.shared.privacy_notice import NOTICE_VERSIONS
from app.kernel.fields.choices import ReferenceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField, PhoneField, TextField

_TICKET = 2000


def id_field(label: Any, validators: list[Any]) -> ReferenceField:
    """Return a field for the id of a record, which the service checks."""
    return ReferenceField(label, validators, url=str, name_of=lambda _pk: "")


MAX_REASON = 500


class ReasonForm(BaseForm):
    """The reason why a deal or a fee is taken back (CH-24, CH-25)."""

    reason = TextField(_("Reason"), required(at_most(MAX_REASON)))


class RegisterForm(BaseForm):
    """A person who registers, with the proof of the number and the consent."""

    phone = PhoneField(_("Phone"), required())
    sms_code = LineField(_("Code by SMS"), required(at_most(20)))
    name = LineField(_("Name"), required(at_most(60)))
    consent_version = LineField(_("Privacy notice"), required(at_most(40)))

    def validate_consent_version(self, field: Any) -> None:
        """Refuse a version that never existed, before the code is used up (PLAT-14)."""
        if field.data not in NOTICE_VERSIONS:
            raise ValidationError(str(_("Please agree to the privacy notice")))


class BySmsOrWechat(BaseForm):
    """The proof of the number in the API: a code by SMS, the ticket of a sign-in by code (CH-31), or the
    mini-program's ticket together with the number.
    """

    sms_code = LineField(_("Code by SMS"), optional(at_most(20)))
    ticket = LineField(_("Ticket of the proved number"), optional(at_most(_TICKET)))
    wechat_ticket = LineField(_("WeChat ticket"), optional(at_most(_TICKET)))


class KeyField(LineField):
    """A hidden field for a key that the page sends back."""

    widget_kind = "HiddenField"
    widget = HiddenInput()
