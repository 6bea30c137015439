"""Relations × states for the tables of the pure customer rules: no database, no application.

A table is a text: one row per relation, one letter per state, first the states without demand districts,
then the same with them.  ``-`` stands for what cannot be; every other letter is a verdict.
"""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

from app.customers import choices
from app.customers.policies import Facts
from app.kernel.actor import Actor

EAST, WEST, REGION, OFFICE, ABROAD = 3, 4, 2, 6, 9
OWNER, HANDLER, HOLDER, SOMEBODY = 10, 11, 12, 99
_DEPARTMENT = {OWNER: EAST, HANDLER: WEST, HOLDER: WEST}


def lawful(pool: str, follow_status: str, private: bool) -> bool:
    """Only a platform customer that is followed is ever held privately."""
    return not private or (pool, follow_status) == ("platform", "following")


# The full product of the axes, less what the table's checks forbid, in the order of the tables' columns.
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
    """A colleague as the rules see one."""
    return None if pk is None else SimpleNamespace(id=pk, department_id=_DEPARTMENT[pk])


def customer_in(pool: str, follow_status: str, private: bool, kind: str = "individual") -> SimpleNamespace:
    """A customer of department EAST; its handler and its holder work in WEST, its owner in EAST."""
    personal = pool == "personal"
    owner = OWNER if personal else None
    handler = (OWNER if personal else HANDLER) if follow_status == "pending" else None
    holder = HOLDER if private else None
    return SimpleNamespace(
        pool=pool,
        kind=kind,
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
    )


def _actor(pk: int = SOMEBODY, department: int | None = OFFICE, **values) -> Actor:
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


# Relation → who it is; None where the relation cannot be.  One way of reaching the customer each.
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
    "admin": lambda _c: _actor(roles=frozenset({"Admin"}), sees_all=True),
}
_MEMBERS = {"write_member": "write", "read_member": "read"}
_PUSHES = {"push_pending": "pending", "push_accepted": "accepted"}
# Another company's agent and one without a profile work in the very districts: that alone opens nothing.
_MEETING = {"district_meets", "other_company", "no_staff"}


def facts_for(relation: str, demand: bool) -> Facts:
    """What a query would have found out about the relation."""
    return Facts(
        member=_MEMBERS.get(relation, ""),
        push=_PUSHES.get(relation, ""),
        meets=demand and relation in _MEETING,
        has_demand=demand,
    )


def actor_for(relation: str, customer: SimpleNamespace, demand: bool) -> Actor | None:
    """Who stands in the relation to the customer; None where nobody can."""
    if relation == "district_meets" and not demand:
        return None
    return ACTORS[relation](customer)


def read_table(text: str) -> dict[tuple[str, tuple[str, str, bool], bool], str]:
    """(relation, state, with demand) → letter.  Refuses an incomplete table."""
    rows = {line.split()[0]: "".join(line.split()[1:]) for line in text.strip().splitlines()}
    wanted = [*product((False, True), COLUMNS)]
    assert list(rows) == list(ACTORS), "one row per relation, in their order"
    assert all(len(letters) == len(wanted) for letters in rows.values()), "one letter per state"
    return {
        (relation, state, demand): letter
        for relation, letters in rows.items()
        for (demand, state), letter in zip(wanted, letters, strict=True)
    }


def check_table(text: str, rule, letters: dict[str, str], kind: str = "individual") -> None:
    """Ask the rule for every cell; collect all differences, so that a failure shows the whole of it.

    ``letters`` says which refusal code a letter stands for; ``y`` is "allowed".
    """
    wrong = []
    for (relation, state, demand), letter in read_table(text).items():
        customer = customer_in(*state, kind=kind)
        actor = actor_for(relation, customer, demand)
        if actor is None or letter == "-":
            found, expected = ("impossible" if actor is None else "possible"), "impossible"
            if letter != "-":
                expected = letters.get(letter, "")
        else:
            verdict = rule(actor, customer, facts_for(relation, demand))
            found, expected = verdict.code, {"y": "", **letters}[letter]
            assert bool(verdict) == (verdict.code == "")
            assert verdict or (verdict.status == 403 and str(verdict.message))
        if found != expected:
            wrong.append((relation, *state, "demand" if demand else "no demand", expected, found))
    assert wrong == []
