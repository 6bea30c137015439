"""A person at a browser: pages with the session's cookie, forms with their token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from itsdangerous import URLSafeTimedSerializer

from tests.support.web.clients import sign_in
from tests.support.web.pages import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.test import TestResponse

_RAW_TOKEN = "0123456789abcdef0123456789abcdef01234567"


class Browser:
    """Somebody's browser; nobody's without a user name."""

    def __init__(self, app: Flask, username: str = "", *, locale: str = "zh") -> None:
        self.app = app
        self.client = app.test_client()
        self.token = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(_RAW_TOKEN)
        with self.client.session_transaction() as session:
            session["csrf_token"] = _RAW_TOKEN
            session["locale"] = locale
        if username:
            sign_in(self.client, username)

    def open(self, method: str, path: str, **kwargs: Any) -> TestResponse:
        """A request as it is: no token is added."""
        return self.client.open(path, method=method, **kwargs)

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        """Follow a link."""
        return self.client.get(path, **kwargs)

    def post(self, path: str, data: Mapping[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """Send a form with the session's token."""
        return self.client.post(path, data={**(data or {}), "csrf_token": self.token}, **kwargs)

    def page(self, path: str, status: int = 200) -> Page:
        """The page behind a link, read."""
        response = self.get(path)
        assert response.status_code == status, (path, response.status_code)
        return Page(response)

    def submit(self, path: str, data: Mapping[str, Any], status: int) -> Page:
        """Send a form and read what comes back."""
        response = self.post(path, data)
        assert response.status_code == status, (path, response.status_code, Page(response).text[:400])
        return Page(response)
