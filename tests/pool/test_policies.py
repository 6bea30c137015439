"""Who may do what in the pool, as complete tables: POOL-7, POOL-9, POOL-10, POOL-12, POOL-13, POOL-14, POOL-16, POOL-17."""

from __future__ import annotations

from itertools import product

from app.customers.shared import choices
from app.pool.holding.policies import can_assign, can_privatize, can_publicize
from app.pool.pushes import policies
from app.pool.shelving.policies import can_shelve, can_unshelve
from tests.support.policy_cases import PUSH_ENDS, check_table, in_state, read_table, verdict_on_push

# n: not responsible; o: off shelf already.
UNSHELVES = """
owner                  yyo ----   yyo ----
handler                --- --y-   --- --y-
holder                 --- -y--   --- -y--
write_member           nnn nnno   nnn nnno
read_member            nnn nnnn   nnn nnnn
superior               yyo -yy-   yyo -yy-
scope_over_person      yyo -yy-   yyo -yy-
department_manager     yyo yyyo   yyo yyyo
scope_over_department  yyo yyyo   yyo yyyo
same_department        nnn nnno   nnn nnno
department_above       nnn nnno   nnn nnno
push_pending           nnn nnnn   nnn nnnn
push_accepted          nnn nnno   nnn nnno
district_meets         --- ----   nnn nnno
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  yyo yyyo   yyo yyyo
"""

# Whoever wrote the latest follow-up, and still acts, may unshelve what is public; nothing else.
UNSHELVES_AS_AUTHOR = """
owner                  yyo ----   yyo ----
handler                --- --y-   --- --y-
holder                 --- -y--   --- -y--
write_member           nnn ynno   nnn ynno
read_member            nnn nnnn   nnn nnnn
superior               yyo -yy-   yyo -yy-
scope_over_person      yyo -yy-   yyo -yy-
department_manager     yyo yyyo   yyo yyyo
scope_over_department  yyo yyyo   yyo yyyo
same_department        nnn ynno   nnn ynno
department_above       nnn ynno   nnn ynno
push_pending           nnn nnnn   nnn nnnn
push_accepted          nnn ynno   nnn ynno
district_meets         --- ----   nnn ynno
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  yyo yyyo   yyo yyyo
"""

# n: not the owner's side; r: read only; s: on shelf already.
SHELVES = """
owner                  ssy ----   ssy ----
handler                --- --s-   --- --s-
holder                 --- -s--   --- -s--
write_member           nnn sssy   nnn sssy
read_member            nnn rrrr   nnn rrrr
superior               ssy -ss-   ssy -ss-
scope_over_person      ssy -ss-   ssy -ss-
department_manager     ssy sssy   ssy sssy
scope_over_department  ssy sssy   ssy sssy
same_department        nnn sssy   nnn sssy
department_above       nnn sssy   nnn sssy
push_pending           nnn rrrr   nnn rrrr
push_accepted          nnn sssy   nnn sssy
district_meets         --- ----   nnn sssy
other_company          nnn rrrr   nnn rrrr
stranger               nnn rrrr   nnn rrrr
no_staff               nnn rrrr   nnn rrrr
auditor                nnn rrrr   nnn rrrr
admin                  ssy sssy   ssy sssy
"""

# Open shelving lets the team and the owner's department in; nobody else.
OPEN_SHELVING = {
    "write_member": "ssy sssy   ssy sssy",
    "same_department": "nny sssy   nny sssy",
    "push_accepted": "ssy sssy   ssy sssy",
}

# p: personal; h: another holds it; f: not followed; r: read only; z: no staff.
PRIVATIZES = """
owner                  ppp ----   ppp ----
handler                --- --f-   --- --f-
holder                 --- -h--   --- -h--
write_member           ppp yhff   ppp yhff
read_member            rrr rrrr   rrr rrrr
superior               ppp -hf-   ppp -hf-
scope_over_person      ppp -hf-   ppp -hf-
department_manager     ppp yhff   ppp yhff
scope_over_department  ppp yhff   ppp yhff
same_department        rrr yhff   rrr yhff
department_above       rrr yhff   rrr yhff
push_pending           rrr rrrr   rrr rrrr
push_accepted          ppp yhff   ppp yhff
district_meets         --- ----   rrr yhff
other_company          rrr rrrr   rrr rrrr
stranger               rrr rrrr   rrr rrrr
no_staff               zzz zzzz   zzz zzzz
auditor                rrr rrrr   rrr rrrr
admin                  ppp yhff   ppp yhff
"""

# n: nobody holds it; h: held by a colleague that is not one's own staff; r: read only.
PUBLICIZES = """
owner                  nnn ----   nnn ----
handler                --- --n-   --- --n-
holder                 --- -y--   --- -y--
write_member           nnn nhnn   nnn nhnn
read_member            rrr rhrr   rrr rhrr
superior               nnn -yn-   nnn -yn-
scope_over_person      nnn -yn-   nnn -yn-
department_manager     nnn nynn   nnn nynn
scope_over_department  nnn nynn   nnn nynn
same_department        rrr nhnn   rrr nhnn
department_above       rrr nhnn   rrr nhnn
push_pending           rrr rhrr   rrr rhrr
push_accepted          nnn nhnn   nnn nhnn
district_meets         --- ----   rrr nhnn
other_company          rrr rhrr   rrr rhrr
stranger               rrr rhrr   rrr rhrr
no_staff               rrr rhrr   rrr rhrr
auditor                rrr rhrr   rrr rhrr
admin                  nnn nynn   nnn nynn
"""

# n: not in charge; p: personal; q: not pending.
ASSIGNS = """
owner                  ppp ----   ppp ----
handler                --- --y-   --- --y-
holder                 --- -n--   --- -n--
write_member           nnn nnnn   nnn nnnn
read_member            nnn nnnn   nnn nnnn
superior               ppp -ny-   ppp -ny-
scope_over_person      ppp -ny-   ppp -ny-
department_manager     ppp qqyq   ppp qqyq
scope_over_department  ppp qqyq   ppp qqyq
same_department        nnn nnnn   nnn nnnn
department_above       nnn nnnn   nnn nnnn
push_pending           nnn nnnn   nnn nnnn
push_accepted          nnn nnnn   nnn nnnn
district_meets         --- ----   nnn nnnn
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  ppp qqyq   ppp qqyq
"""

# n: not the owner's side; h: another's; w: its handler's; d: districts do not meet; o: off shelf; z: no staff.
PUSHES = """
owner                  yyy ----   yyy ----
handler                --- --y-   --- --y-
holder                 --- -y--   --- -y--
write_member           nnn yhyo   nnn yhyo
read_member            nnn dhwd   nnn dhwd
superior               yyy -yy-   yyy -yy-
scope_over_person      yyy -yw-   yyy -yw-
department_manager     yyy yhyo   yyy yhyo
scope_over_department  yyy dhwd   yyy dhwd
same_department        nnn yhwo   nnn dhwd
department_above       nnn dhwd   nnn dhwd
push_pending           nnn dhwd   nnn dhwd
push_accepted          nnn yhyo   nnn yhyo
district_meets         --- ----   nnn yhwo
other_company          nnn dhwd   nnn dhwd
stranger               nnn dhwd   nnn dhwd
no_staff               zzz zzzz   zzz zzzz
auditor                nnn dhwd   nnn dhwd
admin                  yyy dywd   yyy dywd
"""


def with_rows(table: str, rows: dict[str, str]) -> str:
    """The table with some of its rows replaced."""
    lines = (line.split(maxsplit=1) for line in table.strip().splitlines())
    return "\n".join(f"{relation} {rows.get(relation, letters)}" for relation, letters in lines)


def test_pool_7_unshelve():
    letters = {"n": "pool.not_responsible", "o": in_state("pool.already_off_shelf")}
    check_table(UNSHELVES, can_unshelve, letters)
    check_table(UNSHELVES_AS_AUTHOR, can_unshelve, letters, {"wrote_last": True})


def test_pool_9_and_10_shelve():
    letters = {
        "n": "pool.not_owner",
        "r": "customer.read_only",
        "s": in_state("pool.not_off_shelf"),
    }
    check_table(SHELVES, can_shelve, letters)
    opened = with_rows(SHELVES, OPEN_SHELVING)
    check_table(opened, can_shelve, letters, {"open_shelving": True})


def test_pool_12_privatize():
    letters = {
        "p": in_state("pool.personal"),
        "h": in_state("pool.already_private"),
        "f": in_state("pool.not_following"),
        "r": "customer.read_only",
        "z": "pool.no_staff",
    }
    check_table(PRIVATIZES, can_privatize, letters, {"held": 99, "ceiling": 100})
    reached = letters | {"c": in_state("pool.ceiling")}
    for facts in ({"held": 100, "ceiling": 100}, {"held": 101, "ceiling": 100}, {"held": 0, "ceiling": 0}):
        check_table(PRIVATIZES.replace("yh", "ch"), can_privatize, reached, facts)


def test_pool_13_publicize():
    letters = {
        "n": in_state("pool.not_private"),
        "h": "customer.held_by_another",
        "r": "customer.read_only",
    }
    check_table(PUBLICIZES, can_publicize, letters)


def test_pool_14_assign():
    letters = {
        "n": "pool.not_in_charge",
        "p": in_state("pool.personal"),
        "q": in_state("pool.not_pending"),
    }
    check_table(ASSIGNS, can_assign, letters)


def test_pool_16_push():
    letters = {
        "n": "pool.not_owner_push",
        "h": "customer.held_by_another",
        "w": "customer.reveal_pending",
        "d": "customer.reveal_district",
        "o": in_state("pool.off_shelf"),
        "z": "pool.no_staff",
    }
    check_table(PUSHES, policies.can_push, letters)


def test_pool_17_answers_are_the_receivers_and_withdrawing_is_the_senders():
    wanted = {
        (rule, who, state): (
            ("pool.not_" + theirs, 403) if who != theirs
            else ("", 409) if state == "pending"
            else (f"pool.push_{state}", 409)
        )
        for (rule, theirs), who, state in product(
            ((policies.can_answer_push, "receiver"), (policies.can_withdraw_push, "sender")),
            PUSH_ENDS,
            choices.PUSH_STATE.codes,
        )
    }  # fmt: skip
    found = {case: verdict_on_push(*case) for case in wanted}
    assert {case: (verdict.code, verdict.status) for case, verdict in found.items()} == wanted
    assert all(verdict or str(verdict.message) for verdict in found.values())
    assert len(wanted) == 40


def test_pool_17_the_sender_and_the_owner_end_what_was_accepted():
    stands = {"pending": "pool.push_pending", "accepted": ""}
    for who, state in product(PUSH_ENDS, choices.PUSH_STATE.codes):
        verdict = verdict_on_push(policies.can_end_push, who, state)
        may = stands.get(state, f"pool.push_{state}"), 409
        wanted = may if who in {"sender", "owner"} else ("pool.not_in_charge_of_push", 403)
        assert (verdict.code, verdict.status) == wanted, (who, state)


def test_pool_8_whoever_may_unshelve_a_private_customer_may_also_release_it():
    """Unshelving releases it in the same step: it must give nobody a right that publicizing does not."""
    private = ("platform", "following", True)

    def allowed(table):
        cells = read_table(table).items()
        return {relation for (relation, state, _d), letter in cells if state == private and letter == "y"}

    assert allowed(UNSHELVES) == allowed(UNSHELVES_AS_AUTHOR) == allowed(PUBLICIZES)
