"""Every form, by API and by page, with invalid input: refused in plain words or stored in a valid state,
never a crash; a refusal writes nothing.
"""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kernel.api.openapi import api_routes
from app.kernel.fields.forms import BaseForm
from tests.support import make
from tests.support.api.fuzz import bounded
from tests.support.web.badforms import json_for, posted_for
from tests.support.web.badinput import check_answer, form_pages, row_counts
from tests.support.web.clients import ApiClient, apart, csrf_token, sign_in

EXAMPLES = {"sqlite": 8, "postgres": 3}
# Refusals of these forms are recorded on purpose: attempts are counted (POOL-6, ACC-12).
LEAVE_TRACES = ("change-phone", "/account/", "/security/", "/me/")
_FIELD = re.compile(r'<(?:input|select|textarea)[^>]*\sname="([^"]+)"')


def _customer(database) -> int:
    return apart(database.app, lambda: make.make_customer(database.world.actor("agent")).id)


def _operations(app) -> list[tuple[str, str, type[BaseForm]]]:
    with app.app_context():
        found = [
            (method, rule.rule, handler.contract.takes)
            for rule, method, handler in api_routes(app)
            if getattr(handler, "contract", None)
            and isinstance(handler.contract.takes, type)
            and issubclass(handler.contract.takes, BaseForm)
        ]
    assert len(found) > 4
    return found


def _feed_operation(database, client, method, path, bodies) -> None:
    @bounded(EXAMPLES[database.backend])
    @given(body=bodies)
    def feed(body):
        before = row_counts(database.app)
        raw = json.dumps(body).encode()
        answer = client.open(method, path, data=raw, headers={"Content-Type": "application/json"})
        check_answer(answer, (method, path, body))
        if answer.status_code >= 400 and not any(part in path for part in LEAVE_TRACES):
            assert row_counts(database.app) == before, (path, body)

    feed()


@pytest.mark.slow
@pytest.mark.parametrize("username", ["admin", "agent"])
def test_plat_9_no_json_breaks_a_form(database, username):
    pk = _customer(database)
    client = ApiClient(database.app, username)
    for method, rule, form in _operations(database.app):
        path = re.sub(r"<int:\w+>", str(pk), rule).removeprefix("/api/v1")
        with database.app.test_request_context("/api/v1/"):
            bodies = json_for(form)
        _feed_operation(database, client, method, path, bodies)
    assert client.get("/customers", page_size="100").status_code == 200


def _feed_page(database, client, path) -> None:
    names = sorted(set(_FIELD.findall(client.get(path).get_data(as_text=True))) - {"csrf_token"})
    token = csrf_token(client)

    @bounded(EXAMPLES[database.backend])
    @given(posted=posted_for([*names, "nobody"]), twice=st.booleans())
    def feed(posted, twice):
        before = row_counts(database.app)
        data = {name: values if twice else values[:1] for name, values in posted.items()}
        answer = client.post(path, data={**_encodable(data), "csrf_token": token})
        check_answer(answer, (path, data))
        if answer.status_code >= 400 and not any(part in path for part in LEAVE_TRACES):
            assert row_counts(database.app) == before, (path, data)

    feed()


@pytest.mark.slow
@pytest.mark.parametrize("username", ["admin", "agent"])
def test_no_posted_text_breaks_a_page(database, username):
    _customer(database)
    client = sign_in(database.app.test_client(), username)
    for path in form_pages(database.app, client):
        _feed_page(database, client, path)
    for page in ("/customers/", "/", "/todos/", "/inbox/"):
        assert client.get(page).status_code == 200, page


def _encodable(data: dict[str, list[str]]) -> dict[str, list[str]]:
    """A browser sends lone surrogates as replacement characters."""
    return {
        name: [value.encode(errors="replace").decode() for value in values] for name, values in data.items()
    }
