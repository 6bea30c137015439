"""ACC-10, CUST-12: who opens a customer's bank account, as a table."""

from __future__ import annotations

from app.customers.accounts.policies import can_open_account
from app.kernel.access.actor import Actor
from tests.support.policy_cases import check_table, customer_in, facts_for

OPENS = """
owner                  yyy ----   yyy ----
handler                --- --n-   --- --n-
holder                 --- -y--   --- -y--
write_member           nnn nnnn   nnn nnnn
read_member            nnn nnnn   nnn nnnn
superior               nnn -nn-   nnn -nn-
scope_over_person      nnn -nn-   nnn -nn-
department_manager     nnn nnnn   nnn nnnn
scope_over_department  nnn nnnn   nnn nnnn
same_department        nnn nnnn   nnn nnnn
department_above       nnn nnnn   nnn nnnn
push_pending           nnn nnnn   nnn nnnn
push_accepted          nnn nnnn   nnn nnnn
district_meets         --- ----   nnn nnnn
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  nnn nnnn   nnn nnnn
"""


def test_acc_10_accounts_open_to_the_owner_alone_by_their_relation():
    check_table(OPENS, can_open_account, {"n": "account.owner_and_finance"})


def test_acc_10_finance_opens_every_account_of_their_customers():
    finance = Actor(99, "u", "n", permissions=frozenset({("can_open", "BankAccount")}))
    made, facts = customer_in("personal", "following", False), facts_for("stranger", False)
    assert can_open_account(finance, made, facts)
    admin = Actor(99, "u", "n", permissions=finance.permissions, is_admin=True)
    assert not can_open_account(admin, made, facts)
