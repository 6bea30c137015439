"""Registration of property consultants with the application (CH-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.consultants.api import ConsultantApi
from app.channel.consultants.operations import ON_CONSULTANTS
from app.channel.consultants.views import ConsultantView
from app.kernel.api.operations import add_operation
from app.kernel.setup import add_apis, add_menu_entry

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the consultants."""
    for action in ON_CONSULTANTS:
        add_operation(ConsultantView, None, action)
    add_menu_entry(app, "Property consultants", ConsultantView, "fa-headset", _("Property consultants"))
    add_apis(app, ConsultantApi)
