"""The button that exports a list as it is filtered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request, url_for
from flask_babel import gettext

from app.kernel.pages.elements import Button

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.pages.views import ScopedModelView


PAGE_ARGUMENTS = ("page", "page_size", "after", "before")


def export_button(view: ScopedModelView, actor: Actor) -> list[Button]:
    """Return the list's export button if the list can be exported and the user may do so."""
    if "export" not in view.routes() or not actor.has_permission("export", view.class_permission_name):
        return []
    kept: dict[str, Any] = {
        name: request.args.getlist(name) for name in request.args if name not in PAGE_ARGUMENTS
    }
    url = url_for(f"{view.endpoint}.export", **kept)
    return [Button(gettext("Export"), url, "fa-file-export", "download")]
