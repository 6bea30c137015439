"""Which customers are due for recycling (POOL-19), and the rules of the actor's company."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, Integer, Select, and_, case, false, literal_column, or_, select, true
from sqlalchemy.orm import joinedload

from app.customers.duplicates.services import customers_with_taken_number
from app.customers.shared.hindrances import hindrances_of
from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.actor import cached_per_actor
from app.kernel.access.guard import unscoped
from app.kernel.database.cache import CachedValue
from app.kernel.database.conditions import id_in
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.shared.models import Company, Department
from app.pool.recycling.models import RecyclingRule
from app.pool.recycling.policies import IdleRule, in_order, rule_for
from app.pool.recycling.settings import RECYCLE_WON, RECYCLING_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence

_C = Customer.__table__.c
DEPARTMENTS = (joinedload(RecyclingRule.department), joinedload(RecyclingRule.to_department))


@cached_per_actor
def visible_rules(actor: Actor) -> Select[RecyclingRule]:
    """Select the rules of the actor's company; all for those who open everything."""
    found = select(RecyclingRule)
    return found if actor.opens_all else found.where(RecyclingRule.company_id == actor.company_id)


def get_rule(pk: int, *, actor: Actor, lock: bool = False) -> RecyclingRule:
    """Return a rule of the actor's company.

    :raises NotFound: when there is none.
    """
    statement = visible_rules(actor).where(RecyclingRule.id == pk)
    return get_one(statement if lock else statement.options(*DEPARTMENTS), lock=lock)


def department_paths() -> dict[int, str]:
    """Return the path of every department by its id."""
    return dict(db.session.execute(select(Department.id, Department.path)).all())


def _load() -> dict[int, list[IdleRule]]:
    """Read the rules of every company, with the departments below the named one."""
    paths = department_paths()
    found: dict[int, list[IdleRule]] = {}
    for rule in db.session.scalars(select(RecyclingRule)):
        found.setdefault(rule.company_id, []).append(as_applied(rule, paths))
    return found


def as_applied(rule: Any, paths: dict[int, str]) -> IdleRule:
    """Return a rule with the departments for which it holds; ``paths`` are those of all departments."""
    top = paths.get(rule.department_id or 0)
    below = None if top is None else frozenset(pk for pk, path in paths.items() if path.startswith(top))
    depth = 0 if top is None else top.count("/")
    return IdleRule(rule.days, below, depth, rule.deal_status, rule.level, rule.to_department_id)


_kept: CachedValue[dict[int, list[IdleRule]]] = CachedValue(_load)


def rules_of(company_id: int) -> list[IdleRule]:
    """Return all rules of a company in the order in which they are tried, the defaults last."""
    return ordered(_kept.get().get(company_id, []))


def ordered(rules: Sequence[IdleRule]) -> list[IdleRule]:
    """Return the rules in the order in which they are tried, with what the settings add."""
    return in_order(rules, default_days=RECYCLING_DAYS.get(), recycle_won=RECYCLE_WON.get())


def companies() -> list[int]:
    """Return the ids of all companies."""
    return list(db.session.scalars(select(Company.id).order_by(Company.id)))


def _days(rules: Sequence[IdleRule]) -> ColumnElement[int]:
    """Return the days of the rule that holds for the customer of a row."""
    last = rules[-1]
    found = [(_conditions(rule), _number(rule.days)) for rule in rules[:-1]]
    default = _number(last.days)
    return case(*found, else_=default) if found else default


def _number(days: int) -> ColumnElement[int]:
    return literal_column(str(int(days)), Integer())


def _conditions(rule: IdleRule) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [true()]
    if rule.departments is not None:
        conditions.append(id_in(_C.department_id, rule.departments))
    if rule.deal_status is not None:
        conditions.append(_C.deal_status == rule.deal_status)
    if rule.level is not None:
        conditions.append(_C.level == rule.level)
    return and_(*conditions)


def due_within(company_id: int, rules: Sequence[IdleRule], days: int) -> ColumnElement[bool]:
    """Match personal customers on shelf that have at most so many days left; −1: those that are due.

    Followed up on day D with N days: recycled by the first run after the end of day D + N, never earlier.
    """
    spans = {rule.days for rule in rules if rule.days}
    if not spans:
        return false()
    span, today = _days(rules), clock.today()
    limits = {n: clock.end_of_day(today + timedelta(days=days - n)) for n in spans}
    return and_(
        _C.company_id == company_id,
        _C.pool == literal_column("'personal'"),
        _C.follow_status == literal_column("'following'"),
        _C.deleted_at.is_(None),
        _C.idle_since < max(limits.values()),
        or_(*(and_(_C.idle_since < limit, span == _number(n)) for n, limit in limits.items())),
    )


def days_left(customer: Any) -> int | None:
    """Return the days until a customer is recycled, 0 on its last day; None where it is not (POOL-19)."""
    if customer.pool != "personal" or customer.follow_status != "following" or customer.idle_since is None:
        return None
    days = rule_for(rules_of(customer.company_id), customer).days
    if not days:
        return None
    last = clock.to_local(customer.idle_since).date() + timedelta(days=days)
    return max((last - clock.today()).days, 0)


def runs_out_within(days: int) -> ColumnElement[bool]:
    """Match customers of all companies that have at most so many days left (POOL-19)."""
    found = [due_within(one, rules_of(one), days) for one in sorted({*companies()})]
    return or_(false(), *found)


TAKEN = _("Its number is taken in that department")


def staying(going: Mapping[int, tuple[str | None, int]]) -> dict[int, Sentence]:
    """Return why customers that are due stay with their owner: id → reason; ``going`` maps each to the index
    of its number and the department into whose pool it would go.
    """
    taken: dict[int, Sentence] = dict.fromkeys(customers_with_taken_number(going), TAKEN)
    return {**taken, **hindrances_of([*going])}


@dataclass
class Rehearsal:
    """What the job would do now (POOL-19): how many go, the first of them, and who stays and why."""

    total: int = 0
    ids: list[int] = field(default_factory=list)
    passed_over: dict[int, Sentence] = field(default_factory=dict)


SHOWN = 100
_CHUNK = 5000


def rehearse(company_id: int, rules: Sequence[IdleRule]) -> Rehearsal:
    """Say which customers of a company the job would recycle by these rules, without changing anything."""
    outcome, last = Rehearsal(), 0
    columns = (_C.id, _C.phone_index, _C.department_id, _C.deal_status, _C.level)
    due = select(*columns).where(due_within(company_id, rules, -1)).order_by(_C.id).limit(_CHUNK)
    with unscoped("a rehearsal says what the job would do to every customer of the company (POOL-19)"):
        while rows := db.session.execute(due.where(_C.id > last)).all():
            last = rows[-1].id
            going = {row.id: (row.phone_index, target_of(row, rules)) for row in rows}
            kept = staying(going)
            outcome.total += len(going) - len(kept)
            outcome.passed_over |= kept
            room = SHOWN - len(outcome.ids)
            outcome.ids += [pk for pk in going if pk not in kept][:room]
    return outcome


def target_of(customer: Any, rules: Sequence[IdleRule]) -> int:
    """Return the department into whose pool the customer goes."""
    return rule_for(rules, customer).to_department_id or int(customer.department_id)
