"""Relations × states for the tables of the pure customer rules: no database, no application.

A table is a text: one row per relation, one letter per state, first the states without demand districts,
then the same with them: personal following, pending, off shelf; platform following, private, pending, off
shelf.  ``-`` marks an impossible case; every other letter is a verdict.  ``docs/policies.md`` shows the same
cells as the code answers them.
"""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import TYPE_CHECKING

from app.customers.creation.policies import can_create_for_owner, can_create_in_department
from app.customers.numbers.policies import can_search_by_number
from app.customers.shared import choices
from app.customers.shared.policies import Facts
from app.kernel.access.actor import Actor
from app.kernel.errors import PERSON, STATE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.kernel.errors import Decision

Refusal = str | tuple[str, int]
EAST, WEST, REGION, OFFICE, ABROAD = 3, 4, 2, 6, 9
OWNER, HANDLER, HOLDER, OTHER_PERSON = 10, 11, 12, 99
_DEPARTMENT = {OWNER: EAST, HANDLER: WEST, HOLDER: WEST}

# Who opens and acts, in every state (ACC-14); rules of both subjects and of editing are held against it.
ACTS = """
owner                  yyy ----   yyy ----
handler                --- --y-   --- --y-
holder                 --- -y--   --- -y--
write_member           yyy yyyy   yyy yyyy
read_member            nnn nnnn   nnn nnnn
superior               yyy -yy-   yyy -yy-
scope_over_person      yyy -yy-   yyy -yy-
department_manager     yyy yyyy   yyy yyyy
scope_over_department  yyy yyyy   yyy yyyy
same_department        nnn yyyy   nnn yyyy
department_above       nnn yyyy   nnn yyyy
push_pending           nnn nnnn   nnn nnnn
push_accepted          yyy yyyy   yyy yyyy
district_meets         --- ----   nnn yyyy
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  yyy yyyy   yyy yyyy
"""


def lawful(pool: str, follow_status: str, private: bool) -> bool:
    """Return True for a possible state: only a followed platform customer is ever held privately."""
    return not private or (pool, follow_status) == ("platform", "following")


# All combinations except those that the tables' constraints forbid, in the order of the columns.
STATES = sorted(
    (
        state
        for state in product(choices.POOL.codes, choices.FOLLOW_STATUS.codes, (False, True))
        if lawful(*state)
    ),
    key=lambda s: (s[0] != "personal", ("following", "pending", "off_shelf").index(s[1]), not s[2]),
)
COLUMNS = [
    ("personal", "following", False),
    ("personal", "pending", False),
    ("personal", "off_shelf", False),
    ("platform", "following", False),
    ("platform", "following", True),
    ("platform", "pending", False),
    ("platform", "off_shelf", False),
]


def person(pk: int | None) -> SimpleNamespace | None:
    """Return a colleague, as the rules read one."""
    return None if pk is None else SimpleNamespace(id=pk, department_id=_DEPARTMENT[pk], name=f"员工{pk}")


def customer_in(
    pool: str,
    follow_status: str,
    private: bool,
    kind: str = "individual",
    link_code: str | None = "GRP202611200001",
    phone: str = "138****1234",
    enabled: bool = True,
) -> SimpleNamespace:
    """Return a customer of department EAST; its handler and holder work in WEST, its owner in EAST."""
    personal = pool == "personal"
    owner = OWNER if personal else None
    handler = (OWNER if personal else HANDLER) if follow_status == "pending" else None
    holder = HOLDER if private else None
    return SimpleNamespace(
        pool=pool,
        kind=kind,
        phone=phone,
        follow_status=follow_status,
        company_id=1,
        department_id=EAST,
        owner_id=owner,
        owner=person(owner),
        handler_id=handler,
        handler=person(handler),
        private_holder_id=holder,
        private_holder=person(holder),
        is_private=private,
        link_code=link_code,
        enabled=enabled,
    )


def _actor(pk: int = OTHER_PERSON, department: int | None = OFFICE, **values) -> Actor:
    below = frozenset() if department is None else frozenset({department})
    company = None if department is None else 1
    return Actor(
        **{"id": pk, "username": "u", "name": "n", "company_id": company, "below": below}
        | {"department_id": department}
        | values
    )


def _responsible(customer: SimpleNamespace) -> int | None:
    return customer.owner_id or customer.private_holder_id or customer.handler_id


def _over_responsible(customer: SimpleNamespace, way: str) -> Actor | None:
    pk = _responsible(customer)
    return None if pk is None else _actor(**{way: frozenset({_DEPARTMENT[pk]})})


def _if(present: int | None, pk: int) -> Actor | None:
    return _actor(pk, _DEPARTMENT[pk]) if present == pk else None


# Relation → the actor; None where the relation is impossible.  Each has one ground to open the customer.
ACTORS = {
    "owner": lambda c: _if(c.owner_id, OWNER),
    "handler": lambda c: _if(c.handler_id, HANDLER),
    "holder": lambda c: _if(c.private_holder_id, HOLDER),
    "write_member": lambda _c: _actor(),
    "read_member": lambda _c: _actor(),
    "superior": lambda c: _over_responsible(c, "managed"),
    "scope_over_person": lambda c: _over_responsible(c, "scope"),
    "department_manager": lambda _c: _actor(managed=frozenset({EAST})),
    "scope_over_department": lambda _c: _actor(scope=frozenset({EAST})),
    "same_department": lambda _c: _actor(department=EAST),
    "department_above": lambda _c: _actor(department=REGION, below=frozenset({REGION, EAST, WEST})),
    "push_pending": lambda _c: _actor(),
    "push_accepted": lambda _c: _actor(),
    "district_meets": lambda _c: _actor(),
    "other_company": lambda _c: _actor(department=ABROAD, company_id=2),
    "stranger": lambda _c: _actor(),
    "no_staff": lambda _c: _actor(department=None),
    "auditor": lambda _c: _actor(roles=frozenset({"Auditor"}), reads_all=True),
    "admin": lambda _c: _actor(roles=frozenset({"Admin"}), is_admin=True, sees_all=True),
}
# An accepted push makes a write member (POOL-17).
_MEMBERS = {"write_member": "write", "read_member": "read", "push_accepted": "write"}
_PUSHES = {"push_pending": "pending", "push_accepted": "accepted"}
# Another company's agent and one without a profile work in the very districts: that alone opens nothing.
_MEETING = {"district_meets", "other_company", "no_staff"}

PUSH_ENDS = {"sender": HOLDER, "receiver": HANDLER, "owner": OWNER, "another": OTHER_PERSON}


# Creator → actor: the actor is in department EAST; WEST is below it here, OFFICE is not.
CREATORS = {
    "works in it": {"department_id": EAST, "below": frozenset({EAST, WEST})},
    "manages its own": {"department_id": EAST, "managed": frozenset({EAST, WEST})},
    "scope over another": {"department_id": EAST, "scope": frozenset({OFFICE})},
    "sees all": {"sees_all": True},
    "auditor": {"department_id": EAST, "reads_all": True},
    "no staff": {},
}
PLACES = {"own department": EAST, "one below": WEST, "another": OFFICE}
# (the owner is oneself, scope over them)
OWNERS = {
    "myself": (True, True),
    "myself without scope": (True, False),
    "a colleague in my scope": (False, True),
    "another colleague": (False, False),
}

REVEALING = {"may reveal numbers": {("can_reveal_phone", "Customer")}, "may not": set()}


def verdict_for_owner(owner: str) -> Decision:
    """Return the verdict on creating a personal customer for this owner."""
    mine, has_scope = OWNERS[owner]
    return can_create_for_owner(_actor(OWNER), OWNER if mine else OTHER_PERSON, has_scope=has_scope)


def verdict_in_department(creator: str, place: str) -> Decision:
    """Return the verdict on creating a platform customer in that department."""
    return can_create_in_department(Actor(OWNER, "u", "n", **CREATORS[creator]), PLACES[place])


def verdict_by_number(may: str) -> Decision:
    """May a person with this permission, or without it, search by a whole number?"""
    return can_search_by_number(_actor(permissions=frozenset(REVEALING[may])))


def facts_for(relation: str, demand: bool, **more: int) -> Facts:
    """Return the facts that a query would load for the relation; ``more`` overrides them, such as the ceiling."""
    return Facts(
        member=_MEMBERS.get(relation, ""),
        push=_PUSHES.get(relation, ""),
        meets=demand and relation in _MEETING,
        has_demand=demand,
        **({"ceiling": 100} | more),
    )


def actor_for(relation: str, customer: SimpleNamespace, demand: bool) -> Actor | None:
    """Return the actor in this relation to the customer; None where it is impossible."""
    if relation == "district_meets" and not demand:
        return None
    return ACTORS[relation](customer)


def read_table(text: str) -> dict[tuple[str, tuple[str, str, bool], bool], str]:
    """Return (relation, state, with demand) → letter.  Refuses an incomplete table."""
    rows = {line.split()[0]: "".join(line.split()[1:]) for line in text.strip().splitlines()}
    wanted = [*product((False, True), COLUMNS)]
    assert list(rows) == list(ACTORS), "one row per relation, in their order"
    assert all(len(letters) == len(wanted) for letters in rows.values()), "one letter per state"
    return {
        (relation, state, demand): letter
        for relation, letters in rows.items()
        for (demand, state), letter in zip(wanted, letters, strict=True)
    }


def verdict_of(
    rule, relation: str, customer: SimpleNamespace, demand: bool, *, wrote_last: bool = False, **facts: int
) -> Decision | None:
    """Return the rule's verdict on the actor in this relation; None where it is impossible.

    ``wrote_last``: the person followed it up lately; ``facts`` are further ones.
    """
    actor = actor_for(relation, customer, demand)
    if actor is None:
        return None
    author = {"followed_lately": True} if wrote_last else {}
    return rule(actor, customer, facts_for(relation, demand, **author, **facts))


def on_belonging(rule) -> Callable[[Actor, SimpleNamespace, Facts], Decision]:
    """Return a rule on a contact, bank account or company path as a rule on its customer: on an ordinary one,
    with a number, that is neither the primary one nor the default.
    """

    def judge(actor, customer, facts):
        belonging = SimpleNamespace(
            customer=customer, is_primary=False, is_default=False, mobile="138****1234", landline=None
        )
        return rule(actor, belonging, facts)

    return judge


def verdict_on_push(rule, who: str, state: str) -> Decision:
    """Return the rule's verdict on a push in this state, for its sender, its receiver, the customer's owner
    or another person.
    """
    customer = customer_in("personal", "following", False)
    push = SimpleNamespace(sender_id=HOLDER, receiver_id=HANDLER, state=state, customer=customer)
    return rule(_actor(PUSH_ENDS[who]), push)


def check_table(
    text: str,
    rule,
    letters: dict[str, Refusal],
    facts: Mapping[str, int] | None = None,
    **customer: str | None,
) -> None:
    """Ask the rule for every cell; collect all differences, so that a failure shows the whole of it.

    ``letters`` maps each letter to a refusal: the code of one because of the person (403), or
    :func:`in_state` of one because of the customer's state; ``y`` is "allowed".  ``facts`` as in
    :func:`verdict_of`.
    """
    meanings = {"-": "impossible", "y": ("", STATE)} | {
        letter: (refusal, PERSON) if isinstance(refusal, str) else refusal
        for letter, refusal in letters.items()
    }
    wrong = []
    for (relation, state, demand), letter in read_table(text).items():
        verdict = verdict_of(rule, relation, customer_in(*state, **customer), demand, **(facts or {}))
        found = "impossible" if verdict is None else (verdict.code, verdict.status)
        if verdict is not None:
            assert bool(verdict) == (verdict.code == "")
            assert verdict or str(verdict.message)
        if found != meanings[letter]:
            wrong.append((relation, *state, "demand" if demand else "no demand", meanings[letter], found))
    assert wrong == []


def in_state(code: str) -> tuple[str, int]:
    """Return a refusal because of the customer's state (409)."""
    return code, STATE
