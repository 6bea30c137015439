"""Forms of settings; the API reads its JSON through the same ones (PLAT-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.fields.choices import ChoiceField, NamesField
from app.kernel.fields.forms import REQUIRED, BaseForm, InputRequired, at_most, between, optional, required
from app.kernel.fields.numbers import WholeField, WholeListField, YesNoField
from app.kernel.fields.texts import LineField
from app.kernel.settings.declarations import MAX_TEXT
from app.kernel.settings.dictionaries import Dictionary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wtforms import Field

    from app.kernel.settings.declarations import Setting


_LARGEST = 10**9


def settings_form(settings: Iterable[Setting[Any]]) -> type[BaseForm]:
    """Return a form with the right field for each setting's type."""
    return type("SettingsForm", (BaseForm,), {one.name: _field(one) for one in settings})


def _field(setting: Setting[Any]) -> Field:
    shown = {"data-unit": setting.unit} if setting.unit else {}
    if isinstance(setting.default, bool):
        return YesNoField(setting.label)
    if setting.is_list:
        return WholeListField(setting.label, *_bounds(setting), render_kw=shown)
    if setting.choices:
        return ChoiceField(setting.label, Dictionary(setting.name, setting.choices), required())
    if setting.names:
        return NamesField(setting.label, setting.names)
    if isinstance(setting.default, int):
        limits = [InputRequired(message=REQUIRED), between(*_bounds(setting))]
        return WholeField(setting.label, limits, render_kw=shown)
    return LineField(setting.label, optional(at_most(MAX_TEXT)), render_kw=shown)


def _bounds(setting: Setting[Any]) -> tuple[int, int]:
    low = 0 if setting.minimum is None else setting.minimum
    return low, _LARGEST if setting.maximum is None else setting.maximum
