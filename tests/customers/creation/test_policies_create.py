"""Who may create customers for whom and where, as complete tables: POOL-1, POOL-2, ACC-5."""

from __future__ import annotations

from itertools import product

import pytest

from tests.support.policy_cases import CREATORS, OWNERS, PLACES, verdict_for_owner, verdict_in_department

FOR_OWNER = {
    "myself": True,
    "myself without scope": True,
    "a colleague in my scope": True,
    "another colleague": False,
}

# Working above a department is no scope over it; managing it, or a role's scope, is.
IN_DEPARTMENT = {
    # (who, department) → allowed
    ("works in it", "own department"): True,
    ("works in it", "one below"): False,
    ("works in it", "another"): False,
    ("manages its own", "own department"): True,
    ("manages its own", "one below"): True,
    ("manages its own", "another"): False,
    ("scope over another", "own department"): True,
    ("scope over another", "one below"): False,
    ("scope over another", "another"): True,
    ("sees all", "own department"): True,
    ("sees all", "one below"): True,
    ("sees all", "another"): True,
    ("auditor", "own department"): True,
    ("auditor", "one below"): False,
    ("auditor", "another"): False,
    ("no staff", "own department"): False,
    ("no staff", "one below"): False,
    ("no staff", "another"): False,
}


def test_the_tables_are_complete():
    assert set(FOR_OWNER) == set(OWNERS)
    assert set(IN_DEPARTMENT) == set(product(CREATORS, PLACES))


@pytest.mark.parametrize(("owner", "allowed"), FOR_OWNER.items())
def test_pool_1_create_for_an_owner(owner, allowed):
    verdict = verdict_for_owner(owner)
    assert bool(verdict) is allowed
    assert verdict.code == ("" if allowed else "customer.not_your_staff")
    assert allowed or verdict.status == 403


@pytest.mark.parametrize(("case", "allowed"), IN_DEPARTMENT.items())
def test_pool_2_create_in_a_department(case, allowed):
    verdict = verdict_in_department(*case)
    assert bool(verdict) is allowed
    assert verdict.code == ("" if allowed else "customer.not_your_department")
