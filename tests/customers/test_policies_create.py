"""Who may create customers for whom and where, as complete tables: POOL-1, POOL-2, ACC-5."""

from __future__ import annotations

from itertools import product

import pytest

from app.customers import policies
from app.kernel.actor import Actor

ME, COLLEAGUE = 1, 2
MINE, BELOW, OTHER = 3, 4, 5

FOR_OWNER = {
    # (the owner is, scope over them) → allowed
    (ME, True): True,
    (ME, False): True,
    (COLLEAGUE, True): True,
    (COLLEAGUE, False): False,
}

# Working above a department is no scope over it; managing it, or a role's scope, is.
IN_DEPARTMENT = {
    # (way, department) → allowed
    ("works in it", MINE): True,
    ("works in it", BELOW): False,
    ("works in it", OTHER): False,
    ("manages its own", MINE): True,
    ("manages its own", BELOW): True,
    ("manages its own", OTHER): False,
    ("scope over another", MINE): True,
    ("scope over another", BELOW): False,
    ("scope over another", OTHER): True,
    ("sees all", MINE): True,
    ("sees all", BELOW): True,
    ("sees all", OTHER): True,
    ("auditor", MINE): True,
    ("auditor", BELOW): False,
    ("auditor", OTHER): False,
    ("no staff", MINE): False,
    ("no staff", BELOW): False,
    ("no staff", OTHER): False,
}
WAYS = {
    "works in it": {"department_id": MINE, "below": frozenset({MINE, BELOW})},
    "manages its own": {"department_id": MINE, "managed": frozenset({MINE, BELOW})},
    "scope over another": {"department_id": MINE, "scope": frozenset({OTHER})},
    "sees all": {"sees_all": True},
    "auditor": {"department_id": MINE, "reads_all": True},
    "no staff": {},
}


def test_the_tables_are_complete():
    assert set(FOR_OWNER) == set(product((ME, COLLEAGUE), (True, False)))
    assert set(IN_DEPARTMENT) == set(product(WAYS, (MINE, BELOW, OTHER)))


@pytest.mark.parametrize(("case", "allowed"), FOR_OWNER.items())
def test_pool_1_create_for_an_owner(case, allowed):
    owner, has_scope = case
    verdict = policies.can_create_for_owner(Actor(ME, "u", "n"), owner, has_scope=has_scope)
    assert bool(verdict) is allowed
    assert verdict.code == ("" if allowed else "customer.not_your_staff")
    assert allowed or verdict.status == 403


@pytest.mark.parametrize(("case", "allowed"), IN_DEPARTMENT.items())
def test_pool_2_create_in_a_department(case, allowed):
    way, department = case
    verdict = policies.can_create_in_department(Actor(ME, "u", "n", **WAYS[way]), department)
    assert bool(verdict) is allowed
    assert verdict.code == ("" if allowed else "customer.not_your_department")
