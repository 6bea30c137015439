"""Registration of handovers with the application (HAND-1 … HAND-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.handover.handovers import choices
from app.kernel.settings.dictionaries import declare_dictionaries

if TYPE_CHECKING:
    from flask import Flask


def register(_app: Flask) -> None:
    """Register handovers, and add them to the customer."""
    declare_dictionaries(choices)
