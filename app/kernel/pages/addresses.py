"""Addresses of records, assets and third-party scripts."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, g, url_for

_PLACEHOLDER_ID = 987_654_321_987


def record_address(endpoint: str, pk: int) -> str:
    """Return the address of a record's page, faster than ``url_for``, because a list needs hundreds."""
    made: dict[str, tuple[str, str]] = g.setdefault("kepan_addresses", {})
    if endpoint not in made:
        before, _pk, after = url_for(endpoint, pk=_PLACEHOLDER_ID).partition(str(_PLACEHOLDER_ID))
        made[endpoint] = before, after
    before, after = made[endpoint]
    return f"{before}{pk}{after}"


def vendor_url(name: str) -> str:
    """Return the address of a third-party script or style; empty where it was not fetched."""
    path = f"vendor/{name}"
    if not (Path(current_app.static_folder or "") / path).exists():
        return ""
    return url_for("static", filename=path, v=current_app.config["KEPAN_ASSET_VERSION"])
