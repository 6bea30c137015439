"""Sign-ins, failed ones and refused requests, kept for a period and without personal data (ACC-18)."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

import structlog
from flask import current_app, g, has_request_context, request
from sqlalchemy import delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from app.kernel import clock
from app.kernel.database.session import db, transaction_intent
from app.kernel.database.transactions import transactional
from app.org.sessions.settings import ACCESS_EVENT_DAYS
from app.org.shared.models import AccessEvent

if TYPE_CHECKING:
    from flask import Flask, Response


log = structlog.get_logger("kepan.access")

# Refusals that one process writes: a flood of them must neither fill the database nor hide sign-ins.  Those
# have no such limit; failed ones are limited by the address already.
MOST_A_MINUTE = 120
_REFUSALS = frozenset({401, 403, 404, 429})
_written: deque[datetime] = deque()
_lock = Lock()


def note_sign_in(account_id: int, way: str) -> None:
    """Record a sign-in; ``way`` is the kind of session."""
    _queue_event("sign_in", 200, way, account_id)


def note_failed_sign_in(way: str, account_id: int | None = None) -> None:
    """Record a failed sign-in; ``way``: password, code, sms, refresh."""
    _queue_event("sign_in_failed", 401, way, account_id)


def _queue_event(kind: str, status: int, code: str, account_id: int | None) -> None:
    events = g.setdefault("kepan_access_events", [])
    events.append(
        {
            "kind": kind,
            "status": status,
            "code": code[:60],
            "account_id": account_id,
            "route": (request.endpoint or "")[:120] if has_request_context() else "",
            "created_at": clock.now(),
        }
    )


def init_access_events(app: Flask) -> None:
    """Watch the responses; rows are written after a response has been sent."""
    app.after_request(_watch)


def _watch(response: Response) -> Response:
    failed = any(event["kind"] == "sign_in_failed" for event in g.get("kepan_access_events", ()))
    if _is_refusal(response) and not failed:
        actor = g.get("kepan_actor")
        code = "csrf" if g.get("kepan_csrf") else ""
        _queue_event("refused", response.status_code, code, actor.id if actor is not None else None)
    events = g.pop("kepan_access_events", None)
    if events:
        app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - the way to it
        response.call_on_close(lambda: _write(app, events))
    return response


def _is_refusal(response: Response) -> bool:
    """Return True for 401, 403, 429 and a form without its token; for 404 only where the address has
    an id.
    """
    if response.status_code == 404:  # noqa: PLR2004
        return bool(request.view_args)
    return response.status_code in _REFUSALS or bool(g.get("kepan_csrf"))


def _write(app: Flask, events: list[dict[str, object]]) -> None:
    written = [event for event in events if event["kind"] != "refused" or _is_below_limit()]
    if len(written) < len(events):
        log.warning("access_events_dropped", n=len(events) - len(written))
    if not written:
        return
    with app.app_context(), transaction_intent(to_change=True):
        try:
            db.session.execute(insert(AccessEvent), written)
            db.session.commit()
        except SQLAlchemyError as error:
            db.session.rollback()
            log.warning("access_events_not_written", kind=type(error).__name__)


def _is_below_limit() -> bool:
    """Return True if another refusal may be written in this minute, and count it."""
    now = clock.now()
    with _lock:
        while _written and now - _written[0] > timedelta(minutes=1):
            _written.popleft()
        if len(_written) >= MOST_A_MINUTE:
            return False
        _written.append(now)
        return True


@transactional
def forget_events(*, dry_run: bool = False) -> int:
    """Delete events older than the setting.  Return the number of deleted rows."""
    old = AccessEvent.created_at < clock.now() - timedelta(days=ACCESS_EVENT_DAYS.get())
    if dry_run:
        return db.session.scalar(select(func.count()).select_from(AccessEvent).where(old)) or 0
    return len(db.session.scalars(delete(AccessEvent).where(old).returning(AccessEvent.id)).all())
