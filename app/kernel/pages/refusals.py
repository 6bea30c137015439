"""Refusals and crashes as JSON for the API and as styled pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from flask import Response, g, jsonify, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _

from app.kernel.access.current import actor_or_none, duty_or_none, set_anonymous
from app.kernel.database.session import READ_METHODS, db, is_outage
from app.kernel.errors import MESSAGES, Denied, Invalid, KepanError, Moved, Stale
from app.kernel.logs import crash_facts
from app.kernel.pages.requests import is_api, is_drawer, request_id
from app.kernel.pages.routes import can_be_opened

if TYPE_CHECKING:
    from flask_wtf.csrf import CSRFError
    from werkzeug.exceptions import HTTPException

CRASHED = 500  # and above
TEMPORARY = 307
log = structlog.get_logger("kepan.web")


_error_pages: dict[str, tuple[str, str]] = {}


def register_error_page(prefix: str, template: str, home_url: str) -> None:
    """Show refusals of pages below ``prefix`` with this template."""
    _error_pages[prefix] = template, home_url


def _error_template() -> tuple[str, str]:
    found = (look for prefix, look in _error_pages.items() if request.path.startswith(prefix))
    return next(found, ("kernel/error.html", "/"))


def refusal(
    status: int, code: str, message: Any, *, fields: dict[str, Any] | None = None, **details: Any
) -> Response:
    """Return a refusal as JSON for the API and as a page in the browser."""
    if is_api():
        body: dict[str, Any] = {"code": code, "message": str(message), **details}
        if fields:
            body["fields"] = {name: str(sentence) for name, sentence in fields.items()}
        answer = jsonify(body)
    else:
        listed = " ".join(str(sentence) for sentence in (fields or {}).values())
        answer = _error_page(status, MESSAGES.get(status, MESSAGES[500])[1], listed or message)
    answer.status_code = status
    return answer


def _error_page(status: int, title: Any, message: Any, again_url: str = "") -> Response:
    """Render the error page; ``again_url`` is the page of a refused form, where it can be submitted again."""
    template, home_url = _error_template()
    html = render_template(
        template,
        status=status,
        title=str(title),
        message=str(message),
        request_id=request_id(),
        home_url=home_url,
        again_url=again_url,
        in_frame=_keeps_frame(status),
    )
    return Response(html, status=status, mimetype="text/html")


def _keeps_frame(status: int) -> bool:
    """Return True if the usual frame with the way on is around a refusal (OFF-8): for somebody signed in to
    the office whose request did not crash.
    """
    is_office = _error_template()[0] == "kernel/error.html"
    signed_in = actor_or_none() is not None and duty_or_none() is None
    return is_office and status < CRASHED and signed_in and not is_drawer()


def explain(error: KepanError) -> Response:
    """Return the response to one of our own errors."""
    code, message = MESSAGES.get(error.status, MESSAGES[500])
    if isinstance(error, Moved):
        return _lead_on(error)
    if isinstance(error, Invalid):
        return refusal(error.status, error.code, message, fields=error.fields)
    if isinstance(error, Denied):
        details = dict(error.decision.details)
        wrong = {error.decision.field: error.message} if error.decision.field else None
        return refusal(error.status, error.code, error.message, fields=wrong, **details)
    if isinstance(error, Stale):
        both = {name: {"theirs": a, "yours": b} for name, (a, b) in error.differences.items()}
        return refusal(error.status, code, message, version=error.version, differences=both)
    return refusal(error.status, code, message)


def _lead_on(error: Moved) -> Response:
    """Lead from the address of a record to the same address of the one that it is part of now.

    Not for ever: it may be a record of its own again.
    """
    values = dict(request.view_args or {})
    if request.method not in READ_METHODS or "pk" not in values:
        return refusal(error.status, error.code, error.message, id=error.to)
    values["pk"] = error.to
    arguments: dict[str, Any] = {**request.args.to_dict(flat=False), **values}
    response: Any = redirect(url_for(request.endpoint or "", **arguments), TEMPORARY)
    return response  # type: ignore[no-any-return]


def on_http_error(error: HTTPException) -> Response:
    """Return a styled page for an HTTP error of the framework."""
    status = error.code or 500
    code, message = MESSAGES.get(status, MESSAGES[400])
    answer = refusal(status, code, message)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def on_old_form(error: CSRFError) -> Response:
    """Refuse a form of an earlier session: a link opens it again, and the script restores the typed
    values.
    """
    g.kepan_csrf = True
    if is_api():
        return on_http_error(error)
    title = _("You signed in or out in the meantime")
    if not can_be_opened():
        return _error_page(400, title, _("Go back, open the page anew and try once more"))
    return _error_page(400, title, _("Please send it again"), request.full_path.rstrip("?"))


def on_crash(error: Exception) -> Response:
    """Log a crash without personal data, and return a styled error page."""
    if is_outage(error):
        return _on_outage(error)
    db.session.rollback()
    log.error("crash", request_id=request_id(), path=request.path, **crash_facts(error))
    return refusal(500, *MESSAGES[500])


def _on_outage(error: Exception) -> Response:
    """Return 503 with a retry time when the database is unreachable.  The page is rendered without
    using it.
    """
    db.session.remove()
    log.error("database_unavailable", request_id=request_id(), path=request.path, **crash_facts(error))
    set_anonymous()
    g.kepan_me = None
    return refusal(503, *MESSAGES[503])
