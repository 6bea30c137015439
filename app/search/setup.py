"""Registration of the global search with the application (PLAT-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.access.permissions import grant
from app.kernel.setup import add_apis, add_views
from app.org.roles.names import BACK_OFFICE
from app.search.api import SearchApi
from app.search.permissions import SearchPermission
from app.search.views import SearchView, search_places

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the search, for everybody of the back office: each kind asks for its own permission."""
    grant([SearchPermission.READ], BACK_OFFICE, label=_("Search everything"))
    app.jinja_env.globals.update(search_places=search_places)
    add_views(app, SearchView)
    add_apis(app, SearchApi)
