"""Giving a declared operation its page, its button and its API endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask_appbuilder.baseviews import expose

from app.kernel.access.current import current_actor
from app.kernel.api.base import endpoint, refuse
from app.kernel.errors import Decision, Invalid
from app.kernel.pages.operations import FormAction, batch_route, declared_actions, page_route

if TYPE_CHECKING:
    from app.kernel.api.base import KepanApi
    from app.kernel.pages.views import ScopedModelView


CREATED = 201


def form_action(view: type[ScopedModelView], api: type[KepanApi] | None, action: FormAction) -> FormAction:
    """Put an operation on a view, and on its API if it has one.  Called while the contexts are loaded, before
    registration.
    """
    resource = str(view.class_permission_name)
    declared = declared_actions.setdefault(resource, [])
    if all(one.name != action.name for one in declared):
        declared.append(action)
    setattr(view, action.name, page_route(action))
    routes = {action.name}
    if action.in_batch:
        setattr(view, f"{action.name}_batch", batch_route(action))
        routes.add(f"{action.name}_batch")
    view.include_route_methods = {*(view.include_route_methods or ()), *routes}
    return action if api is None else api_action(api, action)


def api_action(api: type[KepanApi], action: FormAction) -> FormAction:
    """Put an operation on an API alone."""
    if action.name not in vars(api):
        setattr(api, action.name, _api_route(action, api))
    return action


def _api_route(action: FormAction, api: type[KepanApi]) -> Any:
    def call(self: Any, pk: int) -> Any:
        actor = current_actor()
        try:
            values = self.body(action.form).values()
        except Invalid:
            self.get_record(pk, actor)  # ACC-6: out of reach is told first; else the service tells it
            raise
        answer = action.answer or self.record
        if action.status == CREATED:
            return self.create_answer(lambda: answer(action.service(pk, actor=actor, **values)))
        result = action.service(pk, actor=actor, **values)
        return refuse(result) if isinstance(result, Decision) else (jsonify(answer(result)), action.status)

    call.__name__ = action.name
    call.__doc__ = action.form.__doc__
    described = endpoint(
        action.name,
        takes=action.form,
        returns=action.returns or api.record_type,
        status=action.status,
        refusals=action.refusals,
    )
    return expose(f"/<int:pk>/{action.path}", methods=["POST"])(described(call))
