"""Marks for the extraction of translatable strings."""

from __future__ import annotations


def N_(message: str) -> str:  # noqa: N802 - the name that gettext tools know
    """Mark a msgid that is translated later, when it is shown."""
    return message
