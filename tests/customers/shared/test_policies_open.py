"""Who may open, work on and follow up a customer, as complete tables: ACC-5, ACC-6, ACC-14, POOL-18."""

from __future__ import annotations

from app.customers.follow_ups import policies
from app.customers.shared.policies import can_act, can_open
from tests.support.policy_cases import (
    ACTS,
    COLUMNS,
    STATES,
    actor_for,
    check_table,
    customer_in,
    facts_for,
    read_table,
)

CAN_OPEN = """
owner                  yyy ----   yyy ----
handler                --- --y-   --- --y-
holder                 --- -y--   --- -y--
write_member           yyy yyyy   yyy yyyy
read_member            yyy yyyy   yyy yyyy
superior               yyy -yy-   yyy -yy-
scope_over_person      yyy -yy-   yyy -yy-
department_manager     yyy yyyy   yyy yyyy
scope_over_department  yyy yyyy   yyy yyyy
same_department        nnn yyyy   nnn yyyy
department_above       nnn yyyy   nnn yyyy
push_pending           yyy yyyy   yyy yyyy
push_accepted          yyy yyyy   yyy yyyy
district_meets         --- ----   nnn yyyy
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                yyy yyyy   yyy yyyy
admin                  yyy yyyy   yyy yyyy
"""

# h: reserved for a colleague.
CAN_FOLLOW_UP = """
owner                  yyy ----   yyy ----
handler                --- --y-   --- --y-
holder                 --- -y--   --- -y--
write_member           yyy yyyy   yyy yyyy
read_member            nnn nnnn   nnn nnnn
superior               yyy -yy-   yyy -yy-
scope_over_person      yyy -yy-   yyy -yy-
department_manager     yyy yhyy   yyy yhyy
scope_over_department  yyy yhyy   yyy yhyy
same_department        nnn yhyy   nnn yhyy
department_above       nnn yhyy   nnn yhyy
push_pending           nnn nnnn   nnn nnnn
push_accepted          yyy yyyy   yyy yyyy
district_meets         --- ----   nnn yhyy
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  yyy yyyy   yyy yyyy
"""

# Only of a private customer, and there only for the holder, those above, write members and the auditor.
SEES_HOLDERS_FOLLOW_UPS = {
    "holder", "write_member", "push_accepted", "superior", "scope_over_person", "auditor", "admin",
}  # fmt: skip


def test_the_columns_are_every_lawful_state():
    assert sorted(COLUMNS) == sorted(STATES)
    assert len(STATES) == 7


def test_acc_14_can_open():
    check_table(CAN_OPEN, can_open, {"n": "customer.out_of_reach"})


def test_acc_14_can_act():
    check_table(ACTS, can_act, {"n": "customer.read_only"})


def test_acc_14_who_acts_can_also_open():
    acting, opening = read_table(ACTS), read_table(CAN_OPEN)
    assert [cell for cell, letter in acting.items() if letter == "y" and opening[cell] != "y"] == []


def test_pool_18_can_follow_up():
    letters = {"n": "customer.read_only", "h": "customer.held_by_another"}
    check_table(CAN_FOLLOW_UP, policies.can_follow_up, letters)


def test_pool_18_who_sees_the_holders_follow_ups():
    for relation, state, demand in read_table(CAN_OPEN):
        customer = customer_in(*state)
        actor = actor_for(relation, customer, demand)
        if actor is None:
            continue
        expected = not state[2] or relation in SEES_HOLDERS_FOLLOW_UPS
        facts = facts_for(relation, demand)
        assert policies.sees_private_follow_ups(actor, customer, facts) is expected, (relation, state)
