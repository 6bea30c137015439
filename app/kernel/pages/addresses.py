"""Addresses of records, assets and the scripts of others."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, g, url_for

_PLACEHOLDER_ID = 987_654_321_987


def record_address(endpoint: str, pk: int) -> str:
    """The address of a record's page: as ``url_for``, which a list would ask hundreds of times."""
    made: dict[str, tuple[str, str]] = g.setdefault("kepan_addresses", {})
    if endpoint not in made:
        before, _pk, after = url_for(endpoint, pk=_PLACEHOLDER_ID).partition(str(_PLACEHOLDER_ID))
        made[endpoint] = before, after
    before, after = made[endpoint]
    return f"{before}{pk}{after}"


def vendor_url(name: str) -> str:
    """The address of a script or style of others; empty where it was not fetched."""
    path = f"vendor/{name}"
    if not (Path(current_app.static_folder or "") / path).exists():
        return ""
    return url_for("static", filename=path, v=current_app.config["KEPAN_ASSET_VERSION"])
