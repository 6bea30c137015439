"""Policies of imports: pure rules, no queries (CUST-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from datetime import datetime

    from app.customers.imports.models import ImportBatch
    from app.kernel.access.actor import Actor

_WRITABLE = frozenset({"open", "refused", "failed", "cancelled"})


def can_run_import(_actor: Actor, batch: ImportBatch) -> Decision:
    """CUST-26: a table is written once; after a refusal it may be tried again while it is kept."""
    if batch.state in _WRITABLE and batch.content_name is not None:
        return ALLOW
    return conflict("import.not_open", _("This import was begun already; send the table again"))


def can_cancel_import(_actor: Actor, batch: ImportBatch) -> Decision:
    """CUST-26: until it begins to write."""
    if batch.state in {"open", "waiting"}:
        return ALLOW
    return conflict("import.over", _("This import has ended already"))


def can_undo_import(_actor: Actor, batch: ImportBatch, moment: datetime) -> Decision:
    """CUST-26: once, within the time of the setting."""
    if batch.state == "undone":
        return conflict("import.undone", _("This import was undone already"))
    if batch.state != "done" or batch.created + batch.updated == 0:
        return conflict("import.nothing_to_undo", _("This import has written nothing"))
    if batch.undo_until is None or moment > batch.undo_until:
        return conflict("import.too_late", _("The time in which this import could be undone is over"))
    return ALLOW
