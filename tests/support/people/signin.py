"""Signing in as people do: by the form and by the API."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markupsafe import escape

from tests.support.people.world import PASSWORD
from tests.support.web.clients import post_form

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

# Parts that differ in each response and reveal nothing.
_CHANCE = re.compile(r'(nonce|value|content)="[^"]{16,}"|[0-9a-f]{32}')


def by_form(client: FlaskClient, username: str, password: str = PASSWORD) -> TestResponse:
    """Fill in the sign-in page."""
    return post_form(client, "/login/", {"username": username, "password": password}, page="/login/")


def by_api(app: Flask, username: str, password: str = PASSWORD) -> TestResponse:
    """Request tokens from the API."""
    body = {"username": username, "password": password, "provider": "db"}
    return app.test_client(use_cookies=False).post("/api/v1/security/login", json=body)


def is_signed_in(client: FlaskClient) -> bool:
    """Return whether the session opens a page."""
    return client.get("/").status_code == 200


def said(answer: TestResponse, username: str) -> str:
    """Return the response's text without its changing parts and without the typed name."""
    text = answer.get_data(as_text=True).replace(f'value="{escape(username)}"', "NAME")
    return _CHANCE.sub("…", text)
