"""The base form: one declaration of fields serves the page, the API's JSON and their error messages.  Below
it, the validators of fields and the markers of required ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FileField, FormField, MultipleFileField
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional
from wtforms.widgets import HiddenInput

from app.kernel.database.session import READ_METHODS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from wtforms import Form

    from app.kernel.errors import Sentence


class SubForm(PlainForm):
    """A nested form; has no token of its own."""


class FilesLast:
    """A form that decodes its pictures last, and only when all other fields are valid (PLAT-10)."""

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, then the files."""
        rest = bool(super().validate(extra_validators))  # type: ignore[misc]
        fields: Any = self
        return rest and all(one.judge() for one in fields if hasattr(one, "judge"))


class PostedMeta(FlaskForm.Meta):
    """Settings of a submitted form, which reads only the posted fields: not the record's current values when
    nothing was posted, not JSON, and files only where the form has file fields.
    """

    def wrap_formdata(self, form: Form, formdata: Any) -> Any:
        if formdata is None or hasattr(formdata, "getlist"):
            return formdata
        if request.method in READ_METHODS:
            return None
        posted: MultiDict[str, Any] = MultiDict(request.form)
        for name, one in form._fields.items():
            if isinstance(one, FileField | MultipleFileField):
                posted.setlist(name, [*posted.getlist(name), *request.files.getlist(name)])
        return posted


class BaseForm(FilesLast, FlaskForm):
    """Base of all forms.  ``sections``: (title, [field names]) for the page."""

    Meta = PostedMeta
    sections: tuple[tuple[Sentence, tuple[str, ...]], ...] = ()

    def values(self) -> dict[str, Any]:
        """Return field values by name, nested forms as dictionaries, without the token."""
        return {name: _value_of(f) for name, f in self._fields.items() if name != "csrf_token"}

    def complaints(self) -> dict[str, Sentence]:
        """Return the first error of each field; nested fields as ``demand.price_max``."""
        return dict(_first_errors(self._fields))

    def add_errors(self, fields: Mapping[str, Sentence]) -> dict[str, Sentence]:
        """Put a service's errors under their fields; return those without a field here."""
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

    def keep_only(self, names: Collection[str]) -> None:
        """Remove all fields but these and the hidden ones: what is not sent is not changed."""
        _keep_only(self, names, "")
        left = [name for _title, section in self.sections for name in section if name in names]
        self.sections = (("", tuple(left or names)),)

    @property
    def page_sections(self) -> list[tuple[str, list[str]]]:
        """The sections with their titles in the user's language; all fields when none are declared."""
        if self.sections:
            return [(str(title), list(names)) for title, names in self.sections]
        return [("", [name for name in self._fields if name != "csrf_token"])]


def _keep_only(form: Any, names: Collection[str], prefix: str) -> None:
    for name, one in [*form._fields.items()]:
        if isinstance(one, FormField):
            _keep_only(one.form, names, f"{prefix}{name}.")
        is_hidden = isinstance(getattr(one, "widget", None), HiddenInput)
        is_empty = isinstance(one, FormField) and not one.form._fields
        if is_empty or not (isinstance(one, FormField) or is_hidden or prefix + name in names):
            del form[name]


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


__all__ = ["FormField", "InputRequired"]


REQUIRED = _("This field is required")


def required(*more: Any) -> list[Any]:
    """Return the validators of a field that must be filled in."""
    return [DataRequired(message=REQUIRED), *more]


def optional(*more: Any) -> list[Any]:
    """Return the validators of a field that may stay empty."""
    return [Optional(strip_whitespace=True), *more]


def at_most(length: int) -> Length:
    """Return a validator for at most ``length`` characters."""
    return Length(max=length, message=_("At most %(n)s characters", n=length))


def between(low: float, high: float) -> NumberRange:
    """Return a validator for a number within bounds."""
    return NumberRange(min=low, max=high, message=_("A number from %(low)s to %(high)s", low=low, high=high))


class TypeFirst:
    """A field that reports only the type error for a value of the wrong type."""

    def validate(self, form: Any, extra_validators: Any = ()) -> bool:
        if self.process_errors:  # type: ignore[attr-defined]
            self.errors = [*self.process_errors]  # type: ignore[attr-defined]
            return False
        return bool(super().validate(form, extra_validators))  # type: ignore[misc]
