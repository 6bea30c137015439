"""Forms of login accounts; the API reads its JSON through the same ones (ACC-12, ACC-13)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo

from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField
from app.org.sessions.passwords import MAX_LENGTH


class SecretField(PasswordField):
    """A password: taken as typed, never shown again."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "PasswordField"


class FirstPasswordField(StringField):
    """A password set for another person: taken as typed, and visible while it is typed."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "StringField"


_PRESENT, _NEW = {"autocomplete": "current-password"}, {"autocomplete": "new-password"}
_CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "20"}


def _password(label: Any, **kwargs: Any) -> SecretField:
    return SecretField(label, required(at_most(MAX_LENGTH)), **kwargs)


class PresentFactorFields(BaseForm):
    """The present factor, asked for before a credential of one's own changes (ACC-18): which of the two is
    wanted depends on the account.
    """

    present_password = SecretField(_("Present password"), optional(at_most(MAX_LENGTH)), render_kw=_PRESENT)
    present_code = LineField(_("Code sent to the present number"), optional(at_most(20)), render_kw=_CODE)


class PasswordForm(BaseForm):
    """The user's own new password (ACC-13); an account without one proves itself by a code (ACC-18)."""

    old_password = SecretField(_("Present password"), optional(at_most(MAX_LENGTH)), render_kw=_PRESENT)
    present_code = LineField(_("Code sent to the present number"), optional(at_most(20)), render_kw=_CODE)
    new_password = _password(_("New password"), render_kw=_NEW)


class _TypedTwice:
    """A form whose new password is typed twice."""

    repeated: SecretField

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        different = EqualTo("new_password", message=_("The two passwords differ"))
        self.repeated.validators = [*self.repeated.validators, different]


class PasswordPageForm(_TypedTwice, BaseForm):
    """The user's own new password in place of the present one (ACC-13)."""

    old_password = _password(_("Present password"), render_kw=_PRESENT)
    new_password = _password(_("New password"), render_kw=_NEW)
    repeated = _password(_("New password again"), render_kw=_NEW)


class FirstOwnPasswordForm(_TypedTwice, BaseForm):
    """The first password of a person who registered by a number, proved by a code sent to it (ACC-18)."""

    present_code = LineField(_("SMS code"), required(at_most(20)), render_kw=_CODE)
    new_password = _password(_("New password"), render_kw=_NEW)
    repeated = _password(_("New password again"), render_kw=_NEW)


class SecondFactorForm(BaseForm):
    """The first code of an authenticator: it confirms that the authenticator has the secret (ACC-12)."""

    sealed = HiddenField()
    code = LineField(
        _("One-time code"), required(at_most(20)), description=_("The six digits that the app shows")
    )
    password = _password(_("Present password"), render_kw=_PRESENT)


class OwnPasswordForm(BaseForm):
    """The user's present password, asked for again before the second factor or its recovery codes change."""

    password = _password(_("Present password"), render_kw=_PRESENT)


class FirstPasswordForm(BaseForm):
    """A password that an administrator sets for another account (ACC-13)."""

    password = FirstPasswordField(
        _("First password"),
        required(at_most(MAX_LENGTH)),
        description=_("Tell it to the person; it has to be changed at the first sign-in"),
    )
