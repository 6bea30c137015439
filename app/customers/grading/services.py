"""Grade all customers anew once thresholds were changed, in the background with progress (CUST-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, select, update

from app.customers.shared.grading import THRESHOLDS, Thresholds, grade_case, thresholds
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db, transaction_intent
from app.kernel.database.transactions import transactional
from app.kernel.settings.declarations import before_change
from app.kernel.translation import N_
from app.system.runs.models import BackgroundRun
from app.system.runs.services import Result, RunKind, register_kind, start_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.kernel.exports.lists import ProgressMeter

KIND = "regrade"
_TITLE = _("Grading anew")
_BATCH = 2_000
_C = Customer.__table__.c


def declare_regrading() -> None:
    """Let a change of any threshold grade all customers anew, in the name of whoever changed it."""
    register_kind(RunKind(KIND, _TITLE, regrade, lambda _arguments, _actor: True))
    for setting in THRESHOLDS:
        before_change(setting, begin_regrading)


def begin_regrading(_before: str, _after: str, actor: Actor) -> None:
    """Begin a run in the transaction of the change, unless one waits already: it begins after the commit, and
    reads all thresholds as they are then.
    """
    if not _is_waiting():
        start_run(KIND, title=str(_TITLE), arguments={}, actor=actor)


def _is_waiting() -> bool:
    """Tell whether a run that has not begun will read the new thresholds anyway."""
    waiting = select(BackgroundRun.id).where(BackgroundRun.kind == KIND, BackgroundRun.state == "waiting")
    return db.session.scalar(waiting.limit(1)) is not None


def regrade(_arguments: Mapping[str, Any], _actor: Actor, meter: ProgressMeter) -> Result:
    """Grade every customer by the thresholds in force; a repetition changes nothing.

    The change of the setting is in the log, and the run's notice says how many grades followed. The versions
    of the customers stay, because nobody edited them.
    """
    with unscoped("thresholds are the same for all companies (CUST-10)"):
        last_id, total = db.session.execute(select(func.max(_C.id), func.count())).one()
    db.session.rollback()
    meter.expect(total)
    done = changed = after = 0
    while after < (last_id or 0):
        meter.at(done)
        with transaction_intent(to_change=True):
            passed, graded, after = _regrade_after(after, thresholds())
        done, changed = done + passed, changed + graded
        if not passed:
            break
    return Result(
        notice=N_("“%(title)s”: %(changed)s of %(total)s grades changed"),
        parameters={"changed": changed, "total": total},
    )


@transactional
def _regrade_after(after: int, limits: Thresholds) -> tuple[int, int, int]:
    """Grade the next customers by id: how many, how many grades changed, and the last id."""
    with unscoped("thresholds are the same for all companies (CUST-10)"):
        ids = list(db.session.scalars(select(_C.id).where(_C.id > after).order_by(_C.id).limit(_BATCH)))
        if not ids:
            return 0, 0, after
        grade = grade_case(_C, limits)
        within = (_C.id > after, _C.id <= ids[-1], _C.deleted_at.is_(None), _C.grade != grade)
        moved: Any = db.session.execute(update(Customer.__table__).where(*within).values(grade=grade))
    return len(ids), moved.rowcount, ids[-1]
