"""Beginning and cancelling long work (PLAT-5), and the kinds of it.

A context registers what it can do in the background; whoever asks gets a run, whose owner they are.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Invalid, NotFound
from app.kernel.files.storage import storage
from app.kernel.keys import keys
from app.kernel.translation import N_
from app.system.runs.models import BackgroundRun
from app.system.runs.policies import can_begin_run, can_cancel_run
from app.system.runs.queries import count_under_way, visible_runs
from app.system.runs.settings import result_lifetime

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.exports.lists import ProgressMeter


MAX_ARGUMENTS = 4000
_BATCH = 100


@dataclass(frozen=True)
class Result:
    """What came of it: a file, or nothing but the work itself."""

    content: IO[bytes] | None = None
    file_name: str = ""
    media_type: str = ""


@dataclass(frozen=True)
class RunKind:
    """A kind of long work.

    ``work(arguments, actor, meter)`` does it as the person who asked, with the permissions of that moment.
    It may be begun anew after a crash: what it writes, it writes in one transaction, or so that doing it
    again changes nothing.  ``may(arguments, actor)`` is asked again when it begins.
    """

    name: str
    label: Sentence
    work: Callable[[Mapping[str, Any], Actor, ProgressMeter], Result]
    may: Callable[[Mapping[str, Any], Actor], bool]


_kinds: dict[str, RunKind] = {}


def register_kind(kind: RunKind) -> RunKind:
    """Say what can be done in the background."""
    _kinds[kind.name] = kind
    return kind


def find_kind(name: str) -> RunKind | None:
    """The kind of that name."""
    return _kinds.get(name)


@transactional
def start_run(kind: str, *, title: str, arguments: Mapping[str, Any], actor: Actor) -> BackgroundRun:
    """Let long work be done in the background; its owner finds it in the download centre.

    :raises NotFound: when there is no such kind, or the person may not use it.
    :raises Invalid: when the arguments are too long to keep.
    :raises Denied: ``run.too_many`` while too many of the person's runs have not ended.
    """
    found = find_kind(kind)
    if found is None or not found.may(arguments, actor):
        raise NotFound
    written = json.dumps(arguments, ensure_ascii=False)
    if len(written) > MAX_ARGUMENTS:
        raise Invalid(arguments=_("At most %(n)s characters", n=MAX_ARGUMENTS))
    lock(f"runs:{actor.id}")
    can_begin_run(count_under_way(actor)).enforce()
    run = BackgroundRun(
        company_id=actor.company_id,
        owner_id=actor.id,
        kind=kind,
        title=title[:120],
        language=str(get_locale() or "zh").split("_", maxsplit=1)[0],
        arguments_cipher=keys().fernet.encrypt(written.encode()).decode(),
        state="waiting",
        created_at=clock.now(),
    )
    db.session.add(run)
    db.session.flush()
    audit.record(actor, "run.start", run, N_("Background run “%(title)s” begun"), title=run.title)
    return run


@transactional
def cancel_run(pk: int, *, actor: Actor) -> BackgroundRun:
    """Cancel one's own run, at once: a thread that still works on it can commit nothing more.

    :raises NotFound: when it is somebody else's.
    :raises Denied: ``run.over`` when it has ended.
    """
    run = get_one(visible_runs(actor).where(BackgroundRun.id == pk), lock=True)
    can_cancel_run(run).enforce()
    run.cancel_asked = True
    run.cancel(result_lifetime())
    audit.record(actor, "run.cancel", run, N_("Background run “%(title)s” cancelled"), title=run.title)
    return run


def arguments_of(run: BackgroundRun) -> dict[str, Any]:
    """What the run was asked to do."""
    found: dict[str, Any] = json.loads(keys().fernet.decrypt(run.arguments_cipher.encode()))
    return found


def expire_results(*, dry_run: bool = False) -> int:
    """Remove the files whose time is over.  Answers how many."""
    due = select(BackgroundRun).where(BackgroundRun.expires_at <= clock.now(), BackgroundRun.state == "done")
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(due.subquery())) or 0
    total = 0
    while names := _expire(due.order_by(BackgroundRun.expires_at).limit(_BATCH)):
        for name in names:
            if name:
                storage().remove(name)  # after the commit: a crash leaves it to the sweep
        total += len(names)
    return total


@transactional
def _expire(due: Select[BackgroundRun]) -> list[str | None]:
    return [run.expire() for run in db.session.scalars(due.with_for_update(skip_locked=True))]
