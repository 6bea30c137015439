"""Registration of a declared operation: its page, its button and its API endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask_appbuilder.baseviews import expose

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import permission_of
from app.kernel.api.base import endpoint, refuse
from app.kernel.errors import Decision, Invalid
from app.kernel.pages.batches import batch_route
from app.kernel.pages.operations import Operation, declared_operations, page_route

if TYPE_CHECKING:
    from app.kernel.api.base import KepanApi
    from app.kernel.pages.views import ScopedModelView


CREATED = 201


def add_operation(view: type[ScopedModelView], api: type[KepanApi] | None, operation: Operation) -> Operation:
    """Add an operation to a view, and to its API if it has one.  Call it while the contexts are loaded,
    before registration.

    :raises TypeError: when the resource has another operation of that name or lacks its permission, or the
        view or API has a method of that name.
    """
    resource = str(view.class_permission_name)
    _declare(resource, operation)
    needs = permission_of(resource, operation.needs)
    routes = {operation.name: page_route(operation, needs)}
    if operation.batch is not None:
        routes[f"{operation.name}_batch"] = batch_route(operation, needs)
    for name, route in routes.items():
        _set_route(view, name, route, operation)
    view.include_route_methods = {*(view.include_route_methods or ()), *routes}
    return operation if api is None else add_api_operation(api, operation)


def _declare(resource: str, operation: Operation) -> None:
    """Add the operation to its resource, once; the same declaration may come again with another view."""
    declared = declared_operations.setdefault(resource, [])
    same = next((one for one in declared if one.name == operation.name), None)
    if same is None:
        declared.append(operation)
    elif same is not operation:
        message = f"{resource} has two operations named {operation.name}"
        raise TypeError(message)


def _set_route(owner: type[Any], name: str, route: Any, operation: Operation) -> None:
    """Make the route a method of the view or API: the declaration is the only way to its endpoint.

    It may replace a method of the framework, whose own routes are not served.
    """
    ours = (kind for kind in owner.__mro__ if not kind.__module__.startswith("flask_appbuilder"))
    found = next((vars(kind)[name] for kind in ours if name in vars(kind)), None)
    if found is not None and getattr(found, "operation", None) is not operation:
        message = f"{owner.__name__}.{name} is defined beside the operation {operation.name}"
        raise TypeError(message)
    route.operation = operation
    setattr(owner, name, route)


def add_api_operation(api: type[KepanApi], operation: Operation) -> Operation:
    """Add an operation to an API alone: its declaration is the only way to its endpoint.

    :raises TypeError: for an API that already has a method of that name.
    """
    _set_route(api, operation.api.name or operation.name, _api_route(operation, api), operation)
    return operation


def _api_route(operation: Operation, api: type[KepanApi]) -> Any:
    shown = operation.api

    def call(self: Any, pk: int) -> Any:
        actor = current_actor()
        if (
            shown.status == CREATED
        ):  # before the key, whose first response may date from when the record was in scope
            self.get_record(pk, actor)
        try:
            values = self.body(operation.form).values() if operation.form else {}
        except Invalid:
            self.get_record(
                pk, actor
            )  # ACC-6: a record out of scope is reported first; else the service reports it
            raise
        answer = shown.answer or self.record
        if shown.status == CREATED:
            return self.create_answer(lambda: answer(operation.service(pk, actor=actor, **values)))
        result = operation.service(pk, actor=actor, **values)
        return refuse(result) if isinstance(result, Decision) else (jsonify(answer(result)), shown.status)

    call.__name__ = shown.name or operation.name
    call.__doc__ = shown.summary or operation.form.__doc__
    path = shown.path or operation.path
    described = endpoint(
        None if shown.is_for_all else permission_of(str(api.class_permission_name), operation.needs),
        takes=operation.form,
        returns=shown.returns or api.record_type,
        status=shown.status,
        refusals=shown.refusals,
    )
    address = path if path.startswith("/") else f"/<int:pk>/{path}"
    return expose(address, methods=["POST"])(described(call))
