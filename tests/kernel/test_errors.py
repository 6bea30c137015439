"""ACC-6: all refusals have a code, a sentence and a status."""

from __future__ import annotations

import pytest

from app.kernel.errors import (
    ALLOW,
    Decision,
    Denied,
    Invalid,
    KepanError,
    NotFound,
    Stale,
    conflict,
    forbidden,
)


def test_allowed_is_true_and_enforces_nothing():
    assert ALLOW
    ALLOW.enforce()


@pytest.mark.parametrize(
    ("decision", "status"),
    [
        (forbidden("x.no", "Not you"), 403),
        (conflict("x.later", "Not now"), 409),
        (Decision(allowed=False, code="x", message="m", status=429), 429),
    ],
)
def test_acc_6_refusals_carry_their_status_to_the_answer(decision, status):
    assert not decision
    with pytest.raises(Denied) as caught:
        decision.enforce()
    assert (caught.value.status, caught.value.code) == (status, decision.code)
    assert caught.value.message == decision.message
    assert caught.value.decision is decision


def test_details_go_along():
    assert conflict("x.later", "Not now", rule="own", customer_id=7).details == {
        "rule": "own",
        "customer_id": 7,
    }


def test_the_statuses_of_all_refusals():
    found = {error.__name__: error.status for error in (NotFound, Invalid, Stale)}
    assert found == {"NotFound": 404, "Invalid": 422, "Stale": 412}
    assert all(issubclass(error, KepanError) for error in (Denied, NotFound, Invalid, Stale))


def test_invalid_names_fields_and_never_what_was_typed():
    error = Invalid(phone="Not a valid phone number", name="This field is required")
    assert error.fields == {"phone": "Not a valid phone number", "name": "This field is required"}
    assert str(error) == "phone, name"


def test_cust_20_stale_says_what_both_changed():
    error = Stale(4, {"Name": ("theirs", "yours")})
    assert (error.version, error.differences) == (4, {"Name": ("theirs", "yours")})
