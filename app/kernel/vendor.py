"""Scripts of others (``app.operate.assets``): where they lie, and whether they were fetched at all."""

from __future__ import annotations

from pathlib import Path

from flask import current_app, url_for


def vendor_url(name: str) -> str:
    """The address of a script or style of others; empty where it was not fetched."""
    path = f"vendor/{name}"
    if not (Path(current_app.static_folder or "") / path).exists():
        return ""
    return url_for("static", filename=path, v=current_app.config["KEPAN_ASSET_VERSION"])
