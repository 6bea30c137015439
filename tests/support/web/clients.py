"""Clients of the application: the browser's session and the API's token, without signing in by hand.

A request never shares anything with the test around it: neither its application context (whose ``g`` would
keep the first signed-in person), nor its session, nor the ``unscoped`` blocks of the guard.
"""

from __future__ import annotations

import re
from contextvars import Context
from typing import TYPE_CHECKING, Any

from flask import has_app_context
from flask.testing import FlaskClient
from flask_login.utils import _create_identifier
from sqlalchemy import select

from app.kernel.database.session import db
from app.org.sessions.api import issue_tokens
from app.org.sessions.login_sessions import open_session
from app.org.shared.models import Account

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Flask
    from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class KepanClient(FlaskClient):
    """Flask's test client, with each request in a context of its own.

    An open transaction of the test is committed before (SQLite has one writer), and records that the test has
    read are read again afterwards.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        if has_app_context():
            db.session.commit()
        # A server also reads the content to its end and closes it, whether or not the client reads it.
        kwargs.setdefault("buffered", True)
        response = Context().run(super().open, *args, **kwargs)
        if has_app_context():
            db.session.expire_all()
        return response


def apart(app: Flask, function: Callable[[], Any]) -> Any:
    """Call the function in an application context of its own, as a command or another process would.

    An open transaction of the test is committed before, as for a request.
    """
    if has_app_context():
        db.session.commit()

    def run() -> Any:
        with app.app_context():
            return function()

    return Context().run(run)


def _opened(username: str, kind: str) -> tuple[str, str]:
    """Return the parts that identify a new session of the account, and the session's key."""
    user = _account(username)
    return user.get_id(), open_session(user, kind, source="127.0.0.1", browser="test").key


def _account(username: str) -> Account:
    return db.session.scalars(select(Account).where(Account.username == username)).one()


def sign_in(client: FlaskClient, username: str) -> FlaskClient:
    """Give the client a signed-in session of the account, without a request."""
    app = client.application
    user_id, key = apart(app, lambda: _opened(username, "office"))
    with app.test_request_context("/", environ_base=client.environ_base):
        identifier = _create_identifier()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["_id"] = user_id, True, identifier
        session["key"] = key
    return client


def csrf_token(client: FlaskClient, page: str = "/login/") -> str:
    """Return the token of a page of this session."""
    answer = client.get(page, follow_redirects=True)
    found = _TOKEN.search(answer.get_data(as_text=True))
    assert found, f"{page} answered {answer.status_code} without a token"
    return found[1]


def post_form(
    client: FlaskClient, url: str, data: Mapping[str, Any] | None = None, *, page: str = "", **kwargs: Any
) -> TestResponse:
    """Post a form with the token that ``page`` carries: by default the form's own page, or else any page."""
    if not page:
        own = client.get(url)
        page = url if own.status_code == 200 and _TOKEN.search(own.get_data(as_text=True)) else "/login/"
    return client.post(url, data={**(data or {}), "csrf_token": csrf_token(client, page)}, **kwargs)


def access_token(app: Flask, username: str, *, refresh: bool = False) -> str:
    """Return a token as the API's sign-in would, minted directly."""

    def mint() -> str:
        with app.test_request_context("/", method="POST"):
            tokens = issue_tokens(_account(username))
        return tokens["refresh_token" if refresh else "access_token"]

    return apart(app, mint)


class ApiClient:
    """The REST API as one person uses it. Paths are given without ``/api/v1``."""

    base = "/api/v1"

    def __init__(self, app: Flask, username: str = "", *, token: str | None = None) -> None:
        self.http = app.test_client(use_cookies=False)
        self.token = access_token(app, username) if token is None and username else token

    def open(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """Send any request."""
        headers = dict(kwargs.pop("headers", None) or {})
        if self.token:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.http.open(f"{self.base}{path}", method=method, headers=headers, **kwargs)

    def get(self, path: str, **query: Any) -> TestResponse:
        """Send a GET; arguments become the query."""
        return self.open("GET", path, query_string=query)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        """Send a POST with JSON."""
        return self.open("POST", path, json={} if body is None else body, **kwargs)

    def patch(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        """Send a PATCH with JSON."""
        return self.open("PATCH", path, json={} if body is None else body, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        """Send a DELETE."""
        return self.open("DELETE", path, **kwargs)
