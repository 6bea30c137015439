"""The search in the REST API (PLAT-17)."""

from __future__ import annotations

from typing import TypedDict

from flask import Response, jsonify, request
from flask_babel import lazy_gettext as _

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.errors import Invalid
from app.kernel.pages.formatting import record_address
from app.kernel.text import fold
from app.search.permissions import SearchPermission
from app.search.queries import find_records, is_whole_number

MOST_ITEMS = 20


class FoundRecord(TypedDict):
    """A record that was found: its name, what tells it apart (code, masked number, owner, status), and the
    address of its page in the office.
    """

    kind: str
    id: int
    title: str
    subtitle: str
    url: str


class FoundRecords(TypedDict):
    """What was found, best first, at most 20."""

    items: list[FoundRecord]


class SearchApi(KepanApi):
    """``/api/v1/search``."""

    route_base = "/api/v1/search"
    class_permission_name = "Search"

    @expose("", methods=["GET"])
    @endpoint(SearchPermission.READ, arguments={"q": ()}, returns=FoundRecords)
    def search(self) -> Response:
        """Records that the caller can open, by part of the name, pinyin, code or last four digits."""
        typed = fold(request.args.get("q", ""))
        if is_whole_number(typed):
            raise Invalid(q=_("A number is found by its last four digits"))
        found = [one for results in find_records(current_actor(), typed).values() for one in results]
        best = sorted(found, key=lambda one: one.rank[:1])[:MOST_ITEMS]
        items: list[FoundRecord] = [
            {
                "kind": one.kind.name,
                "id": one.id,
                "title": one.found.title,
                "subtitle": one.found.subtitle,
                "url": record_address(one.kind.endpoint, one.id),
            }
            for one in best
        ]
        return jsonify(items=items)
