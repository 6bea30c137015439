"""Forms: one declaration of fields serves the page, the API's JSON and their error messages.

A page gives ``request.form``; the API gives parsed JSON, whose types are checked strictly before the same
validators see it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DateTimeLocalField,
    DecimalField,
    FormField,
    IntegerField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import HiddenInput

from app.kernel import clock
from app.kernel.phones import check_phone
from app.kernel.posted import PostedMeta
from app.kernel.text import clean, clean_line, fold, read_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.kernel.dictionaries import Dictionary
    from app.kernel.errors import Sentence

REQUIRED = _("This field is required")


def required(*more: Any) -> list[Any]:
    """Validators of a field that must be filled in."""
    return [DataRequired(message=REQUIRED), *more]


def optional(*more: Any) -> list[Any]:
    """Validators of a field that may stay empty."""
    return [Optional(strip_whitespace=True), *more]


def at_most(length: int) -> Length:
    """No longer than ``length`` characters."""
    return Length(max=length, message=_("At most %(n)s characters", n=length))


def between(low: float, high: float) -> NumberRange:
    """A number within bounds."""
    return NumberRange(min=low, max=high, message=_("A number from %(low)s to %(high)s", low=low, high=high))


def _cleaned(function: Callable[[str], str]) -> Callable[[Any], Any]:
    return lambda value: function(value) if isinstance(value, str) else value


class TypeFirst:
    """A value of the wrong type is told so, and nothing more."""

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        if self.process_errors:  # type: ignore[attr-defined]
            self.errors = [*self.process_errors]  # type: ignore[attr-defined]
            return False
        return bool(super().validate(form, extra_validators))  # type: ignore[misc]


class LineField(StringField):
    """One line of text, stored as typed without controls and outer blanks."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "StringField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[_cleaned(clean_line)], **kwargs)


class SuggestField(LineField):
    """One line of text for which a dictionary suggests what people usually write."""

    widget_kind = "SuggestField"

    def __init__(self, label: Sentence, dictionary: Dictionary, validators: list[Any], **kwargs: Any) -> None:
        self.dictionary = dictionary
        super().__init__(label, validators, **kwargs)

    @property
    def suggestions(self) -> list[str]:
        """What is suggested, in the reader's language."""
        return [label for _code, label in self.dictionary.choices()]


class TextField(TextAreaField):
    """Text of several lines."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "TextAreaField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        super().__init__(label, validators, filters=[_cleaned(clean)], **kwargs)


class PhoneField(StringField):
    """A phone number as typed; the service normalises and encrypts it."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "TelField"

    def __init__(self, label: Sentence, validators: list[Any], **kwargs: Any) -> None:
        render = {"inputmode": "tel", "autocomplete": "off", **kwargs.pop("render_kw", {})}
        limits = [*validators, at_most(40), check_phone]
        super().__init__(label, limits, filters=[_cleaned(fold)], render_kw=render, **kwargs)


class MoneyField(TypeFirst, DecimalField):
    """An amount or a measure with at most two decimals, exact; 0 counts as one where it is ``optional``."""

    json_types: tuple[type, ...] = (int, float, str, Decimal)
    widget_kind = "DecimalField"

    def __init__(self, label: Sentence, validators: list[Any], *, high: int = 10**13, **kwargs: Any) -> None:
        self.high = high
        super().__init__(label, validators, places=None, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]).replace(",", "") if valuelist else ""
        self.data = None
        if not raw:
            return
        try:
            value = Decimal(raw)
        except ArithmeticError:
            raise ValueError(str(_("Not a number"))) from None
        if not value and not self.flags.optional:
            raise ValueError(str(_("More than 0, with at most two decimals")))
        if not value.is_finite() or not 0 <= value <= self.high:
            raise ValueError(str(_("A number from %(low)s to %(high)s", low=0, high=f"{self.high:,}")))
        if value != value.quantize(Decimal("0.01")):
            raise ValueError(str(_("At most two decimals")))
        self.data = value


class WholeField(TypeFirst, IntegerField):
    """A whole number."""

    json_types: tuple[type, ...] = (int,)
    widget_kind = "IntegerField"

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = None
        if not raw:
            return
        if not re.fullmatch(r"-?[0-9]{1,15}", raw):  # within 64 bits
            raise ValueError(str(_("Not a whole number")))
        self.data = int(raw)


class VersionField(WholeField):
    """The save that an edit began from (CUST-20); not shown."""

    widget_kind = "HiddenField"
    widget = HiddenInput()


class YesNoField(BooleanField):
    """A switch."""

    json_types: tuple[type, ...] = (bool,)
    widget_kind = "BooleanField"


class ChoiceField(SelectField):
    """A code of a dictionary; labels follow the reader's language."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "SelectField"

    def __init__(self, label: Sentence, dictionary: Dictionary, validators: list[Any], **kwargs: Any) -> None:
        self.dictionary = dictionary
        super().__init__(label, validators, choices=self._choices, coerce=self._code, **kwargs)

    def _choices(self) -> list[tuple[str, str]]:
        offered = [("", gettext("Please choose")), *self.dictionary.choices()]
        held = self._held
        return [*offered, (held, self.dictionary.label(held))] if held else offered

    @property
    def _held(self) -> str | None:
        """The record's present code where it is no longer offered: an edit of other fields keeps it."""
        code = self._code(getattr(self, "object_data", None))
        return code if code in self.dictionary and not self.dictionary.offers(code) else None

    @staticmethod
    def _code(value: Any) -> str | None:
        return str(value) if value not in (None, "") else None

    def pre_validate(self, _form: Any) -> None:
        if self.data is not None and self.data != self._held and not self.dictionary.offers(self.data):
            raise ValidationError(str(_("Not one of the choices")))


class ReferenceField(StringField):
    """The id of another record, chosen by remote search.  ``name_of`` shows the present one."""

    json_types: tuple[type, ...] = (int,)
    widget_kind = "RemoteSelectField"

    def __init__(
        self,
        label: Sentence,
        validators: list[Any],
        *,
        url: Callable[[], str],
        name_of: Callable[[int], str],
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self._url, self._name_of = url, name_of

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = None
        if valuelist and valuelist[0].strip():
            self.data = _chosen(valuelist[0])

    @property
    def url(self) -> str:
        """Where the choices come from."""
        return self._url()

    @property
    def text(self) -> str:
        """Name of the chosen record."""
        return self._name_of(self.data) if isinstance(self.data, int) else ""


class ReferencesField(StringField):
    """Ids of several records, chosen by remote search."""

    json_types: tuple[type, ...] = (list,)
    widget_kind = "RemoteSelectMultipleField"

    def __init__(
        self,
        label: Sentence,
        validators: list[Any],
        *,
        url: Callable[[], str],
        names_of: Callable[[list[int]], Mapping[int, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(label, validators, **kwargs)
        self._url, self._names_of = url, names_of

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [_chosen(value) for value in valuelist if value.strip()]

    @property
    def url(self) -> str:
        """Where the choices come from."""
        return self._url()

    @property
    def options(self) -> list[tuple[int, str]]:
        """The chosen records with their names."""
        chosen: list[int] = list(self.data or [])
        names = self._names_of(chosen) if chosen else {}
        return [(pk, names.get(pk, str(pk))) for pk in chosen]


def _chosen(raw: str) -> int:
    try:
        return read_id(raw)
    except ValueError:
        raise ValueError(str(_("Not one of the choices"))) from None


class DayField(TypeFirst, DateField):
    """A calendar day."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "DateField"

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = None
        if not raw:
            return
        try:
            super().process_formdata([raw])
        except ValueError:
            raise ValueError(str(_("A date like 2026-01-31"))) from None


class MomentField(TypeFirst, DateTimeLocalField):
    """A moment: the users' wall clock on a page, ISO 8601 with offset in the API; UTC afterwards."""

    json_types: tuple[type, ...] = (str,)
    widget_kind = "DateTimeLocalField"

    def process_data(self, value: Any) -> None:
        self.data = value

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return clock.to_local(self.data).strftime("%Y-%m-%dT%H:%M") if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = fold(valuelist[0]) if valuelist else ""
        self.data = None
        if not raw:
            return
        try:
            value = datetime.fromisoformat(raw)
            value = clock.from_local(value) if value.tzinfo is None else value.astimezone(UTC)
        except (ValueError, OverflowError):
            raise ValueError(str(_("A time like 2026-01-31 09:30"))) from None
        if not 1900 <= value.year <= 2200:  # noqa: PLR2004 - years that a person can mean
            raise ValueError(str(_("A time like 2026-01-31 09:30")))
        self.data = value


class SubForm(PlainForm):
    """A nested form; has no token of its own."""


class BaseForm(FlaskForm):
    """Base of all forms.  ``sections``: (title, [field names]) for the page."""

    Meta = PostedMeta
    sections: tuple[tuple[Sentence, tuple[str, ...]], ...] = ()

    def values(self) -> dict[str, Any]:
        """Field values by name, nested forms as dictionaries, without the token."""
        return {name: _value_of(f) for name, f in self._fields.items() if name != "csrf_token"}

    def complaints(self) -> dict[str, Sentence]:
        """First error of each field; nested fields as ``demand.price_max``."""
        return dict(_first_errors(self._fields))

    def add_errors(self, fields: Mapping[str, Sentence]) -> dict[str, Sentence]:
        """Put a service's complaints under their fields; answers those without a field here."""
        left: dict[str, Sentence] = {}
        for name, sentence in fields.items():
            target: Any = self
            for part in name.split("."):
                fields_of = getattr(getattr(target, "form", target), "_fields", {})
                target = fields_of.get(part)
            if target is None:
                left[name] = sentence
            else:
                target.errors = [*target.errors, sentence]
        return left

    @property
    def page_sections(self) -> list[tuple[str, list[str]]]:
        """The sections with their titles in the reader's language; all fields when none are declared."""
        if self.sections:
            return [(str(title), list(names)) for title, names in self.sections]
        return [("", [name for name in self._fields if name != "csrf_token"])]


def _value_of(field: Any) -> Any:
    if isinstance(field, FormField):
        return {name: _value_of(inner) for name, inner in field.form._fields.items()}
    if isinstance(field.data, str) and not field.data:
        return None
    return field.data


def _first_errors(fields: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Sentence]]:
    found: list[tuple[str, Sentence]] = []
    for name, one in fields.items():
        if isinstance(one, FormField):
            found += _first_errors(one.form._fields, f"{prefix}{name}.")
        elif one.errors:
            found.append((prefix + name, str(one.errors[0])))
    return found


__all__ = [
    "REQUIRED", "BaseForm", "ChoiceField", "DayField", "FormField", "InputRequired", "LineField",
    "MomentField", "MoneyField", "PhoneField", "ReferenceField", "ReferencesField", "SubForm",
    "SuggestField", "TextField",
    "VersionField", "WholeField", "YesNoField", "at_most", "between", "optional", "required",
]  # fmt: skip
