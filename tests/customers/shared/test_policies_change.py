"""Who may edit a customer, change and reveal its number, as tables: POOL-4, POOL-5, POOL-6, CUST-21."""

from __future__ import annotations

from app.customers.groups import policies
from app.customers.numbers.policies import can_change_phone, can_reveal_phone
from app.customers.shared.policies import can_edit_all, can_edit_basics
from tests.support.policy_cases import ACTS, check_table, in_state, read_table

# The holder answers for a private customer as the owner does for a personal one; who manages the
# department is a superior of whoever works there.
EDITS_ALL = """
owner                  yyy ----   yyy ----
handler                --- --n-   --- --n-
holder                 --- -y--   --- -y--
write_member           yyy yyyy   yyy yyyy
read_member            nnn nnnn   nnn nnnn
superior               yyy -yy-   yyy -yy-
scope_over_person      nnn -nn-   nnn -nn-
department_manager     yyy yyyy   yyy yyyy
scope_over_department  nnn nnnn   nnn nnnn
same_department        nnn nnnn   nnn nnnn
department_above       nnn nnnn   nnn nnnn
push_pending           nnn nnnn   nnn nnnn
push_accepted          yyy yyyy   yyy yyyy
district_meets         --- ----   nnn nnnn
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  yyy yyyy   yyy yyyy
"""

# p: owner, team or superior only; h: reserved for a colleague; w: waiting for its handler;
# d: the districts do not meet.  The administrator has no more right to a number than a stranger.
REVEALS = """
owner                  yyy ----   yyy ----
handler                --- --y-   --- --y-
holder                 --- -y--   --- -y--
write_member           yyy yyyy   yyy yyyy
read_member            ppp dhwd   ppp dhwd
superior               yyy -yy-   yyy -yy-
scope_over_person      ppp -hw-   ppp -hw-
department_manager     yyy yyyy   yyy yyyy
scope_over_department  ppp dhwd   ppp dhwd
same_department        ppp yhwy   ppp dhwd
department_above       ppp dhwd   ppp dhwd
push_pending           ppp dhwd   ppp dhwd
push_accepted          yyy yyyy   yyy yyyy
district_meets         --- ----   ppp yhwy
other_company          ppp dhwd   ppp dhwd
stranger               ppp dhwd   ppp dhwd
no_staff               ppp dhwd   ppp dhwd
auditor                ppp dhwd   ppp dhwd
admin                  ppp dhwd   ppp dhwd
"""


def test_pool_5_basics_of_individuals():
    check_table(ACTS, can_edit_basics, {"n": "customer.read_only"})


def test_cust_21_basics_of_enterprises():
    check_table(EDITS_ALL, can_edit_basics, {"n": "customer.not_responsible"}, kind="enterprise")


def test_cust_21_everything_else_of_both_kinds():
    for kind in ("individual", "enterprise"):
        check_table(EDITS_ALL, can_edit_all, {"n": "customer.not_responsible"}, kind=kind)


def test_cust_3_leave_a_group():
    letters = {"n": "customer.not_responsible"}
    for kind in ("individual", "enterprise"):
        check_table(EDITS_ALL, policies.can_leave_group, letters, kind=kind)


def test_cust_3_without_a_group_there_is_none_to_leave():
    letters = {"n": "customer.not_responsible", "y": in_state("customer.no_group")}
    check_table(EDITS_ALL, policies.can_leave_group, letters, link_code=None)


def test_pool_6_change_phone():
    for kind in ("individual", "enterprise"):
        check_table(ACTS, can_change_phone, {"n": "customer.read_only"}, kind=kind)


def test_cust_21_a_first_number_is_an_edit_beyond_the_basics():
    for kind in ("individual", "enterprise"):
        letters = {"n": "customer.not_responsible"}
        check_table(EDITS_ALL, can_change_phone, letters, kind=kind, phone="")


def test_pool_4_reveal_phone():
    letters = {
        "p": "customer.reveal_personal",
        "h": "customer.held_by_another",
        "w": "customer.reveal_pending",
        "d": "customer.reveal_district",
    }
    check_table(REVEALS, can_reveal_phone, letters)


def test_pool_4_on_a_private_customer_only_holder_above_and_accepted_receiver():
    """Meeting districts alone open no number that a colleague holds privately."""
    private = ("platform", "following", True)
    allowed = {
        relation
        for (relation, state, _demand), letter in read_table(REVEALS).items()
        if state == private and letter == "y"
    }
    assert allowed == {"holder", "superior", "push_accepted", "write_member", "department_manager"}
