"""PLAT-9: the server does what its OpenAPI document says, whoever asks: no crash, no status, media type or
shape that is not documented.  (It accepts a little more than the document: blanks around a value, and an
empty argument for none; what it refuses is in ``test_bad_*.py`` and ``tests/customers/profile/test_api*.py``.)

The cases are made from the document itself, the same in every run.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from schemathesis import GenerationMode

from app.kernel.api.openapi import api_routes
from tests.support.api.openapi import CHECKS, PLAIN, Conformance, populate
from tests.support.api.openapi_callers import CALLERS, PATHS, caller_of
from tests.support.api.openapi_samples import APART, BODIES, UPLOADS
from tests.support.web.clients import ApiClient

if TYPE_CHECKING:
    from app.kernel.api.base import Contract

PLACE = re.compile(r"<(?:\w+:)?(\w+)>")
EXAMPLES = 3  # for each operation, on PostgreSQL; one on SQLite, whose tests run on every change
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def check(database, username, mode, examples=EXAMPLES) -> None:
    asked = Conformance(database, username, populate(database))
    complaints = [asked.complaint(operation, mode, examples) for operation in asked.operations()]
    assert not any(complaints), "\n\n".join(one for one in complaints if one)
    assert len(asked.answered) > 15


def _number(database) -> int:
    return 1 if database.backend == "sqlite" else EXAMPLES


# Roles that differ in their access: everything, their own records, reading only, nothing of the back office.
@pytest.mark.slow
@pytest.mark.parametrize("username", ["admin", "agent", "auditor", "broker"])
def test_plat_9_what_the_document_allows_is_answered_as_it_says(database, username):
    check(database, username, RIGHT, _number(database))


@pytest.mark.long
def test_plat_9_wrong_input_is_answered_as_the_document_says(database):
    check(database, "agent", WRONG, EXAMPLES)


def _contracts(app) -> dict[str, Contract | None]:
    """Return operation, as the document labels it → its handler's contract."""
    with app.app_context():
        return {
            f"{method} " + PLACE.sub(r"{\1}", rule.rule): getattr(handler, "contract", None)
            for rule, method, handler in api_routes(app)
        }


def test_plat_9_every_route_of_the_api_says_what_it_gives(app):
    silent = [label for label, found in _contracts(app).items() if found is None or found.returns is None]
    assert silent == []


def test_plat_9_every_operation_with_a_body_has_a_sample(app):
    """A new operation fails here until ``openapi_samples`` has an ordinary body for it."""
    known = _contracts(app)
    asked = {label for label, found in known.items() if found is not None and found.takes is not None}
    assert asked == {*BODIES, *UPLOADS}
    assert {*PATHS, *APART} <= {*known}
    assert {name for name in CALLERS if "/" in name} <= {*known}


def _call(asked: Conformance, operation, database):
    """Make the ordinary call, check it against the document, and return its response."""
    label, records = operation.label, asked.records
    chosen = {name: records[key][0] for name, key in PATHS.get(label, {}).items()}
    path = chosen or asked.paths_of(operation)[0]
    token = ApiClient(database.app, caller_of(label, records)).token
    headers = {**PLAIN, "Authorization": f"Bearer {token}"}
    if label in UPLOADS:
        address = operation.path.removeprefix("/api/v1").format(**path)
        return asked.client.open("POST", address, data=UPLOADS[label](records), headers=headers)
    sample = BODIES.get(label, {})
    body = sample(database, records) if callable(sample) else sample
    given = (
        {"body": body, "media_type": "application/json"} if "requestBody" in operation.definition.raw else {}
    )
    case = operation.Case(path_parameters=path, headers=headers, **given)
    return case.call_and_validate(checks=CHECKS)


def test_plat_9_an_ordinary_call_of_each_operation_succeeds(database):
    """Otherwise the tests above might have seen only refusals."""
    asked = Conformance(database, "agent", populate(database))
    contracts = _contracts(database.app)
    failed = []
    for operation in asked.operations():
        if operation.label in APART:
            continue
        response = _call(asked, operation, database)
        if response.status_code != contracts[operation.label].status:
            failed.append(f"{operation.label}: {response.status_code} {response.text[:200]}")
    assert not failed, "\n".join(failed)
