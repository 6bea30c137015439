"""PLAT-9: bodies that are no JSON, or not what was asked for: 4xx in one shape, nothing written or told."""

from __future__ import annotations

import pytest

from app.kernel.api.openapi import api_routes
from tests.support import make
from tests.support.badinput import BROKEN_BODIES, check_answer, form_pages, row_counts
from tests.support.clients import ApiClient, apart, csrf_token, sign_in

MEGABYTE = 1024 * 1024


def _customer(database) -> int:
    return apart(database.app, lambda: make.make_customer(database.world.actor("agent")).id)


def _targets(database) -> list[tuple[str, str]]:
    """Method and path of every operation of the API that takes a body."""
    pk = _customer(database)
    found = []
    with database.app.app_context():
        for rule, method, handler in api_routes(database.app):
            if getattr(handler, "contract", None) and handler.contract.takes is not None:
                path = rule.rule.replace("<int:pk>", str(pk)).removeprefix("/api/v1")
                found.append((method, path))
    assert len(found) >= 6
    return found


@pytest.mark.parametrize("kind", BROKEN_BODIES)
def test_plat_9_a_broken_body_is_refused_by_every_operation(database, kind):
    targets = _targets(database)
    before = row_counts(database.app)
    client = ApiClient(database.app, "admin")
    for method, path in targets:
        for media in ("application/json", "text/plain", "application/json; charset=utf-7", "nonsense"):
            answer = client.open(method, path, data=BROKEN_BODIES[kind], headers={"Content-Type": media})
            check_answer(answer, (method, path, kind))
            assert answer.status_code in {400, 403, 404, 413, 415, 422}, (method, path, answer.status_code)
    assert row_counts(database.app) == before


@pytest.mark.parametrize("media", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
def test_plat_9_ten_megabytes_are_too_much_for_every_operation(database, media):
    targets = _targets(database)
    before = row_counts(database.app)
    client = ApiClient(database.app, "agent")
    body = b'{"name": "' + b"x" * (10 * MEGABYTE) + b'"}'
    for method, path in targets:
        answer = client.open(method, path, data=body, headers={"Content-Type": media})
        check_answer(answer, (method, path))
        expected = (
            {413, 422} if path.endswith("/files") else {403, 413}
        )  # uploads may be large, but are no JSON
        assert answer.status_code in expected, (method, path, answer.status_code)
    assert row_counts(database.app) == before


def test_plat_9_duplicate_keys_count_as_the_last_one(database):
    client = ApiClient(database.app, "agent")
    body = '{"name": "甲", "phone": "13800001111", "name": "乙"}'.encode()
    answer = client.open("POST", "/customers", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.get_json()["name"]) == (201, "乙")


@pytest.mark.parametrize(
    "media",
    [
        "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 500,
        "application/x-www-form-urlencoded; charset=nonsense", "application/json", "a/b/c", "",
    ],
)  # fmt: skip
def test_pages_refuse_bodies_that_cannot_be_read(database, media):
    """Each page that shows a form, sent a body that is none."""
    _customer(database)
    client = sign_in(database.app.test_client(), "admin")
    token = csrf_token(client)
    paths = form_pages(database.app, client)
    assert len(paths) > 5
    before = row_counts(database.app)
    for path in paths:
        for body in (b"", b"\x00\xff", b'--x\r\nContent-Disposition: form-data; name="a', b"%ff=%fe&&&=&"):
            headers = {"Content-Type": media, "X-CSRFToken": token}
            answer = client.post(path, data=body, headers=headers)
            check_answer(answer, (path, media, body))
            after = row_counts(database.app)
            assert after == before or answer.status_code == 303, (path, media, body)
            before = after
