"""PLAT-9: the server does what its OpenAPI document says, whoever asks: no crash, no status, media type or
shape that is not documented.  (It accepts a little more than the document: blanks around a value, and an
empty argument for none; what it refuses is in ``tests/badinput`` and ``tests/api``.)

The cases are made from the document itself, the same in every run.
"""

from __future__ import annotations

import pytest
from schemathesis import GenerationMode

from tests.support.openapi import CHECKS, Conformance, populate
from tests.support.openapi_samples import BODIES

EXAMPLES = 4  # for each operation
RIGHT, WRONG = GenerationMode.POSITIVE, GenerationMode.NEGATIVE


def check(database, username, mode, examples=EXAMPLES) -> None:
    asked = Conformance(database, username, populate(database))
    complaints = [asked.complaint(operation, mode, examples) for operation in asked.operations()]
    assert not any(complaints), "\n\n".join(one for one in complaints if one)
    assert len(asked.answered) > 15


# What the roles' functions differ in: everything, one's own, only reading, nothing of the back office.
@pytest.mark.parametrize("username", ["admin", "agent", "auditor", "broker"])
def test_plat_9_what_the_document_allows_is_answered_as_it_says(database, username):
    check(database, username, RIGHT, EXAMPLES if database.backend == "sqlite" else EXAMPLES // 2)


def test_plat_9_wrong_input_is_answered_as_the_document_says(database):
    check(database, "agent", WRONG)


def test_plat_9_an_ordinary_call_of_each_operation_succeeds(database):
    """Otherwise the tests above might have seen refusals only: every GET, and what has a sample body."""
    records = populate(database)
    asked = Conformance(database, "agent", records)
    failed = []
    for operation in asked.operations():
        if operation.method.upper() != "GET" and operation.label not in BODIES:
            continue
        sample = BODIES.get(operation.label, {})
        if sample is None:
            continue
        body = sample(database, records) if callable(sample) else sample
        given = (
            {"body": body, "media_type": "application/json"}
            if "requestBody" in operation.definition.raw
            else {}
        )
        case = operation.Case(
            path_parameters=asked.paths_of(operation)[0], headers=asked.headers_for(operation), **given
        )
        response = case.call_and_validate(checks=CHECKS)
        if response.status_code >= 300 and response.status_code not in {403, 404}:  # not this role's
            failed.append(f"{operation.label}: {response.status_code} {response.text[:200]}")
    assert failed == []
