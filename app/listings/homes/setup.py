"""Registration of listings with the application (LST-0, LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.audit.services import ExportRecorder
from app.kernel.access.current import current_actor
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.exports.views import offer_export
from app.kernel.lists.finding import Command, declare_command
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.listings.communities.hanging import on_moved
from app.listings.homes import choices
from app.listings.homes.api import ListingApi
from app.listings.homes.models import Listing
from app.listings.homes.operations import ON_LISTINGS
from app.listings.homes.permissions import ListingPermission
from app.listings.homes.services import move_listings
from app.listings.homes.views import ListingView
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.org.roles.names import ADMIN, AUDITOR, BACK_OFFICE, CUSTOMER_WORKERS, FINANCE
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask

_WORK = (
    ListingPermission.CREATE,
    ListingPermission.UPDATE,
    ListingPermission.RESERVE,
    ListingPermission.FINISH,
    ListingPermission.WITHDRAW,
    ListingPermission.OFFER_AGAIN,
)


def register(app: Flask) -> None:
    """Register listings: who reads and keeps them, their pages, operations and notices."""
    declare_dictionaries(choices)
    grant([ListingPermission.READ], BACK_OFFICE, label=_("Listings"))
    grant([ListingPermission.EXPORT], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
    grant(_WORK, CUSTOMER_WORKERS)
    grant([ListingPermission.KEEP], [ADMIN], words={"keep": _("Keep listings of colleagues")})
    register_code_fields(
        Listing.__audit__,
        kind=choices.KIND,
        status=choices.STATUS,
        orientation=choices.ORIENTATION,
        decoration=choices.DECORATION,
    )
    on_moved(move_listings)
    for action in ON_LISTINGS:
        add_operation(ListingView, ListingApi, action)
    register_record_page(Listing.__audit__, _page_of)
    declare_notice_kind(NoticeKind(Listing.__audit__, _("Listings"), needs=ListingPermission.READ))
    offer_export(ListingView, ListingApi, ExportRecorder("listing.export"), begin_export)
    add_menu_entry(app, "Listings", ListingView, "fa-house", _("Listings"))
    add_apis(app, ListingApi)
    declare_command(
        Command(_("New listing"), "fa-plus", ListingPermission.CREATE, lambda: url_for("ListingView.add"))
    )


def _page_of(pk: int) -> str:
    return url_for("ListingView.show", pk=pk) if current_actor().may(ListingPermission.READ) else ""
