"""Registration of the progress of handovers with the application (HAND-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.handover.cockpit.permissions import HandoverProgressPermission
from app.handover.cockpit.views import TITLE, HandoverProgressView
from app.kernel.access.permissions import grant
from app.kernel.setup import add_menu_entry
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the page of progress."""
    grant([*HandoverProgressPermission], [*CUSTOMER_WORKERS, AUDITOR], label=TITLE)
    add_menu_entry(app, "Handover progress", HandoverProgressView, "fa-bars-progress", TITLE)
