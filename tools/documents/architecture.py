"""Generates the parts of ``docs/architecture.md`` that come from code; other text is kept.

A part is between ``<!-- NAME: generated -->`` and ``<!-- end of NAME -->``; add a new one to :data:`PARTS`.
"""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint

from app.customers.creation.responsibility import Responsibility
from app.customers.creation.services import NO_PHONE, new_values
from app.customers.duplicates.places import NumberPlace
from app.customers.follow_ups.policies import can_follow_up
from app.customers.shared.models import Customer
from app.customers.transfers.policies import can_transfer
from app.kernel.access.actor import SYSTEM, Actor
from app.kernel.access.permissions import declared_grants
from app.kernel.database.session import Model
from app.org.roles.names import BUILT_IN
from app.org.shared.models import Department, Staff
from app.pool.holding.policies import can_assign, can_privatize, can_publicize
from app.pool.public_pool.policies import NOT_IN_POOL, can_claim
from app.pool.recycling.policies import can_recycle
from app.pool.shelving.policies import can_shelve, can_unshelve
from tests.support import policy_cases as cases
from tests.support.sources import ROOT
from tools.documents.declarations import declare_everything
from tools.documents.layers import layers

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.errors import Decision


PAGE = "docs/architecture.md"


def document() -> str:
    """Return the present text with its generated parts replaced."""
    declare_everything()
    text = (ROOT / PAGE).read_text(encoding="utf-8")
    marked = re.findall(r"<!-- (\w+): generated -->", text)
    assert marked == list(PARTS), f"{PAGE} has to mark these parts once, in this order: {list(PARTS)}"
    for name, made in PARTS.items():
        start, end = f"<!-- {name}: generated -->\n", f"<!-- end of {name} -->"
        before, _start, rest = text.partition(start)
        _old, found, after = rest.partition(end)
        assert found, f"{PAGE}: {end} is missing"
        text = f"{before}{start}{made()}\n{end}{after}"
    return text


# ---------------------------------------------------------------- permissions


def permissions() -> str:
    """Return the table of roles and functions, as delivered."""
    roles = list(BUILT_IN)
    lines = [
        "| resource | function | " + " | ".join(roles) + " |",
        "|---|---" + "|---" * len(roles) + "|",
        "| *data scope* | | " + " | ".join(BUILT_IN[role].scope for role in roles) + " |",
    ]
    alike: dict[tuple[str, frozenset[str]], list[str]] = {}
    for (permission, resource), holders in sorted(declared_grants().items()):
        alike.setdefault((resource, holders), []).append(permission.removeprefix("can_"))
    for (resource, holders), names in sorted(alike.items(), key=lambda item: item[0][0]):
        marks = " | ".join("✓" if role in holders else "" for role in roles)
        lines.append(f"| {resource} | {', '.join(names)} | {marks} |")
    return "\n".join(lines)


# ---------------------------------------------------------------- states


def codes() -> str:
    """Return the codes that the tables accept, and the models' methods that change them."""
    classes = {mapper.local_table.name: mapper.class_ for mapper in Model.registry.mappers}
    lines = [
        "| column | codes that the table accepts | the model's method that changes it |",
        "|---|---|---|",
    ]
    others = []
    for _name, table in sorted(Model.metadata.tables.items()):
        checks = [one for one in table.constraints if isinstance(one, CheckConstraint)]
        for check in sorted(checks, key=lambda one: str(one.name)):
            said = str(check.sqltext)
            listed = re.fullmatch(r"(\w+) IN \((.*)\)", said)
            if listed is None:
                others.append(f"- `{table.name}`: `{said}`")
                continue
            column, values = listed.groups()
            setters = _setters(classes[table.name], column)
            shown = values.replace("'", "")
            lines.append(f"| `{table.name}.{column}` | {shown} | {', '.join(setters)} |")
    return "\n".join([*lines, "", "What the tables hold beyond single columns:", "", *others])


def _setters(model: type, column: str) -> list[str]:
    """List the methods that assign the column, with the code where it is literal."""
    tree = ast.parse(inspect.getsource(model))
    return [
        f"`{method.name}`" + (f" → {node.value.value}" if isinstance(node.value, ast.Constant) else "")
        for method in ast.walk(tree)
        if isinstance(method, ast.FunctionDef)
        for node in ast.walk(method)
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Attribute) and one.attr == column for one in node.targets)
    ]


@dataclass(frozen=True)
class Step:
    """An operation that may change a customer's state: its rule, and the model's method that it calls.

    ``pool`` is set where it is for customers of that pool only.
    """

    operation: str
    rule: Callable[..., Decision]
    method: str
    move: Callable[[Customer], None]
    pool: str = ""


def _shelve(customer: Customer, handler: int | None) -> None:
    named = None if handler is None else _staff(handler)
    customer.shelve(by_id=cases.OTHER_PERSON, department_id=cases.EAST, moment=_MOMENT, handler=named)


def _shelve_for_oneself(customer: Customer) -> None:
    _shelve(customer, None)
    customer.privatize(_staff(cases.OTHER_PERSON), _MOMENT)


def _can_claim(actor: Actor, customer: Any, _facts: Any) -> Decision:
    """Judge a customer that is in the public pool, where its state allows that."""
    if customer.follow_status != "following" or customer.private_holder is not None:
        return NOT_IN_POOL
    customer.pooled_at = _MOMENT
    return can_claim(actor, customer)


STEPS = (
    Step(
        "follow_up, by the handler",
        can_follow_up,
        "note_follow_up",
        lambda customer: customer.note_follow_up(_MOMENT, None, by_handler=True),
    ),
    Step(
        "follow_up, by another",
        can_follow_up,
        "note_follow_up",
        lambda customer: customer.note_follow_up(_MOMENT, None, by_handler=False),
    ),
    Step(
        "transfer",
        can_transfer,
        "transfer_to",
        lambda customer: customer.transfer_to(_staff(cases.OTHER_PERSON), _MOMENT),
    ),
    Step(
        "unshelve",
        can_unshelve,
        "unshelve",
        lambda customer: customer.unshelve(
            by_id=cases.OTHER_PERSON, department_id=cases.EAST, moment=_MOMENT, next_contact_at=None
        ),
    ),
    Step(
        "shelve, as following",
        can_shelve,
        "shelve",
        lambda customer: _shelve(customer, None),
        pool="personal",
    ),
    Step(
        "shelve, as pending",
        can_shelve,
        "shelve",
        lambda customer: _shelve(customer, cases.OWNER),
        pool="personal",
    ),
    Step(
        "shelve, handled by oneself",
        can_shelve,
        "privatize",
        _shelve_for_oneself,
        pool="platform",
    ),
    Step(
        "shelve, handled by a colleague",
        can_shelve,
        "shelve",
        lambda customer: _shelve(customer, cases.HANDLER),
        pool="platform",
    ),
    Step(
        "privatize",
        can_privatize,
        "privatize",
        lambda customer: customer.privatize(_staff(cases.OTHER_PERSON), _MOMENT),
    ),
    Step("publicize", can_publicize, "publicize", lambda customer: customer.publicize()),
    Step(
        "assign",
        can_assign,
        "assign_to",
        lambda customer: customer.assign_to(
            _staff(cases.OTHER_PERSON), by_id=cases.OTHER_PERSON, department_id=cases.EAST, moment=_MOMENT
        ),
    ),
    Step(
        "recycle",
        can_recycle,
        "recycle",
        lambda customer: customer.recycle(Department(id=cases.EAST), _MOMENT),
    ),
    Step(
        "claim or assign, in the public pool",
        _can_claim,
        "claim",
        lambda customer: customer.claim(_staff(cases.OTHER_PERSON), _MOMENT),
        pool="platform",
    ),
)
# Parts of the methods above, or methods that do not change the state.
NO_STEPS = {
    "bump", "clear_assignment", "come_back", "enter_public_pool", "leave_public_pool", "merge_into", "move_to_stage",
    "note_remark", "set_credit", "take_back", "win",
}  # fmt: skip
_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def transitions() -> str:
    """Run each operation from each lawful state and return the resulting states."""
    methods = {
        name for name, one in vars(Customer).items() if inspect.isfunction(one) and not name.startswith("_")
    }
    unknown = methods ^ {step.method for step in STEPS} ^ NO_STEPS
    assert not unknown, f"tools/documents/architecture.py: which steps are these? {unknown}"
    lines = [
        "| operation | " + " | ".join(_named(*state) for state in cases.COLUMNS) + " |",
        "|---" * (len(cases.COLUMNS) + 1) + "|",
    ]
    for step in STEPS:
        cells = (_after(step, state) for state in cases.COLUMNS)
        lines.append(f"| {step.operation} | " + " | ".join(cells) + " |")
    born = ", ".join(f"a new {pool} customer as *{status}*" for pool, status in _first_states().items())
    return "\n".join([f"{born.capitalize()}.", "", *lines])


def _named(pool: str, status: str, private: bool) -> str:
    return f"{pool} {'private' if private else status.replace('_', ' ')}"


def _after(step: Step, state: tuple[str, str, bool]) -> str:
    if step.pool and step.pool != state[0]:
        return "–"
    if not _anybody(step, state):
        return "refused"
    customer = _customer(*state)
    step.move(customer)
    reached = (customer.pool, customer.follow_status, customer.private_holder_id is not None)
    return "stays" if reached == state else f"→ {_named(*reached)}"


def _anybody(step: Step, state: tuple[str, str, bool]) -> bool:
    """Tell whether the rule allows it to at least one relation."""
    made = cases.customer_in(*state)
    return any(
        cases.verdict_of(step.rule, relation, made, demand)
        for relation in cases.ACTORS
        for demand in (False, True)
    )


def _customer(pool: str, status: str, private: bool) -> Customer:
    """Return a customer in that state, without a database."""
    personal = pool == "personal"
    handler = cases.OWNER if personal else cases.HANDLER
    return Customer(
        pool=pool,
        follow_status=status,
        owner_id=cases.OWNER if personal else None,
        handler_id=handler if status == "pending" else None,
        private_holder_id=cases.HOLDER if private else None,
    )


def _staff(pk: int) -> Staff:
    return Staff(id=pk, department_id=cases.EAST, department=Department(id=cases.EAST))


def _first_states() -> dict[str, str]:
    """Return the state of each pool's customers after creation."""
    responsibilities = {
        "personal": Responsibility(
            NumberPlace("personal", cases.EAST, cases.OWNER), 1, owner=_staff(cases.OWNER)
        ),
        "platform": Responsibility(NumberPlace("platform", cases.EAST), 1, handler=_staff(cases.HANDLER)),
    }
    return {
        pool: str(new_values(responsibility, "individual", NO_PHONE, SYSTEM)["follow_status"])
        for pool, responsibility in responsibilities.items()
    }


# ---------------------------------------------------------------- decisions


def decisions() -> str:
    """List the decision records by their titles."""
    records = sorted((ROOT / PAGE).parent.glob("adr/*.md"))
    titles = [path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ") for path in records]
    return "\n".join(f"- [{title}](adr/{path.name})" for path, title in zip(records, titles, strict=True))


PARTS: dict[str, Callable[[], str]] = {
    "layers": layers,
    "permissions": permissions,
    "transitions": transitions,
    "codes": codes,
    "decisions": decisions,
}
