"""Forms of settings, made of their declarations, and of dictionary entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, InputRequired
from app.kernel.fields.numbers import WholeField, YesNoField
from app.kernel.fields.texts import LineField
from app.kernel.fields.validators import REQUIRED, at_most, between, optional, required
from app.kernel.settings.declarations import MAX_TEXT
from app.kernel.settings.dictionaries import CODE_LENGTH, LABEL_LENGTH, Dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wtforms import Field

    from app.kernel.settings.declarations import Setting

_LARGEST = 10**9
TONE = Dictionary(
    "tones",
    {
        "gray": _("Gray"),
        "blue": _("Blue"),
        "cyan": _("Cyan"),
        "gold": _("Gold"),
        "orange": _("Orange"),
        "green": _("Green"),
        "red": _("Red"),
    },
)


def settings_form(settings: Iterable[Setting[Any]]) -> type[BaseForm]:
    """A form with the field that is right for each setting's type."""
    return type("SettingsForm", (BaseForm,), {one.name: _field(one) for one in settings})


def _field(setting: Setting[Any]) -> Field:
    shown = {"data-unit": setting.unit} if setting.unit else {}
    if isinstance(setting.default, bool):
        return YesNoField(setting.label)
    if setting.choices:
        return ChoiceField(setting.label, Dictionary(setting.name, setting.choices), required())
    if isinstance(setting.default, int):
        low = 0 if setting.minimum is None else setting.minimum
        high = _LARGEST if setting.maximum is None else setting.maximum
        limits = [InputRequired(message=REQUIRED), between(low, high)]
        return WholeField(setting.label, limits, render_kw=shown)
    return LineField(setting.label, optional(at_most(MAX_TEXT)), render_kw=shown)


class EntryForm(BaseForm):
    """An entry of a dictionary."""

    label_zh = LineField(_("Chinese name"), optional(at_most(LABEL_LENGTH)))
    label_en = LineField(_("English name"), optional(at_most(LABEL_LENGTH)))
    tone = ChoiceField(_("Colour"), TONE, optional())
    position = WholeField(
        _("Order"), optional(between(0, 9999)), description=_("Small numbers come first; empty: as delivered")
    )
    enabled = YesNoField(
        _("Offered"),
        default=True,
        description=_("Switched off, old records keep it and new ones cannot choose it"),
    )


class NewEntryForm(BaseForm):
    """A new entry of a dictionary."""

    code = LineField(
        _("Code"),
        required(at_most(CODE_LENGTH)),
        description=_("What records and the API hold: small letters, digits, underscores; it stays for good"),
    )
    label_zh = LineField(_("Chinese name"), required(at_most(LABEL_LENGTH)))
    label_en = LineField(_("English name"), optional(at_most(LABEL_LENGTH)))
    tone = ChoiceField(_("Colour"), TONE, optional())
    position = WholeField(
        _("Order"), optional(between(0, 9999)), description=_("Small numbers come first; empty: at the end")
    )
