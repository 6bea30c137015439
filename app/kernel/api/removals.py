"""Removals: one declaration takes a part of a record away, such as a file, on the page and in the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import jsonify, url_for
from flask_appbuilder.baseviews import expose

from app.kernel.access.current import current_actor
from app.kernel.api.base import endpoint
from app.kernel.pages.answers import Answer, finish
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
class RemovalApi:
    """The response of a removal in the REST API: ``answer(result)``, the parts that are left, of the type
    ``returns``; ``summary`` describes it in the OpenAPI document.
    """

    summary: str
    answer: Callable[[Any], Any]
    returns: Any


@dataclass(frozen=True)
class Removal:
    """The removal of one part of a record: ``POST <view>/<pk>/<parts>/<key>/remove`` on the page, and
    ``DELETE <api>/<pk>/<parts>/<key>`` in the API.

    ``policy(actor, record, facts)`` gives the tab's buttons their state; ``service(pk, <key>=…, actor=…)``
    asks the same rule again under its lock.  The page returns to the ``tab`` and says ``done``.  It is no
    operation: it needs the part beside the record, and so has no place in the record's head or ``/allowed``.
    """

    permission: Permission
    label: Sentence
    parts: str
    key: str
    policy: Callable[[Actor, Any, Any], Decision]
    service: Callable[..., Any]
    tab: str
    done: Answer
    api: RemovalApi | None = None

    def buttons(
        self, view: str, record: Any, actor: Actor, facts: Any = None
    ) -> Callable[[int, str], list[Button]]:
        """Return what makes the button beside a part, from its id and the question that the user must
        confirm: disabled with the reason where the policy refuses, none without the permission.
        """
        if not actor.may(self.permission):
            return lambda _part_id, _ask: []
        reason = self.policy(actor, record, facts).reason

        def buttons_of(part_id: int, ask: str) -> list[Button]:
            values: dict[str, Any] = {"pk": record.id, self.key: part_id}
            url = url_for(f"{view}.{self.permission}", **values)
            return [Button(str(self.label), url, mode="post", ask=ask, danger=True, reason=reason)]

        return buttons_of


def add_removal(view: type[ScopedModelView], api: type[KepanApi] | None, removal: Removal) -> None:
    """Add the removal to a view, and to its API if it has one.  Call it while the contexts are loaded,
    before registration.
    """
    name, part = str(removal.permission), f"/<int:pk>/{removal.parts}/<int:{removal.key}>"

    def press(self: ScopedModelView, pk: int, **part_id: int) -> Any:
        actor = current_actor()
        title = self.record_title(self.get_record(pk, actor))
        removal.service(pk, **part_id, actor=actor)
        return finish(url_for(f"{self.endpoint}.show", pk=pk, _anchor=removal.tab), removal.done.about(title))

    press.__name__ = name
    setattr(view, name, expose(f"{part}/remove", methods=["POST"])(permitted(removal.permission)(press)))
    view.include_route_methods = {*(view.include_route_methods or ()), name}
    if removal.api is not None:
        setattr(api, name, expose(part, methods=["DELETE"])(_api_route(removal, removal.api)))


def _api_route(removal: Removal, shown: RemovalApi) -> Any:
    def call(_self: KepanApi, pk: int, **part_id: int) -> Any:
        return jsonify(shown.answer(removal.service(pk, **part_id, actor=current_actor())))

    call.__name__, call.__doc__ = str(removal.permission), shown.summary
    return endpoint(removal.permission, returns=shown.returns)(call)
