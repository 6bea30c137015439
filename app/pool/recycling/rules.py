"""Keep the rules of recycling (POOL-19)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.cache import invalidate
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.translation import N_
from app.org.shared.models import Department
from app.pool.recycling.models import RecyclingRule
from app.pool.recycling.queries import (
    as_applied,
    department_paths,
    get_rule,
    ordered,
    rehearse,
    visible_rules,
)

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.pool.recycling.queries import Rehearsal


@transactional
def create_rule(*, actor: Actor, **values: Any) -> RecyclingRule:
    """Add a rule: ``department_id``, ``deal_status``, ``level`` (each may be None), ``days``,
    ``to_department_id``.

    :raises Invalid: for a department of another company.
    :raises Denied: ``recycling_rule.exists`` where there is one for the same conditions.
    """
    rule = _unsaved(values, actor)
    db.session.add(rule)
    db.session.flush()
    audit.record(actor, "recycling_rule.create", rule, N_("Rule of recycling added"), _differences({}, rule))
    invalidate()
    return rule


@transactional
def change_rule(pk: int, *, actor: Actor, **values: Any) -> RecyclingRule:
    """Change a rule; values as of :func:`create_rule`, those not given stay."""
    rule = get_rule(pk, actor=actor, lock=True)
    before = _shown(rule)
    given = {name: getattr(rule, name) for name in _VALUES} | values
    _check_departments(given, rule.company_id)
    rule.apply_to(given["department_id"], given["deal_status"], given["level"])
    rule.days, rule.to_department_id = given["days"], given["to_department_id"]
    db.session.flush()
    db.session.expire(rule, ["department", "to_department"])
    changes = _differences(before, rule)
    if changes:
        audit.record(actor, "recycling_rule.edit", rule, N_("Rule of recycling changed"), changes)
        invalidate()
    return rule


@transactional
def delete_rule(pk: int, *, actor: Actor) -> RecyclingRule:
    """Delete a rule: what remains applies from the next run on."""
    rule = get_rule(pk, actor=actor, lock=True)
    audit.record(actor, "recycling_rule.delete", rule, N_("Rule of recycling deleted"))
    db.session.delete(rule)
    invalidate()
    return rule


_VALUES = ("department_id", "deal_status", "level", "days", "to_department_id")


def _unsaved(values: dict[str, Any], actor: Actor) -> RecyclingRule:
    """Return a new rule of the company of its department, or of the actor's."""
    named = db.session.get(Department, values.get("department_id") or 0)
    company_id = named.company_id if named else actor.company_id
    if company_id is None:
        raise Invalid(department_id=_("This field is required"))
    _check_departments(values, company_id)
    rule = RecyclingRule(
        company_id=company_id,
        days=values["days"],
        to_department_id=values.get("to_department_id"),
        created_at=clock.now(),
    )
    rule.apply_to(values.get("department_id"), values.get("deal_status"), values.get("level"))
    return rule


def _check_departments(values: dict[str, Any], company_id: int) -> None:
    for name in ("department_id", "to_department_id"):
        pk = values.get(name)
        if pk is not None and getattr(db.session.get(Department, pk), "company_id", None) != company_id:
            raise Invalid(**{name: _("Not one of the choices")})


def _shown(rule: RecyclingRule) -> dict[str, str]:
    return {
        "department": rule.department.name if rule.department else "",
        "deal_status": rule.deal_status or "",
        "level": rule.level or "",
        "days": str(rule.days),
        "to_department": rule.to_department.name if rule.to_department else "",
    }


def _differences(before: dict[str, str], rule: RecyclingRule) -> dict[str, tuple[str, str]]:
    after = _shown(rule)
    return {
        name: (before.get(name, ""), value) for name, value in after.items() if before.get(name, "") != value
    }


def rule_exists() -> Decision:
    """Refuse a second rule for the same conditions."""
    return conflict("recycling_rule.exists", _("There is a rule for these customers already"))


def rehearse_rules(*, actor: Actor, rule_id: int | None = None, **values: Any) -> Rehearsal:
    """Say what the job would do to the customers of the actor's company, by the rules as they are or with one
    rule tried: ``values`` as of :func:`create_rule`, in the place of ``rule_id`` where one is named.

    :raises NotFound: for a rule of another company.
    """
    tried = _unsaved(values, actor) if values.get("days") is not None else None
    replaced = get_rule(rule_id, actor=actor) if rule_id is not None else None
    company_id = replaced.company_id if replaced else tried.company_id if tried else actor.company_id
    if company_id is None:
        raise Invalid(department_id=_("This field is required"))
    paths = department_paths()
    known = db.session.scalars(visible_rules(actor).where(RecyclingRule.company_id == company_id))
    stay = [rule for rule in known if replaced is None or rule.id != replaced.id or tried is None]
    applied = [as_applied(rule, paths) for rule in [*stay, *([tried] if tried else [])]]
    return rehearse(company_id, ordered(applied))
