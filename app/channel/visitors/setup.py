"""Registration of walk-in visitors with the application (CH-28)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.visitors.api import VisitorApi
from app.channel.visitors.models import Visitor
from app.channel.visitors.services import open_visitor, phone_taken
from app.channel.visitors.views import VisitorView
from app.kernel.database.transactions import refuses
from app.kernel.files.attachments import Subject, declare_subject
from app.kernel.setup import add_apis, add_menu_entry

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the visitors."""
    refuses("uq_visitor_phone", phone_taken)
    declare_subject(Subject(Visitor.__files__, "Visitor", open_visitor))
    add_menu_entry(app, "Walk-in visitors", VisitorView, "fa-person-walking", _("Walk-in visitors"))
    add_apis(app, VisitorApi)
