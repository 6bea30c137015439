"""Forms of one's own page (OFF-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import SelectField

from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField
from app.kernel.fields.uploads import FilesField
from app.org.accounts.forms import SecretField
from app.org.profile.policies import MAX_EMAIL
from app.org.sessions.passwords import MAX_LENGTH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.kernel.files.attachments import Upload


class PickOneField(SelectField):
    """One of the choices that the page gives; none means the usual."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "SelectField"

    def __init__(self, label: Any, validators: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, coerce=lambda value: value or None, choices=[], **kwargs)


class PreferencesForm(BaseForm):
    """Language and first page."""

    language = PickOneField(_("Language"), optional(), description=_("Of pages, and of messages to you"))
    start_page = PickOneField(_("First page"), optional(), description=_("Opens after you sign in"))

    def offer(self, languages: Sequence[tuple[str, str]], pages: Sequence[tuple[str, str]]) -> None:
        """Set the choices."""
        self.language.choices = [("", gettext("As the page of sign-in")), *languages]
        self.start_page.choices = [("", gettext("Workbench")), *pages]


class EmailForm(BaseForm):
    """A new e-mail address; the present password proves the person."""

    email = LineField(
        _("E-mail"), required(at_most(MAX_EMAIL)), render_kw={"autocomplete": "email", "inputmode": "email"}
    )
    password = SecretField(
        _("Present password"), required(at_most(MAX_LENGTH)), render_kw={"autocomplete": "current-password"}
    )


class EmailCodeForm(BaseForm):
    """The code that was sent to the address."""

    code = LineField(
        _("Code"),
        required(at_most(20)),
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "20"},
    )


class PictureForm(BaseForm):
    """One's own picture."""

    avatar = FilesField(_("Picture"), required(), longest=512, most=1, images_only=True, description="")

    def picture(self) -> Upload:
        """Return the picture."""
        found: Upload = self.avatar.data[0]
        return found
