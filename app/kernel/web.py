"""Around every request: ids, headers, refusals in the product's look, and what templates may call."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, Any

import structlog
from flask import (
    Response,
    current_app,
    g,
    has_request_context,
    jsonify,
    render_template,
    request,
    session,
    url_for,
)
from flask.sessions import SecureCookieSessionInterface
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError, CSRFProtect
from markupsafe import Markup
from sqlalchemy import text
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from app.kernel import pages, rows
from app.kernel.badges import current_badges
from app.kernel.current import actor_or_none
from app.kernel.db import db
from app.kernel.errors import Denied, Invalid, KepanError, Stale
from app.kernel.logs import crash_facts
from app.kernel.nav import nav, side_menu
from app.kernel.text import MAX_ID
from app.kernel.uploads import init_uploads
from app.kernel.vendor import vendor_url

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Map

log = structlog.get_logger("kepan.web")

NOT_SENT = "unsent"  # a flashed message's kind: what was typed was not taken
MESSAGES = {
    400: ("bad_request", _("The request could not be understood")),
    401: ("auth.required", _("Please sign in")),
    403: ("auth.forbidden", _("You are not allowed to do this")),
    404: ("not_found", _("This does not exist, or is out of your reach")),
    405: ("method_not_allowed", _("This cannot be done in this way")),
    409: ("conflict", _("This is not possible in the present state")),
    412: ("stale", _("Somebody else saved this record in the meantime")),
    413: ("too_large", _("What was sent is too large")),
    415: ("not_json", _("A JSON object is expected")),
    422: ("invalid", _("Please check what was entered")),
    429: ("too_many", _("Too many attempts; please wait a moment")),
    500: ("internal", _("Something went wrong on our side")),
}
LANGUAGES = {"zh": "zh-CN", "en": "en"}


def is_api() -> bool:
    """True for requests that expect JSON."""
    return request.path.startswith("/api/")


def is_drawer() -> bool:
    """True when the page is shown inside a drawer."""
    return request.values.get("_drawer") == "1"


def request_id() -> str:
    """The id that the log, the audit rows and the error page share."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex
    found: str = g.request_id
    return found


def csp_nonce() -> str:
    """The nonce of this response's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    found: str = g.csp_nonce
    return found


_error_pages: dict[str, tuple[str, str]] = {}


def register_error_page(prefix: str, template: str, home_url: str) -> None:
    """Pages below ``prefix`` have a look of their own: refusals there are shown with this template."""
    _error_pages[prefix] = template, home_url


def _error_template() -> tuple[str, str]:
    found = (look for prefix, look in _error_pages.items() if request.path.startswith(prefix))
    return next(found, ("kernel/error.html", "/"))


_NONCE = "nonce-of-the-response"
_fragments: dict[tuple[str, str, str, str], str] = {}


def cached_fragment(name: str) -> Markup:
    """A part of the page that is the same for all: made once a language, given this response's nonce."""
    version = current_app.config["KEPAN_ASSET_VERSION"]
    key = (name, str(get_locale()), request.script_root, version)
    if key not in _fragments:
        _fragments[key] = render_template(name, nonce=_NONCE)
    return Markup(_fragments[key].replace(_NONCE, csp_nonce()))  # noqa: S704 - a template's output and our own word


def select_language() -> str:
    """The language chosen in the session; in the API what the client accepts; Chinese otherwise."""
    if not has_request_context():
        return "zh"
    if is_api():
        return request.accept_languages.best_match(list(LANGUAGES)) or "zh"
    chosen = session.get("locale")
    return chosen if isinstance(chosen, str) and chosen in LANGUAGES else "zh"


def refusal(
    status: int, code: str, message: Any, *, fields: dict[str, Any] | None = None, **details: Any
) -> Response:
    """A refusal as JSON for the API and as a page for people."""
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
    """``again_url``: the page whose form was not taken, where it can be sent once more."""
    template, home_url = _error_template()
    html = render_template(
        template,
        status=status,
        title=str(title),
        message=str(message),
        request_id=request_id(),
        home_url=home_url,
        again_url=again_url,
    )
    return Response(html, status=status, mimetype="text/html")


def explain(error: KepanError) -> Response:
    """The answer to one of our own errors."""
    code, message = MESSAGES.get(error.status, MESSAGES[500])
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


def on_http_error(error: HTTPException) -> Response:
    status = error.code or 500
    code, message = MESSAGES.get(status, MESSAGES[400])
    answer = refusal(status, code, message)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            answer.headers[name] = value
    return answer


def can_be_opened() -> bool:
    """The request's address is a page: it can be opened, too."""
    return request.url_rule is not None and "GET" in (request.url_rule.methods or ())


def on_old_form(error: CSRFError) -> Response:
    """A form of an earlier session: a link opens it anew, and the script puts back what was typed."""
    if is_api():
        return on_http_error(error)
    title = _("You signed in or out in the meantime")
    if not can_be_opened():
        return _error_page(400, title, _("Go back, open the page anew and try once more"))
    return _error_page(400, title, _("Please send it again"), request.full_path.rstrip("?"))


def on_crash(error: Exception) -> Response:
    db.session.rollback()
    log.error("crash", request_id=request_id(), path=request.path, **crash_facts(error))
    return refusal(500, *MESSAGES[500])


def _headers(response: Response) -> Response:
    response.headers.setdefault("X-Request-Id", request_id())
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
    response.headers.setdefault("Permissions-Policy", "camera=(self), microphone=(), geolocation=()")
    response.headers.setdefault(
        "Content-Security-Policy",
        f"default-src 'self'; script-src 'self' 'nonce-{csp_nonce()}'; style-src 'self'; "
        "img-src 'self' data: blob:; font-src 'self'; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'self'; form-action 'self'; frame-ancestors 'self'",
    )
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not (request.endpoint or "").endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _languages() -> list[dict[str, Any]]:
    names = current_app.config["LANGUAGES"]
    present = str(get_locale())
    return [
        {
            "code": code,
            "name": names[code]["name"],
            "url": url_for("LanguageView.choose", code=code),
            "active": present.startswith(code),
        }
        for code in LANGUAGES
    ]


def _badges() -> dict[str, int]:
    actor = actor_or_none()
    return {} if actor is None else current_badges(actor)


def _health() -> Response:
    return jsonify(status="ok")


def _ready() -> tuple[Response, int]:
    try:
        db.session.execute(text("SELECT value FROM org_version"))
    except Exception:  # noqa: BLE001 - whatever the database says, the answer is "not ready"
        db.session.rollback()
        return jsonify(status="unavailable"), 503
    return jsonify(status="ready"), 200


def init_web(app: Flask) -> CSRFProtect:
    """Install everything above.  Must run before the framework registers its views."""
    settings = app.config["KEPAN"]
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    init_uploads(app)
    csrf = CSRFProtect(app)
    app.register_error_handler(KepanError, explain)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(CSRFError, on_old_form)
    app.register_error_handler(Exception, on_crash)
    app.after_request(_headers)
    app.session_interface = _CookieSession()
    app.url_map.converters["int"] = _RecordId
    app.add_url_rule("/healthz", "healthz", _health)
    app.add_url_rule("/readyz", "readyz", _ready)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(
        csp_nonce=csp_nonce, request_id=request_id, is_drawer=is_drawer, languages=_languages,
        lang=lambda: LANGUAGES.get(str(get_locale()).split("_", maxsplit=1)[0], "zh-CN"),
        badges=_badges, nav=nav, side_menu=side_menu, me=_me, qs=pages.qs, cell=pages.cell, tag=pages.tag,
        local_time=pages.local_time, file_link_html=pages.file_link_html, file_size=pages.file_size,
        asset_version=lambda: app.config["KEPAN_ASSET_VERSION"], button_html=rows.button,
        table_rows=rows.table_rows, sum_row=rows.sum_row, filter_html=rows.filter_field,
        url_for=pages.address, cached_fragment=cached_fragment, vendor_url=vendor_url,
    )  # fmt: skip
    return csrf


class _RecordId(IntegerConverter):
    """Ids in addresses: what a database's plain number cannot hold is no id (404)."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=MAX_ID)


class _CookieSession(SecureCookieSessionInterface):
    """``Secure`` only behind HTTPS: on plain HTTP sign-in works with any client (PLAT-16)."""

    def get_cookie_secure(self, _app: Flask) -> bool:
        return request.is_secure


def _me() -> dict[str, Any] | None:
    if "kepan_me" not in g:
        g.kepan_me = _person()
    found: dict[str, Any] | None = g.kepan_me
    return found


def _person() -> dict[str, Any] | None:
    actor = actor_or_none()
    if actor is None:
        return None
    labels = current_app.extensions["kepan_role_label"]
    return {
        "name": actor.name,
        "username": actor.username,
        "department_name": actor.department_name,
        "role_names": [labels(name) for name in sorted(actor.roles)],
    }
