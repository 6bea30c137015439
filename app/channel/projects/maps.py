"""Links to map applications (CH-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from app.channel.projects.models import Project


_MARKER = "https://uri.amap.com/marker"
_SEARCH = "https://uri.amap.com/search"


def map_url(project: Project) -> str:
    """Return an address that a phone opens in its map application.

    Without coordinates it searches for the postal address; it is empty where neither is known.
    """
    if project.longitude is not None and project.latitude is not None:
        position = f"{project.longitude:f},{project.latitude:f}"
        found = {"position": position, "name": project.name, "coordinate": "gaode", "callnative": "1"}
        return f"{_MARKER}?{urlencode(found)}"
    if project.address:
        return f"{_SEARCH}?{urlencode({'keyword': project.address, 'callnative': '1'})}"
    return ""
