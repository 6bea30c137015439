"""Switch the rule for equal numbers (CUST-7). A switch that existing customers would break is refused; the
claims that keep simultaneous holders out are rewritten for the new rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import String, case, cast, func, literal, select, update

from app.customers.duplicates.models import PhoneClaim
from app.customers.duplicates.services import GLOBAL_SCOPE, HIDDEN
from app.customers.shared.models import Customer
from app.customers.shared.queries import openable_names
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import lock
from app.kernel.errors import conflict

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

SHOWN = 20


def prepare_switch(_before: str, after: str, actor: Actor) -> None:
    """Check a change of ``dedupe_mode`` and lock out new numbers until it is done.

    :raises Denied: ``setting.duplicates_exist`` with the first duplicates as ``obstacles``.
    """
    lock(DEDUPE_MODE.name)
    with unscoped("the rule for equal numbers holds in the whole system, whoever owns them (CUST-7)"):
        indexes = _numbers_held_twice() if after == "global" else []
        if indexes:
            found = _obstacles(indexes[:SHOWN], actor)
            sentence = _("Some numbers belong to more than one customer; merge or mend these first")
            conflict(
                "setting.duplicates_exist", sentence, obstacles=found, more=len(indexes) > SHOWN
            ).enforce()
        _rewrite_claims(after)


def _numbers_held_twice() -> list[str]:
    """Return the first blind indexes that more than one customer has."""
    statement = (
        select(Customer.phone_index)
        .where(Customer.phone_index.is_not(None), Customer.deleted_at.is_(None))
        .group_by(Customer.phone_index)
        .having(func.count() > 1)
        .order_by(Customer.phone_index)
        .limit(SHOWN + 1)
    )
    return list(db.session.scalars(statement))


def _obstacles(indexes: list[str], actor: Actor) -> list[dict[str, Any]]:
    """Return each number, masked, with its customers; only those within reach are named (CUST-8)."""
    holders = (
        select(Customer)
        .where(Customer.phone_index.in_(indexes), Customer.deleted_at.is_(None))
        .order_by(Customer.phone_index, Customer.id)
    )
    rows = list(db.session.scalars(holders))
    reachable = openable_names([row.id for row in rows], actor)
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row.phone.index or "", {"title": str(row.phone), "records": []})
        named = {"text": f"{row.name} · {row.code}", "url": f"/customers/{row.id}"}
        one["records"].append(named if row.id in reachable else {"text": str(HIDDEN), "url": ""})
    return [*found.values()]


def _rewrite_claims(mode: str) -> None:
    """Rewrite all claims for the scope of the rule in force."""
    if mode == "global":
        db.session.execute(update(PhoneClaim).values(scope=GLOBAL_SCOPE))
        return
    place = case(
        (Customer.pool == "personal", literal("o:") + cast(Customer.owner_id, String)),
        else_=literal("d:") + cast(Customer.department_id, String),
    )
    scope = select(place).where(Customer.id == PhoneClaim.customer_id).scalar_subquery()
    db.session.execute(update(PhoneClaim).values(scope=scope).execution_options(synchronize_session=False))
