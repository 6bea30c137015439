"""Communities in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.listings.communities.filters import SPEC
from app.listings.communities.permissions import CommunityPermission
from app.listings.communities.queries import WITH_DISTRICT, visible_communities
from app.listings.communities.serializers import CommunityRecord, community_records

if TYPE_CHECKING:
    from flask import Response


class CommunityApi(KepanApi):
    """``/api/v1/communities``."""

    route_base = "/api/v1/communities"
    class_permission_name = "Community"
    record_type = CommunityRecord

    @expose("", methods=["GET"])
    @endpoint(CommunityPermission.READ, lists=SPEC, returns=CommunityRecord)
    def get_list(self) -> Response:
        """Communities of the caller's company, by pinyin (LST-1)."""
        return self.list_answer(visible_communities(current_actor()), SPEC, community_records, *WITH_DISTRICT)
