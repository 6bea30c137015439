"""Forms of dictionaries; the API reads its JSON through the same ones (PLAT-7)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, between, optional, required
from app.kernel.fields.numbers import WholeField, YesNoField
from app.kernel.fields.texts import LineField
from app.kernel.settings.dictionaries import CODE_LENGTH, LABEL_LENGTH, Dictionary

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
