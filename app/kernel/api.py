"""Base of the REST API (PLAT-9, ``spec/api.md``): signed in by token or by the page's session, refusals in
one shape, checks in one order — 401, role 403, record 404, body 422, person 403, state 409 (ACC-6).
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from flask import Response, current_app, jsonify, request
from flask_appbuilder.api import BaseApi, expose
from flask_babel import lazy_gettext as _
from flask_jwt_extended import verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from werkzeug.exceptions import Forbidden, Unauthorized

from app.kernel.clock import to_local
from app.kernel.current import actor_or_none, current_actor
from app.kernel.db import READ_METHODS
from app.kernel.errors import Decision, Denied, Invalid
from app.kernel.forms import read_json
from app.kernel.idempotency import answer_once
from app.kernel.lists import Page, apply_filters, fetch_page, read_list_request
from app.kernel.web import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from sqlalchemy import Select

    from app.kernel.forms import BaseForm
    from app.kernel.lists import ListSpec

Handler = TypeVar("Handler", bound="Callable[..., Any]")


def endpoint(permission: str = "") -> Callable[[Handler], Handler]:
    """Route decorator: asks for a signed-in person, and for the permission on the API's resource if named."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def run(self: KepanApi, *args: Any, **kwargs: Any) -> Any:
            _sign_in()
            if permission and not current_actor().may(permission, self.class_permission_name):
                raise Forbidden
            return handler(self, *args, **kwargs)

        if permission:
            run._permission_name = permission  # type: ignore[attr-defined]
        run._signed_in = True  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate


def _sign_in() -> None:
    """A bearer token wins; a session cookie counts too, with its CSRF token when something changes."""
    if request.headers.get("Authorization"):
        try:
            verify_jwt_in_request()
        except (JWTExtendedException, PyJWTError) as error:
            raise Unauthorized from error
    elif actor_or_none() is not None and request.method not in READ_METHODS:
        current_app.extensions["csrf"].protect()
    if actor_or_none() is None:
        raise Unauthorized


class KepanApi(BaseApi):
    """Base of all our APIs.  ``class_permission_name`` is the resource; it is shared with the page."""

    resource_name = ""

    def __init__(self) -> None:
        if not self.class_permission_name:
            message = f"{type(self).__name__} needs class_permission_name"
            raise TypeError(message)
        super().__init__()

    @staticmethod
    def list_answer(
        statement: Select[Any], spec: ListSpec, record: Callable[[Iterable[Any]], list[Any]], *options: Any
    ) -> Response:
        """A collection, filtered, ordered and paged as asked."""
        asked = read_list_request(spec, request.args).enforce()
        narrowed = apply_filters(statement, spec, asked, current_actor())
        found: Page[Any] = fetch_page(narrowed, spec, asked, *options)
        return jsonify(
            items=record(found.items),
            total=found.total,
            total_is_exact=found.total_is_exact,
            page=asked.page,
            page_size=asked.page_size,
        )

    @staticmethod
    def create_answer(create: Callable[[], dict[str, Any]]) -> tuple[Response, int]:
        """201 with what was created; once per ``Idempotency-Key``."""
        key = request.headers.get("Idempotency-Key", "").strip()
        answer = answer_once(current_actor().id, key, request.path, request.get_json(silent=True), create)
        return jsonify(answer), 201

    @staticmethod
    def body(form: type[BaseForm], *, partial: bool = False) -> BaseForm:
        """The request's JSON, read through a form.

        :raises Invalid: for broken JSON and for each wrong field.
        """
        return read_json(form, json_body(), partial=partial)


def json_body() -> Any:
    """The parsed body; an empty one is an empty object.

    :raises Invalid: when it is no JSON.
    """
    if not request.get_data(cache=True):
        return {}
    payload = request.get_json(silent=True, force=True)
    if payload is None:
        raise Invalid(body=_("A JSON object is expected"))
    return payload


def refuse(decision: Decision) -> Response:
    """The answer to an operation that was refused after leaving a trace."""
    wrong = {decision.field: decision.message} if decision.field else None
    return refusal(decision.status, decision.code, decision.message, fields=wrong, **dict(decision.details))


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 with the offset of Asia/Shanghai."""
    return to_local(moment).isoformat(timespec="seconds") if moment else None


def named(record: Any) -> dict[str, Any] | None:
    """A reference: id and name, or null."""
    return {"id": record.id, "name": record.name} if record is not None else None


def decision_record(decision: Decision) -> dict[str, Any]:
    """A verdict as ``/allowed`` shows it."""
    return {"allowed": decision.allowed, "code": decision.code, "message": str(decision.message)}


__all__ = [
    "Denied", "KepanApi", "decision_record", "endpoint", "expose", "iso", "json_body", "named", "refuse",
]  # fmt: skip
