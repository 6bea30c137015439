"""Removals: one declaration takes a part of a record away, such as a file, on the page and in the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import jsonify, url_for
from flask_appbuilder.baseviews import expose

from app.kernel.access.current import current_actor
from app.kernel.api.base import endpoint
from app.kernel.pages.answers import SAVED, Answer, finish
from app.kernel.pages.elements import Button
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.api.base import KepanApi
    from app.kernel.errors import Decision, Sentence
    from app.kernel.pages.views import ScopedModelView


@dataclass(frozen=True)
class Removal:
    """The removal of one part of a record: ``POST <view>/<pk>/<parts>/<key>/remove`` on the page, and
    ``DELETE <api>/<pk>/<parts>/<key>`` in the API.

    ``policy(actor, record, facts)`` decides whether the tab shows its buttons; ``service(pk, <key>=…,
    actor=…)`` asks the same rule again under its lock.  The page says ``done`` and returns to the ``tab``;
    the API answers ``answer(result)``, the parts that are left, of the type ``returns``.
    """

    permission: Permission
    label: Sentence
    parts: str
    key: str
    policy: Callable[[Actor, Any, Any], Decision]
    service: Callable[..., Any]
    tab: str
    summary: str
    answer: Callable[[Any], Any]
    returns: Any
    done: Answer = SAVED

    def is_offered(self, actor: Actor, record: Any, facts: Any) -> bool:
        """Tell whether the person may remove parts of the record."""
        return actor.may(self.permission) and bool(self.policy(actor, record, facts))

    def url(self, view: str, pk: int, part_id: int) -> str:
        """Return the address that removes the part on the page of the view."""
        values: dict[str, Any] = {"pk": pk, self.key: part_id}
        return url_for(f"{view}.{self.permission}", **values)

    def button(self, view: str, pk: int, part_id: int, *, ask: str) -> Button:
        """Return the button beside the part, with the question that the user must confirm."""
        return Button(str(self.label), self.url(view, pk, part_id), mode="post", ask=ask, danger=True)


def add_removal(view: type[ScopedModelView], api: type[KepanApi], removal: Removal) -> None:
    """Add the removal to a view and its API.  Call it while the contexts are loaded, before registration."""
    name, part = str(removal.permission), f"/<int:pk>/{removal.parts}/<int:{removal.key}>"

    def press(self: ScopedModelView, pk: int, **part_id: int) -> Any:
        actor = current_actor()
        title = self.record_title(self.get_record(pk, actor))
        removal.service(pk, **part_id, actor=actor)
        return finish(url_for(f"{self.endpoint}.show", pk=pk, _anchor=removal.tab), removal.done.about(title))

    def call(_self: KepanApi, pk: int, **part_id: int) -> Any:
        return jsonify(removal.answer(removal.service(pk, **part_id, actor=current_actor())))

    press.__name__ = call.__name__ = name
    press.__doc__ = call.__doc__ = removal.summary
    described = endpoint(removal.permission, returns=removal.returns)
    setattr(view, name, expose(f"{part}/remove", methods=["POST"])(permitted(removal.permission)(press)))
    setattr(api, name, expose(part, methods=["DELETE"])(described(call)))
    view.include_route_methods = {*(view.include_route_methods or ()), name}
