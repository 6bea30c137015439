"""Services of background runs: starting, cancelling (PLAT-5), and the kinds of runs.

A context registers the kinds of work that it can do in the background; a user who starts one owns the run.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
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
    """The result of a run: a file, or nothing.

    ``notice`` is the msgid that its owner receives, with ``parameters`` beside the run's title, about the
    stored record ``about``.
    """

    content: IO[bytes] | None = None
    file_name: str = ""
    media_type: str = ""
    notice: str = N_("“%(title)s” is ready in the download centre")
    parameters: Mapping[str, Any] = field(default_factory=dict)
    about: Any = None


@dataclass(frozen=True)
class RunKind:
    """A kind of long work.

    ``work(arguments, actor, meter)`` does it as the owner, with the permissions of that moment.  It may be
    restarted after a crash: it writes in one transaction, or so that a repetition changes nothing.
    ``may(arguments, actor)`` is checked again when it begins.  A kind with ``goes_on`` continues after a
    crash where it stopped; ``result_url(run_id)`` is the page of its result, where that is not a file.
    ``ended(run)`` puts away what waits for a run that was cancelled or has failed, in the same transaction.
    """

    name: str
    label: Sentence
    work: Callable[[Mapping[str, Any], Actor, ProgressMeter], Result]
    may: Callable[[Mapping[str, Any], Actor], bool]
    goes_on: bool = False
    result_url: Callable[[int], str] | None = None
    ended: Callable[[BackgroundRun], None] | None = None


_kinds: dict[str, RunKind] = {}


def register_kind(kind: RunKind) -> RunKind:
    """Register a kind of background work."""
    _kinds[kind.name] = kind
    return kind


def find_kind(name: str) -> RunKind | None:
    """Return the kind of that name."""
    return _kinds.get(name)


@transactional
def start_run(kind: str, *, title: str, arguments: Mapping[str, Any], actor: Actor) -> BackgroundRun:
    """Start a background run; its owner finds it in the download centre.

    :raises NotFound: when there is no such kind, or the actor may not use it.
    :raises Invalid: when the arguments are too long to store.
    :raises Denied: ``run.too_many`` while too many of the actor's runs have not ended.
    """
    found = find_kind(kind)
    if found is None or not found.may(arguments, actor):
        raise NotFound
    run = _new_run(kind, title, arguments, actor)
    lock(f"runs:{actor.id}")
    can_begin_run(count_under_way(actor)).enforce()
    db.session.add(run)
    db.session.flush()
    audit.record(actor, "run.start", run, N_("Background run “%(title)s” begun"), title=run.title)
    return run


@transactional
def keep_result(kind: str, *, title: str, result: Result, actor: Actor) -> BackgroundRun:
    """Keep a file that a request has just made, so that its owner finds it in the download centre (OFF-9)."""
    now = clock.now()
    run = _new_run(kind, title, {}, actor)
    run.file_name, run.media_type, run.started_at = result.file_name[:160], result.media_type, now
    content = result.content
    name = storage().keep(content) if content is not None else None
    run.finish(name, content.seek(0, 2) if content is not None else 0, result_lifetime())
    db.session.add(run)
    return run


def _new_run(kind: str, title: str, arguments: Mapping[str, Any], actor: Actor) -> BackgroundRun:
    written = json.dumps(arguments, ensure_ascii=False)
    if len(written) > MAX_ARGUMENTS:
        raise Invalid(arguments=_("At most %(n)s characters", n=MAX_ARGUMENTS))
    return BackgroundRun(
        company_id=actor.company_id,
        owner_id=actor.id,
        kind=kind,
        title=title[:120],
        language=str(get_locale() or "zh").split("_", maxsplit=1)[0],
        arguments_cipher=keys().fernet.encrypt(written.encode()).decode(),
        state="waiting",
        total=0,
        done=0,
        created_at=clock.now(),
    )


def tell_ended(run: BackgroundRun) -> None:
    """Let the kind of a run that was cancelled or has failed put away what waits for it."""
    kind = find_kind(run.kind)
    if kind is not None and kind.ended is not None:
        kind.ended(run)


@transactional
def cancel_run(pk: int, *, actor: Actor) -> BackgroundRun:
    """Cancel the actor's own run, at once: a thread that still works on it can commit nothing more.

    :raises NotFound: when it belongs to another user.
    :raises Denied: ``run.over`` when it has ended.
    """
    run = get_one(visible_runs(actor).where(BackgroundRun.id == pk), lock=True)
    can_cancel_run(actor, run).enforce()
    run.cancel_asked = True
    run.cancel(result_lifetime())
    tell_ended(run)
    audit.record(actor, "run.cancel", run, N_("Background run “%(title)s” cancelled"), title=run.title)
    return run


def arguments_of(run: BackgroundRun) -> dict[str, Any]:
    """Return the arguments of the run."""
    found: dict[str, Any] = json.loads(keys().fernet.decrypt(run.arguments_cipher.encode()))
    return found


def expire_results(*, dry_run: bool = False) -> int:
    """Delete expired files.  Return the number of deleted files."""
    due = select(BackgroundRun).where(BackgroundRun.expires_at <= clock.now(), BackgroundRun.state == "done")
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(due.subquery())) or 0
    total = 0
    while names := _expire(due.order_by(BackgroundRun.expires_at).limit(_BATCH)):
        for name in names:
            if name:
                storage().remove(name)  # after the commit: after a crash the sweep deletes it
        total += len(names)
    return total


@transactional
def _expire(due: Select[BackgroundRun]) -> list[str | None]:
    return [run.expire() for run in db.session.scalars(due.with_for_update(skip_locked=True))]
