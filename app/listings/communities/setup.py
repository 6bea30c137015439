"""Registration of communities with the application (LST-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.access.permissions import grant
from app.kernel.database.transactions import refuses
from app.kernel.setup import add_apis, add_menu_entry
from app.listings.communities.api import CommunityApi
from app.listings.communities.permissions import CommunityPermission
from app.listings.communities.policies import NAME_TAKEN
from app.listings.communities.views import CommunityView
from app.org.roles.names import BACK_OFFICE, CUSTOMER_WORKERS, STORE_MANAGER

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register communities: who reads, enters and edits them, and their pages."""
    grant([CommunityPermission.READ], BACK_OFFICE, label=_("Communities"))
    grant([CommunityPermission.CREATE], CUSTOMER_WORKERS)
    grant([CommunityPermission.UPDATE], [STORE_MANAGER])
    refuses("uq_community_name_search", lambda: NAME_TAKEN)
    add_menu_entry(app, "Communities", CommunityView, "fa-city", _("Communities"))
    add_apis(app, CommunityApi)
