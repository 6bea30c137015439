"""Registration of quotes with the application (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.audit.services import ExportRecorder
from app.customers.shared.parts import register_parts
from app.deals.quotes import choices
from app.deals.quotes.api import QuoteApi
from app.deals.quotes.finding import QUOTES as FOUND
from app.deals.quotes.models import Quote
from app.deals.quotes.operations import ON_QUOTES
from app.deals.quotes.presentation import QUOTES
from app.deals.quotes.views import QuoteView
from app.deals.shared.grants import grant_records
from app.deals.shared.permissions import QuotePermission
from app.kernel.api.operations import add_operation
from app.kernel.exports.views import offer_export
from app.kernel.lists.finding import declare_kind
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register quotes, and add them to the customer."""
    declare_dictionaries(choices)
    grant_records(QuotePermission, _("Quotes"))
    register_code_fields("quote", status=choices.STATUS)
    for action in ON_QUOTES:
        add_operation(QuoteView, QuoteApi, action)
    register_parts(QUOTES.part())
    declare_kind(FOUND)
    declare_notice_kind(NoticeKind(Quote.__audit__, _("Quotes"), needs=QuotePermission.READ))
    offer_export(QuoteView, QuoteApi, ExportRecorder("quote.export"), begin_export)
    add_menu_entry(app, "Quotes", QuoteView, "fa-file-invoice", _("Quotes"))
    add_apis(app, QuoteApi)
