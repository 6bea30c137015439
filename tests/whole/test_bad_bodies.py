"""PLAT-9: bodies that are not JSON, or not the expected kind: 4xx in one format, nothing written,
no notices.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import cycle, product

import pytest

from app.approvals.services import request_stage
from app.deals.opportunities.services import create_opportunity
from app.deals.quotes.services import create_quote
from app.deals.tickets.services import create_ticket
from app.kernel.api.base import json_body
from app.kernel.api.bodies import read_json
from app.kernel.api.openapi import api_routes
from app.kernel.errors import Invalid
from app.kernel.fields.forms import BaseForm
from tests.support import make
from tests.support.deals import make_contract, make_payment
from tests.support.web.badinput import BROKEN_BODIES, check_answer, form_pages, row_counts
from tests.support.web.clients import ApiClient, apart, csrf_token, sign_in

MEGABYTE = 1024 * 1024


def _customer(database) -> int:
    return apart(database.app, lambda: make.make_customer(database.world.actor("agent")).id)


def _records(database) -> dict[str, int]:
    """Return one business record of each kind: its operations look for the record before they read."""
    agent = database.world.actor("agent")
    customer = make.make_customer(agent, kind="enterprise")
    here = {"customer_id": customer.id, "title": "单", "actor": agent}
    contract = make_contract(customer, agent)
    return {
        "approvals": request_stage(customer.id, stage="ordinary", actor=agent).id,
        "contracts": contract.id,
        "payments": make_payment(contract, agent).id,
        "opportunities": create_opportunity(amount=Decimal(1), **here).id,
        "quotes": create_quote(**here).id,
        "tickets": create_ticket(**here).id,
    }


def _targets(database) -> list[tuple[str, str]]:
    """Return method and path of every operation of the API with a body."""
    pk, records = _customer(database), apart(database.app, lambda: _records(database))
    found = []
    with database.app.app_context():
        for rule, method, handler in api_routes(database.app):
            if getattr(handler, "contract", None) and handler.contract.takes is not None:
                path = rule.rule.removeprefix("/api/v1")
                path = path.replace("<int:pk>", str(records.get(path.split("/")[1], pk)))
                found.append((method, path))
    assert len(found) >= 6
    return found


MEDIA = ("application/json", "text/plain", "application/json; charset=utf-7", "nonsense")
# Bodies that are objects nevertheless: the forms refuse their fields.
OBJECTS = {"unknown field", "prototype", "utf-16"}


def _refused(app, kind, media) -> set[str]:
    """Return the names of the fields under which the shared reader refuses a body."""
    body, form = BROKEN_BODIES[kind], BaseForm
    with (
        app.test_request_context("/api/v1/x", method="POST", data=body, content_type=media),
        pytest.raises(Invalid) as caught,
    ):
        read_json(form, json_body())
    return {*caught.value.fields}


def test_plat_9_a_broken_body_is_no_object_of_known_fields(bare):
    """Each kind as each media type, without a request to the server and without a database."""
    found = {(kind, media): _refused(bare, kind, media) for kind in BROKEN_BODIES for media in MEDIA}
    assert {kind for (kind, _media), fields in found.items() if fields != {"body"}} == OBJECTS


def test_plat_9_a_broken_body_is_refused_by_every_operation(database):
    """One body for each operation; each kind of body for some operation."""
    targets = _targets(database)
    client = ApiClient(database.app, "admin")
    before = row_counts(database.app)
    assert len(targets) > len(BROKEN_BODIES)
    for (method, path), kind, media in zip(targets, cycle(BROKEN_BODIES), cycle(MEDIA), strict=False):
        answer = client.open(method, path, data=BROKEN_BODIES[kind], headers={"Content-Type": media})
        check_answer(answer, (method, path, kind))
        assert answer.status_code in {400, 403, 404, 413, 415, 422}, (method, path, answer.status_code)
    assert row_counts(database.app) == before


def test_plat_9_ten_megabytes_are_too_much_for_every_operation(database):
    targets = _targets(database)
    client = ApiClient(database.app, "agent")
    before = row_counts(database.app)
    body = b'{"name": "' + b"x" * (10 * MEGABYTE) + b'"}'
    media = cycle(["application/json", "application/x-www-form-urlencoded", "text/plain"])
    for (method, path), kind in zip(targets, media, strict=False):
        answer = client.open(method, path, data=body, headers={"Content-Type": kind})
        check_answer(answer, (method, path))
        # Uploads may be large, but are not JSON.
        expected = {413, 422} if path.endswith("/files") else {403, 404, 413}
        assert answer.status_code in expected, (method, path, answer.status_code)
    assert row_counts(database.app) == before


def test_plat_9_duplicate_keys_count_as_the_last_one(database):
    client = ApiClient(database.app, "agent")
    body = '{"name": "甲", "phone": "13800001111", "name": "乙"}'.encode()
    answer = client.open("POST", "/customers", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.get_json()["name"]) == (201, "乙")


PAGE_MEDIA = [
    "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=" + "x" * 500,
    "application/x-www-form-urlencoded; charset=nonsense", "application/json", "a/b/c", "",
]  # fmt: skip
PAGE_BODIES = (b"", b"\x00\xff", b'--x\r\nContent-Disposition: form-data; name="a', b"%ff=%fe&&&=&")


@pytest.mark.slow
def test_pages_refuse_bodies_that_cannot_be_read(database):
    """Each page with a form gets an invalid body; every media type with every body is sent to some page."""
    _customer(database)
    client = sign_in(database.app.test_client(), "admin")
    token = csrf_token(client)
    paths = form_pages(database.app, client)
    pairs = list(product(PAGE_MEDIA, PAGE_BODIES))
    before = row_counts(database.app)
    for number in range(max(len(paths), len(pairs))):
        path, (media, body) = paths[number % len(paths)], pairs[number % len(pairs)]
        answer = client.post(path, data=body, headers={"Content-Type": media, "X-CSRFToken": token})
        check_answer(answer, (path, media, body))
        after = row_counts(database.app)
        assert after == before or answer.status_code == 303, (path, media, body)
        before = after
    assert len(paths) > 5
