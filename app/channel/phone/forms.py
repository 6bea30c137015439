"""Forms of brokers' and visitors' phone pages; the API's own forms where both are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from wtforms.validators import ValidationError

from app.channel.phone.fields import OnceForm, PickField
from app.channel.referrals import choices
from app.channel.referrals.services import MAX_NEEDS
from app.channel.shared.privacy_notice import NOTICE_VERSION
from app.channel.shared.registration import MAX_NAME
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import MomentField
from app.kernel.fields.texts import LineField, PhoneField, TextField
from app.kernel.fields.uploads import FilesField
from app.org.accounts.forms import PresentFactorFields, SecretField
from app.org.sessions.passwords import MAX_LENGTH

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.errors import Sentence
    from app.kernel.files.attachments import Upload

_DIGITS = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "6"}
_PREFIX = {"type": "tel", "inputmode": "numeric", "maxlength": "3", "autocomplete": "off"}
_TAIL = {**_PREFIX, "maxlength": "4"}
_ONE_PICTURE: dict[str, Any] = {"longest": 640, "most": 1, "images_only": True, "description": ""}


class _ProvedForm(BaseForm):
    """A number, and the code that was sent to it."""

    phone = PhoneField(_("Mobile number"), required(), render_kw={"autocomplete": "tel", "maxlength": "20"})
    sms_code = LineField(_("SMS code"), required(at_most(20)), render_kw=_DIGITS)


class CodeSignInForm(_ProvedForm):
    """Sign in with a proved number (CH-3)."""


class PasswordSignInForm(BaseForm):
    """Sign in with a password (CH-3)."""

    username = LineField(
        _("User name"),
        required(at_most(64)),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = SecretField(
        _("Password"), required(at_most(MAX_LENGTH)), render_kw={"autocomplete": "current-password"}
    )


class _RegisterForm(_ProvedForm):
    """A person who registers, with their consent to the present privacy notice (CH-3)."""

    name = LineField(_("Full name"), required(at_most(MAX_NAME)), render_kw={"autocomplete": "name"})
    consent_version = LineField(_("Privacy notice"), [at_most(40)])

    def validate_consent_version(self, field: Any) -> None:
        """Refuse a consent to an earlier version of the notice."""
        if field.data != NOTICE_VERSION:
            field.data = ""
            raise ValidationError(str(_("Please agree to the privacy notice")))


class _Picture:
    """A form that takes a picture of the person."""

    avatar: FilesField

    def picture(self) -> Upload | None:
        """Return the uploaded picture, decoded.

        :raises UnacceptableError: when it is damaged or too large.
        :raises Denied: ``busy`` (503).
        """
        if self.avatar.is_late:
            self.avatar.take_in()
        return self.avatar.data[0] if self.avatar.data else None


class VisitorRegisterForm(_Picture, _RegisterForm):
    """The registration of a visitor (CH-28). The picture is decoded only after the code has proved the
    number.
    """

    nickname = LineField(_("Nickname"), optional(at_most(MAX_NAME)))
    avatar = FilesField(_("My picture"), optional(), is_late=True, **_ONE_PICTURE)


class BrokerRegisterForm(VisitorRegisterForm):
    """The registration of a broker or company on-site (CH-3, CH-31)."""

    company_id = PickField(_("Broker company"), required())


class ReferralForm(OnceForm):
    """A customer to report; a number is its first three and last four digits only (CH-7 … CH-9)."""

    family_name = LineField(_("Family name"), required(at_most(MAX_NAME)))
    given_name = LineField(_("Given name"), required(at_most(MAX_NAME)))
    phone1_prefix = LineField(_("Phone 1, first three digits"), required(at_most(11)), render_kw=_PREFIX)
    phone1_tail = LineField(_("Phone 1, last four digits"), required(at_most(11)), render_kw=_TAIL)
    phone2_prefix = LineField(_("Phone 2, first three digits"), optional(at_most(11)), render_kw=_PREFIX)
    phone2_tail = LineField(_("Phone 2, last four digits"), optional(at_most(11)), render_kw=_TAIL)
    expected_visit_at = MomentField(_("Expected visit"), optional())
    shop_category = ChoiceField(_("Shop category"), choices.SHOP_CATEGORY, optional())
    customer_type = ChoiceField(_("Customer type"), choices.CUSTOMER_TYPE, optional())
    needs = TextField(_("Needs"), optional(at_most(MAX_NEEDS)))
    consultant_id = PickField(_("Property consultant"), optional())
    for_broker_id = PickField(_("For broker"), optional())

    def values(self) -> dict[str, Any]:
        """Return the numbers as pairs, as the service takes them; a second one if any part is typed."""
        found = super().values()
        parts = [(found.pop(f"phone{n}_prefix"), found.pop(f"phone{n}_tail")) for n in (1, 2)]
        found["phones"] = [(prefix or "", tail or "") for prefix, tail in parts if prefix or tail]
        return found

    def add_errors(self, fields: Mapping[str, Sentence]) -> dict[str, Sentence]:
        """Map errors to fields: the service counts numbers from 0, here each part is a field."""
        named = {}
        for name, sentence in fields.items():
            _phones, _dot, rest = name.partition("phones.")
            place, _dot, part = rest.partition(".")
            named[f"phone{int(place) + 1}_{part}" if part else name] = sentence
        return super().add_errors(named)


class NicknameForm(BaseForm):
    """The user's nickname (CH-6, CH-28)."""

    nickname = LineField(_("Nickname"), optional(at_most(MAX_NAME)))


class AvatarForm(_Picture, BaseForm):
    """The user's picture (CH-6, CH-28)."""

    avatar = FilesField(_("My picture"), required(), **_ONE_PICTURE)


class PhoneForm(PresentFactorFields, _ProvedForm):
    """The user's new number, with the code that proves it (CH-5, CH-6), and the present factor before it
    (ACC-18).
    """


class OwnCompanyForm(BaseForm):
    """The user's new broker company (CH-5, CH-6)."""

    company_id = PickField(_("Broker company"), required())
