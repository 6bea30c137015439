"""Base of the REST API (PLAT-9, ``spec/api.md``): sign-in by token or by the page's session, refusals in one
format, checks in one order — 401, role 403, record 404, body 422, person 403, state 409 (ACC-6).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypedDict, TypeVar

from flask import Response, current_app, jsonify, request
from flask_appbuilder.api import BaseApi, expose
from flask_babel import lazy_gettext as _
from flask_jwt_extended import verify_jwt_in_request
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_wtf.csrf import CSRFError, validate_csrf
from jwt.exceptions import PyJWTError
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import Forbidden, Unauthorized
from wtforms.validators import ValidationError

from app.kernel.access.current import actor_or_none, current_actor, duty_or_none
from app.kernel.api.bodies import read_json, read_multipart
from app.kernel.api.idempotency import run_once
from app.kernel.clock import to_local
from app.kernel.database.session import READ_METHODS
from app.kernel.errors import MESSAGES, Decision, Denied, Invalid
from app.kernel.fields.uploads import fingerprints, takes_files
from app.kernel.lists.asking import charge_filters
from app.kernel.lists.paging import Page, fetch_page, kept_plans
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Select

    from app.kernel.access.permissions import AnyPermission
    from app.kernel.api.schemas import Named
    from app.kernel.fields.forms import BaseForm
    from app.kernel.lists.requests import ListSpec
    from app.kernel.lists.rows import RowReader


Handler = TypeVar("Handler", bound="Callable[..., Any]")
Answer = TypeVar("Answer", bound="Mapping[str, Any]")


@dataclass(frozen=True)
class Contract:
    """The input and output of an endpoint, from which the OpenAPI document is generated (PLAT-9).

    ``takes`` is a form, or a TypedDict; ``partial`` makes each of its fields optional (PATCH). ``lists``
    makes the response a page of ``returns``; ``arguments`` are further query arguments with their codes, none
    for free text. ``returns`` is a TypedDict or another type of JSON, or a file's media type; ``later`` is
    the 202 response while it is being made. ``refusals`` are statuses beyond the usual ones; ``is_public``
    endpoints need no sign-in.
    """

    takes: Any = None
    partial: bool = False
    lists: ListSpec | None = None
    arguments: Mapping[str, Sequence[str]] = field(default_factory=dict)
    returns: Any = None
    later: Any = None
    status: int = 200
    refusals: Sequence[int] = ()
    permission: AnyPermission | None = None
    is_public: bool = False


class Verdict(TypedDict):
    """The decision of a rule, as ``/allowed`` shows it."""

    allowed: bool
    code: str
    message: str


class Gone(TypedDict):
    """The id of a record that was deleted."""

    id: int


def public(**contract: Any) -> Callable[[Handler], Handler]:
    """Route decorator of the few endpoints for sign-in; keywords are those of :class:`Contract`."""

    def decorate(handler: Handler) -> Handler:
        handler.contract = Contract(**contract, is_public=True)  # type: ignore[attr-defined]
        return handler

    return decorate


def endpoint(
    permission: AnyPermission | None = None,
    *,
    during_duty: bool = False,
    leaves_trace: bool = False,
    **contract: Any,
) -> Callable[[Handler], Handler]:
    """Route decorator: requires a signed-in user, and the permission on the API's resource if named.

    While a duty is pending (ACC-12) only ``during_duty`` endpoints answer.  ``leaves_trace``: reading is
    logged, so that a plain link, followed or prefetched with the page's session, must not cause it.  Further
    keywords are those of :class:`Contract`.
    """

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def run(self: KepanApi, *args: Any, **kwargs: Any) -> Any:
            _sign_in()
            duty = duty_or_none()
            if duty is not None and not during_duty:
                raise Denied(duty.decision)
            if permission and not current_actor().has_permission(permission, self.class_permission_name):
                raise Forbidden
            if leaves_trace and not request.headers.get("Authorization"):
                _ask_token()
            return handler(self, *args, **kwargs)

        if permission:
            run._permission_name = permission  # type: ignore[attr-defined]
        run._signed_in = True  # type: ignore[attr-defined]
        run._takes_files = takes_files(contract.get("takes"))  # type: ignore[attr-defined]
        run.contract = Contract(**contract, permission=permission)  # type: ignore[attr-defined]
        return run  # type: ignore[return-value]

    return decorate


def _sign_in() -> None:
    """Authenticate by bearer token first, else by session cookie, with its CSRF token for changes."""
    if request.headers.get("Authorization"):
        try:
            verify_jwt_in_request()
        except (JWTExtendedException, PyJWTError) as error:
            raise Unauthorized from error
    elif actor_or_none() is not None and request.method not in READ_METHODS:
        current_app.extensions["csrf"].protect()
    if actor_or_none() is None:
        raise Unauthorized


def _ask_token() -> None:
    """Require the session's token in its header, whatever the method."""
    try:
        validate_csrf(request.headers.get("X-CSRFToken"))
    except ValidationError as error:
        raise CSRFError(error.args[0]) from error


class KepanApi(BaseApi):
    """Base of all our APIs.  ``class_permission_name`` is the resource; it is shared with the page.

    ``record_type`` is the type of the response of ``record()``, and so of every operation on a record.
    """

    resource_name = ""
    record_type: ClassVar[Any] = None

    def __init__(self) -> None:
        if not self.class_permission_name:
            message = f"{type(self).__name__} needs class_permission_name"
            raise TypeError(message)
        super().__init__()

    @staticmethod
    def list_answer(
        statement: Select[Any],
        spec: ListSpec,
        record: Callable[[Iterable[Any]], list[Any]],
        *options: Any,
        args: MultiDict[str, str] | None = None,
        reader: RowReader | None = None,
        tab: str | None = None,
    ) -> Response:
        """Return a collection, filtered, ordered and paged as requested; ``args``: the body's fields instead
        of the address's arguments.  A ``reader`` reads rows instead of records.
        ``tab`` is the list's own part that is asked for, by which statements without filters are kept.
        """
        asked = read_list_request(spec, request.args if args is None else args).enforce()
        charge_filters(statement, spec, asked, current_actor())
        narrowed = apply_filters(statement, spec, asked, current_actor())
        is_whole = tab is not None and narrowed is statement
        plans = kept_plans(current_actor(), (record, tab), statement) if is_whole else None
        found: Page[Any] = fetch_page(narrowed, spec, asked, *options, plans=plans, reader=reader)
        return jsonify(
            items=record(found.items),
            total=found.total,
            total_is_exact=found.total_is_exact,
            page=asked.page,
            page_size=asked.page_size,
        )

    @staticmethod
    def created_once(create: Callable[[], Answer]) -> Mapping[str, Any]:
        """Return what was created; once per ``Idempotency-Key``."""
        key = request.headers.get("Idempotency-Key", "").strip()
        sent = [*request.form.items(), *fingerprints()] if _is_multipart() else request.get_json(silent=True)
        return run_once(current_actor().id, key, request.path, sent, create)

    @classmethod
    def create_answer(cls, create: Callable[[], Answer]) -> tuple[Response, int]:
        """Return 201 with what was created; once per ``Idempotency-Key``."""
        return jsonify(cls.created_once(create)), 201

    @staticmethod
    def body(form: type[BaseForm], *, partial: bool = False) -> BaseForm:
        """Read the request's JSON through a form; multipart/form-data where the form has files.

        :raises Invalid: for broken JSON and for each wrong field.
        """
        if _is_multipart() and takes_files(form):
            return read_multipart(form, request.form, request.files)
        return read_json(form, json_body(), partial=partial)


def _is_multipart() -> bool:
    return request.mimetype == "multipart/form-data"


def json_body() -> Any:
    """Return the parsed body; an empty body is an empty object.

    :raises Invalid: when it is not JSON.
    """
    if not request.get_data(cache=True):
        return {}
    try:
        payload = request.get_json(silent=True, force=True)
    except RecursionError:  # nested deeper than the parser supports
        payload = None
    if payload is None:
        raise Invalid(body=_("A JSON object is expected"))
    return payload


def read_fields(body: Any) -> MultiDict[str, str]:
    """Parse a flat JSON object like the arguments of an address.

    :raises Invalid: when it is not an object, or a field is not text, a number, a boolean or null.
    """
    if not isinstance(body, dict):
        raise Invalid(body=_("A JSON object is expected"))
    wrong = {name: MESSAGES[422][1] for name, value in body.items() if isinstance(value, list | dict)}
    if wrong:
        raise Invalid(**wrong)
    return MultiDict(
        {
            name: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in body.items()
            if value is not None
        }
    )


def refuse(decision: Decision) -> Response:
    """Return the response to an operation that was refused after it was logged."""
    wrong = {decision.field: decision.message} if decision.field else None
    return refusal(decision.status, decision.code, decision.message, fields=wrong, **dict(decision.details))


def iso(moment: datetime | None) -> str | None:
    """Return ISO 8601 with the offset of Asia/Shanghai."""
    return to_local(moment).isoformat(timespec="seconds") if moment else None


def named(record: Any) -> Named | None:
    """Return a reference: id and name, or null."""
    return {"id": record.id, "name": record.name} if record is not None else None


def decision_record(decision: Decision) -> Verdict:
    """Return a verdict as ``/allowed`` shows it."""
    return {"allowed": decision.allowed, "code": decision.code, "message": str(decision.message)}


__all__ = ["Denied", "expose"]
