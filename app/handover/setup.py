"""Registration of handovers with the application, subject by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.handover.cockpit import setup as cockpit
from app.handover.handovers import setup as handovers

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register all subjects, lower ones first."""
    handovers.register(app)
    cockpit.register(app)
