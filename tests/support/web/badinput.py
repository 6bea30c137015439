"""Invalid input for every address, and what must hold for the response."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from app.kernel.database.session import Model, db
from tests.support.web.clients import apart
from tests.support.web.routes import all_routes

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

# Words that only the program itself uses; none may be in a response.
INSIDE = re.compile(
    r"Traceback|File \"|sqlalchemy|psycopg|sqlite3|OperationalError|ProgrammingError|DataError|IntegrityError"
    r"|\bSELECT \w|\bINSERT INTO\b|\bUPDATE \w+ SET\b|KeyError|TypeError|AttributeError|UnicodeEncodeError"
    r"|invalid literal|object has no attribute|not JSON serializable"
)

# Bodies that are not a JSON object, or not a sensible one.
BROKEN_BODIES: dict[str, bytes] = {
    "cut": b'{"name": "a',
    "null": b"null",
    "list": b"[]",
    "text": b'"name"',
    "number": b"17",
    "true": b"true",
    "not utf-8": b'{"name": "\xff\xfe"}',
    "utf-16": '{"nobody": "张三"}'.encode("utf-16"),
    "bytes": bytes(range(256)),
    "deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "deep lists": b'{"name":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "endless number": b'{"version": ' + b"9" * 10_000 + b"}",
    "unknown field": b'{"is_admin": true}',
    "prototype": b'{"__proto__": {"a": 1}, "__class__": "x", "csrf_token": "y"}',
    "form": b"name=%E5%BC%A0&phone=13800001234",
}

# Values of a wrong type, or far from any valid value.
ODD_VALUES: tuple[Any, ...] = (
    "", " ", "\u3000", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "\u202e\u200b\ufeff", "x" * 300,
    "长" * 5000,
    "'; DROP TABLE customer; --", '" OR 1=1 --', "%", "%s%n", "%(a)s", "{}", "{0.__class__}", "{{7*7}}",
    "<script>alert(1)</script>", "=1+1", "../../etc/passwd", "\r\nSet-Cookie: a=b", "NaN", "Infinity", "-1",
    "１２３", "1e400", "0x10", "1_000", "²", "٣", "--5", "2026-02-30", "9999-99-99", "0000-00-00",
    "2026-1-1T25:61", "+275760-09-13T00:00:00Z", "null", "None", "true",
    0, -1, 1, 2**31, 2**63, 2**64, -(2**63) - 1, 10**30, 1.5, 1e308, -0.0, True, False, None, [], {}, [None],
    [[]], [1, "2"], [-1], [2**70], {"id": 1}, {"": ""}, [1] * 3000,
)  # fmt: skip


def row_counts(app: Flask) -> dict[str, int]:
    """Return the number of rows of each table; records of refusals do not count (ACC-18)."""
    tables = sorted(item for item in Model.metadata.tables.items() if item[0] != "access_event")

    def count() -> dict[str, int]:
        columns = [select(func.count()).select_from(t).scalar_subquery().label(name) for name, t in tables]
        return dict(db.session.connection().execute(select(*columns)).one()._mapping)

    return apart(app, count)


def check_answer(response: TestResponse, said: Any = "") -> None:
    """Check any response: no crash, no internals shown; the API refuses in its one format."""
    text = response.get_data().decode(errors="replace")
    assert response.status_code < 500, (said, response.status_code, text[:300])
    found = INSIDE.search(text)
    assert not found, (said, found[0], text[:300])
    if response.status_code >= 400 and response.request.path.startswith("/api/"):
        body = json.loads(text) if response.request.method != "HEAD" else {"code": "x", "message": "y"}
        assert body["code"], said
        assert body["message"], said


def form_pages(app: Flask, client: FlaskClient) -> list[str]:
    """Return the addresses of the pages that show a form to the client and accept it."""
    found = []
    for route in all_routes(app):
        if route.method == "POST" and not route.is_api:
            answer = client.get(route.path())
            if answer.status_code == 200 and 'class="form-u"' in answer.get_data(as_text=True):
                found.append(route.path())
    return found
