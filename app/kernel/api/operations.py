"""Registration of a declared operation: its page, its button and its API endpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify
from flask_appbuilder.baseviews import expose

from app.kernel.access.current import current_actor
from app.kernel.api.base import endpoint, refuse
from app.kernel.errors import Decision, Invalid
from app.kernel.pages.operations import Operation, batch_route, declared_operations, page_route

if TYPE_CHECKING:
    from app.kernel.api.base import KepanApi
    from app.kernel.pages.views import ScopedModelView


CREATED = 201


def add_operation(view: type[ScopedModelView], api: type[KepanApi] | None, operation: Operation) -> Operation:
    """Add an operation to a view, and to its API if it has one.  Call it while the contexts are loaded,
    before registration.
    """
    resource = str(view.class_permission_name)
    declared = declared_operations.setdefault(resource, [])
    if all(one.name != operation.name for one in declared):
        declared.append(operation)
    setattr(view, operation.name, page_route(operation))
    routes = {operation.name}
    if operation.batch is not None:
        setattr(view, f"{operation.name}_batch", batch_route(operation))
        routes.add(f"{operation.name}_batch")
    view.include_route_methods = {*(view.include_route_methods or ()), *routes}
    return operation if api is None else add_api_operation(api, operation)


def add_api_operation(api: type[KepanApi], operation: Operation) -> Operation:
    """Add an operation to an API alone: its declaration is the only way to its endpoint.

    :raises TypeError: for an API that already has a method of that name.
    """
    found = vars(api).get(operation.name)
    if found is not None and getattr(found, "operation", None) != operation.name:
        message = f"{api.__name__}.{operation.name} is defined beside its operation"
        raise TypeError(message)
    setattr(api, operation.name, _api_route(operation, api))
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
            values = self.body(operation.form).values()
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

    call.__name__ = operation.name
    call.__doc__ = shown.summary or operation.form.__doc__
    described = endpoint(
        operation.name,
        takes=operation.form,
        returns=shown.returns or api.record_type,
        status=shown.status,
        refusals=shown.refusals,
    )
    made = expose(f"/<int:pk>/{shown.path or operation.path}", methods=["POST"])(described(call))
    made.operation = operation.name
    return made
