"""Registration of the workbench with the application (PLAT-8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.access.permissions import grant
from app.kernel.setup import add_menu_entry
from app.org.roles.names import EVERYBODY
from app.workbench.permissions import WorkbenchPermission
from app.workbench.views import WorkbenchView

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Grant access to the start page; the framework itself registers its view."""
    grant([WorkbenchPermission.READ], EVERYBODY, label=_("Workbench"))
    add_menu_entry(app, "Workbench", WorkbenchView, "fa-gauge-high", _("Workbench"))
