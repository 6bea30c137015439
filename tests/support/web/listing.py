"""Every list that the application serves: on pages, on the phone and in the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.kernel.pages.views import ScopedModelView
from tests.support.web.routes import Route, all_routes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

    from app.kernel.lists.requests import ListSpec


@dataclass(frozen=True)
class ServedList:
    """A list at an address, with its filters and orders."""

    route: Route
    spec: ListSpec
    tabs: tuple[str, ...] = ()

    def path(self, ids: Mapping[str, int]) -> str:
        """Return its address; ``ids``: first part of the address → the id of the record that the list belongs
        to.
        """
        return self.route.path(ids)

    def is_for(self, role: str) -> bool:
        """Return True if the built-in role may read it."""
        return role in (self.route.allowed or ())


def served_lists(app: Flask) -> list[ServedList]:
    """Return every list with a declared order, from the registered views."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    found = []
    for route in all_routes(app):
        owner, _dot, name = route.endpoint.partition(".")
        view = views.get(owner)
        contract = getattr(getattr(view, name, None), "contract", None)
        if route.method != "GET":
            continue
        if contract is not None and contract.lists is not None:
            found.append(ServedList(route, contract.lists))
        elif isinstance(view, ScopedModelView) and name == "list":
            found.append(ServedList(route, view.spec, tuple(tab.key for tab in view.tabs)))
    return found
