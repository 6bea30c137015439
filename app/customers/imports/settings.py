"""Settings of imports (CUST-26)."""

from __future__ import annotations

from datetime import timedelta

from flask_babel import lazy_gettext as _

from app.customers.shared.settings import CUSTOMERS
from app.kernel.settings.declarations import Setting

UNDO_HOURS = Setting(
    "import_undo_hours",
    24,
    _("Undoing an import"),
    _("How long after an import its rows can be taken back; 0: never."),
    minimum=0,
    maximum=168,
    group=CUSTOMERS,
    unit=_("hours"),
)
KEPT_DAYS = 7  # the sheets of an import, for its errors as a table


def undo_time() -> timedelta:
    """Return how long an import can be undone."""
    return timedelta(hours=UNDO_HOURS.get())
