"""Registration of the operation log (PLAT-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import queries
from app.audit.undo.views import UndoView
from app.audit.views import OperationLogView
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_menu_entry, add_views

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Declare the searchable log."""
    declare_dictionaries(queries)
    add_views(app, UndoView)
    add_menu_entry(app, "Operation log", OperationLogView, "fa-clock-rotate-left", _("Operation log"))
