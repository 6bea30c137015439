"""``docs/policies.md``: every rule ``can_*`` as a table, computed by the rule itself.

A context adds a :class:`Subject`, whose ``grids`` returns the tables of one of its rules. A rule of a subject
without a table is an error; the rules of other contexts are listed by name.
"""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from app.customers.shared import choices
from app.kernel.access.permissions import declared_grants
from app.kernel.pages.operations import operations_of_resource
from tests.support import policy_cases as cases
from tests.support.sources import ROOT
from tools.documents.channel import WORDS, channel_grids
from tools.documents.declarations import declare_everything
from tools.documents.grids import NOBODY, Grid, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from app.kernel.errors import Decision

    Rule = Callable[..., Decision]

HEAD = """# Who may do what to a record

Written by `make docs`: every cell is the answer of the code's own rule, and the tables of the tests say the same
independently. A rule is asked after the role's permission (`docs/architecture.md`); what it answers also disables the
button and guards the service.

✓ allowed · a code: refused because of the person (403) · **a code**: refused because of the record's state (409) · – cannot
be. The context's name before a code is left out.
"""


@dataclass(frozen=True)
class Subject:
    """The rules of a context, by module; ``resources`` are those whose operations use them."""

    title: str
    modules: tuple[str, ...]
    resources: tuple[str, ...]
    words: str
    grids: Callable[[Rule], list[Grid]]


def document() -> str:
    """Return the text of ``docs/policies.md``."""
    declare_everything()
    parts = [HEAD]
    for subject in SUBJECTS:
        parts += [f"## {subject.title}\n\n{subject.words}", *_rules(subject)]
    return "\n".join([*parts, _without_tables()])


def _rules_of(module: ModuleType) -> dict[str, Rule]:
    """Return the module's own decisions; helpers of a rule return only bool."""
    return {
        name: rule
        for name, rule in vars(module).items()
        if name.startswith("can_")
        and inspect.isfunction(rule)
        and rule.__module__ == module.__name__
        and rule.__annotations__["return"] == "Decision"
    }


def _rules(subject: Subject) -> list[str]:
    made = []
    rules = [
        rule for module in subject.modules for rule in _rules_of(importlib.import_module(module)).values()
    ]
    for rule in rules:
        said = " ".join(inspect.cleandoc(rule.__doc__ or "").split("\n\n")[0].split())
        parts = [f"### {rule.__name__}", said, *_operations(subject.resources, rule)]
        grids = subject.grids(rule)
        assert grids, f"{rule.__module__}.{rule.__name__} has no table: tools/documents/policies.py"
        for grid in grids:
            parts += [f"**{grid.title}**"] if grid.title else []
            parts.append(_table(grid))
        made.append("\n\n".join(parts) + "\n")
    return made


def _operations(resources: tuple[str, ...], rule: Rule) -> list[str]:
    """List the operations that use the rule, each with the built-in roles that have it."""
    grants = declared_grants()
    shown = [
        f"`{action.name}` ({', '.join(sorted(grants[f'can_{action.needs}', resource]))})"
        for resource in resources
        for action in operations_of_resource(resource)
        if inspect.unwrap(action.policy) is rule
    ]
    return [f"Operations: {', '.join(shown)}."] if shown else []


def _table(grid: Grid) -> str:
    """Format a table; relations with equal answers share a row."""
    lines = ["| " + " | ".join([grid.corner, *grid.columns]) + " |", "|---" * (len(grid.columns) + 1) + "|"]
    for cells, same in groupby(grid.rows.items(), key=lambda item: item[1]):
        names = ", ".join(name.replace("_", " ") for name, _cells in same)
        lines.append("| " + " | ".join([names, *cells]) + " |")
    return "\n".join(lines)


def customer_grids(rule: Rule) -> list[Grid]:
    """Return relation × state for the customers' rules; kinds with different answers each have a table."""
    if rule.__name__ == "can_create_for_owner":
        rows = {owner: [cell(cases.verdict_for_owner(owner))] for owner in cases.OWNERS}
        return [Grid("", "for", ["allowed"], rows)]
    if rule.__name__ == "can_create_in_department":
        rows = {
            who: [cell(cases.verdict_in_department(who, place)) for place in cases.PLACES]
            for who in cases.CREATORS
        }
        return [Grid("", "who", list(cases.PLACES), rows)]
    if rule.__name__ == "can_search_by_number":
        rows = {may: [cell(cases.verdict_by_number(may))] for may in cases.REVEALING}
        return [Grid("", "role", ["by the whole number"], rows)]
    if _subject_of(rule) in {"contact", "account", "path"}:
        return _relation_grids(cases.on_belonging(rule), VARIANTS)
    return _relation_grids(rule, VARIANTS)


def pool_grids(rule: Rule) -> list[Grid]:
    """Return relation × state for the pool's rules; for pushes: sender and receiver × state."""
    if _subject_of(rule) == "push":
        states = list(choices.PUSH_STATE.codes)
        rows = {
            who: [cell(cases.verdict_on_push(rule, who, state)) for state in states]
            for who in cases.PUSH_ENDS
        }
        return [Grid("", "who", states, rows)]
    return _relation_grids(rule, POOL_VARIANTS)


@dataclass(frozen=True)
class Variant:
    """How the customers of a table differ from ordinary ones, and further facts about them and the actor."""

    customer: Mapping[str, str | None] = field(default_factory=dict)
    facts: Mapping[str, int] = field(default_factory=dict)


# Each one is compared with the first; those with equal answers are left out.
VARIANTS = {
    "Individuals": Variant(),
    "Enterprises": Variant(customer={"kind": "enterprise"}),
    "Linked to no other customer": Variant(customer={"link_code": None}),
}
POOL_VARIANTS = {
    "Ordinarily": Variant(),
    "The person wrote the latest follow-up": Variant(facts={"wrote_last": True}),
    "With open shelving": Variant(facts={"open_shelving": True}),
    "The person holds as many privately as is allowed": Variant(facts={"held": 100}),
}


def _subject_of(rule: Rule) -> str:
    return list(inspect.signature(rule).parameters)[1]


def _relation_grids(rule: Rule, variants: Mapping[str, Variant]) -> list[Grid]:
    if _subject_of(rule) != "customer":
        return []
    made = {title: _cells(rule, variant) for title, variant in variants.items()}
    usual = next(iter(made))
    different = {title: rows for title, rows in made.items() if rows != made[usual]}
    titled = {usual if different else "": made[usual], **different}
    columns = [f"{pool} {'private' if private else status}" for pool, status, private in cases.COLUMNS]
    return [
        Grid(title, "relation", [name.replace("_", " ") for name in columns], rows)
        for title, rows in titled.items()
    ]


def _cells(rule: Rule, variant: Variant) -> dict[str, list[str]]:
    """Return one row per relation; where demand districts matter: without them / with them."""
    rows: dict[str, list[str]] = {}
    for relation in cases.ACTORS:
        rows[relation] = []
        for state in cases.COLUMNS:
            made = cases.customer_in(*state, **variant.customer)
            without, with_them = (
                cell(cases.verdict_of(rule, relation, made, demand, **variant.facts))
                for demand in (False, True)
            )
            same = without in {with_them, NOBODY}
            rows[relation].append(with_them if same else f"{without} / {with_them}")
    return rows


def _without_tables() -> str:
    joined = {module for subject in SUBJECTS for module in subject.modules}
    lines = ["## Rules without a table here", ""]
    for path in sorted((ROOT / "app").rglob("policies.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        names = list(_rules_of(importlib.import_module(module)))
        if module not in joined and names:
            lines.append(f"- `{module}`: {', '.join(f'`{name}`' for name in names)}")
    return "\n".join(lines) + "\n"


SUBJECTS = (
    Subject(
        title="Customers",
        modules=tuple(
            f"app.customers.{subject}.policies"
            for subject in (
                "shared",
                "creation",
                "numbers",
                "follow_ups",
                "members",
                "groups",
                "transfers",
                "contacts",
                "accounts",
                "company_paths",
                "shipping_marks",
            )
        ),
        resources=("Customer", "Contact", "BankAccount", "CompanyPath", "ShippingMark"),
        words=(
            "A relation is one way of reaching the customer and no other. The *superior* and *scope over person* are "
            "over whoever is responsible: owner, holder or handler.\nWhere demand districts matter: without / with them; "
            "*district meets* is with them, *other company* and *no staff* work in the very districts.\n"
        ),
        grids=customer_grids,
    ),
    Subject(
        title="The pool",
        modules=tuple(f"app.pool.{subject}.policies" for subject in ("shelving", "holding", "pushes")),
        resources=("Customer", "Push"),
        words=(
            "Relations as above. Of pushes: sender, receiver and everybody else. What is asked of a push's receiver "
            "beyond the sender's right is in `app/pool/pushes/services.py`.\n"
        ),
        grids=pool_grids,
    ),
    Subject(
        title="Channel sales",
        modules=tuple(
            f"app.channel.{subject}.policies"
            for subject in (
                "companies",
                "brokers",
                "referrals",
                "scans",
                "tours",
                "fees",
                "collisions",
                "projects",
                "consultants",
            )
        ),
        resources=(
            "Referral",
            "Scan",
            "Tour",
            "ViewingFee",
            "Collision",
            "Broker",
            "BrokerCompany",
            "Project",
            "Consultant",
        ),
        words=WORDS,
        grids=channel_grids,
    ),
)
