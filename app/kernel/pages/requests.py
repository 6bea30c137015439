"""Properties of the current request: its id, language, nonce and kind."""

from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING

from flask import g, has_request_context, request, session
from werkzeug.exceptions import RequestEntityTooLarge

if TYPE_CHECKING:
    from flask import Response

MOVE = "HX-Request"
LANGUAGES = {"zh": "zh-CN", "en": "en"}


def is_api() -> bool:
    """Return True for requests that expect JSON."""
    return request.path.startswith("/api/")


def is_drawer() -> bool:
    """Return True when the page is shown inside a drawer."""
    if "_drawer" in request.args:
        return request.args["_drawer"] == "1"
    try:
        return request.form.get("_drawer") == "1"
    except RequestEntityTooLarge:  # a body that is refused is not read for its refusal either
        return False


def is_move() -> bool:
    """Return True if the script of an open page asks for another page's content (OFF-16)."""
    return MOVE in request.headers and "HX-History-Restore-Request" not in request.headers


def request_id() -> str:
    """Return the id that the log, the audit rows and the error page share."""
    if "request_id" not in g:
        g.request_id = uuid.uuid4().hex
    found: str = g.request_id
    return found


def csp_nonce() -> str:
    """Return the nonce of this response's scripts."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    found: str = g.csp_nonce
    return found


def select_language() -> str:
    """Return the language chosen in the session; in the API the one that the client accepts; Chinese by
    default.
    """
    if not has_request_context():
        return "zh"
    if is_api():
        return request.accept_languages.best_match(list(LANGUAGES)) or "zh"
    chosen = session.get("locale")
    return chosen if isinstance(chosen, str) and chosen in LANGUAGES else "zh"


def name_next_page(response: Response) -> Response:
    """Name the next page to a script that sent a form, instead of leading there.

    A script cannot see where a redirect leads, and the page behind it would be fetched twice (CH-32).
    """
    if "X-Kepan-Form" in request.headers and response.location and response.status_code in {302, 303}:
        response.headers["X-Kepan-Next"] = response.headers.pop("Location")
        response.status_code = 200
        response.set_data("")
    return response
