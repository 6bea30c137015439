"""Validators of form fields, and markers of required fields."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms.validators import DataRequired, Length, NumberRange, Optional

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
