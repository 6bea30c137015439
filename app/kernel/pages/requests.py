"""Properties of the current request: its id, language, nonce and kind."""

from __future__ import annotations

import secrets
import uuid

from flask import g, has_request_context, request, session

LANGUAGES = {"zh": "zh-CN", "en": "en"}


def is_api() -> bool:
    """Return True for requests that expect JSON."""
    return request.path.startswith("/api/")


def is_drawer() -> bool:
    """Return True when the page is shown inside a drawer."""
    return request.values.get("_drawer") == "1"


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
