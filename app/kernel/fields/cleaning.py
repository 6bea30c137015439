"""Cleaning of typed text, before any other step of a form field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.kernel.text import is_storable

if TYPE_CHECKING:
    from collections.abc import Callable


NOT_STORABLE = _("It holds characters that cannot be stored; please leave them out")


def cleaned(function: Callable[[str], str]) -> Callable[[Any], Any]:
    """Filter the text of a field: characters are kept or refused, never dropped (PLAT-18)."""

    def read(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        if not is_storable(value):
            raise ValueError(str(NOT_STORABLE))
        return function(value)

    return read
