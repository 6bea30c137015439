"""Write the whole history with the services, into an empty installation (some minutes; see ``packing``)."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import event, update

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.notices.models import Notification
from app.org.sessions.actors import actor_by_username
from demo.business_records import write_business_records
from demo.channel import plan_steps, write_referrals
from demo.channel_people import prepare
from demo.contracts import FIRMS, write_contracts
from demo.customer_plans import make_steps
from demo.customers import write_customers
from demo.duplicates import write_duplicates
from demo.labels import write_labels
from demo.names import all_people
from demo.organisation import create_organisation
from demo.public_pool import write_public_pool

if TYPE_CHECKING:
    from collections.abc import Iterator

CUSTOMERS = 3000
REFERRALS = 5000
# The present of the history: an afternoon, so that its last day is a working day.
PRESENT = datetime(2026, 11, 20, 7, tzinfo=UTC)
_FOUNDED = timedelta(days=310)


def write_history(customers: int = CUSTOMERS, referrals: int = REFERRALS) -> None:
    """Run everything in the plans with the services, as of ``PRESENT``."""
    with clock.frozen(PRESENT), _fast_sqlite(), _no_collection():
        with clock.frozen(clock.start_of_day(clock.today() - _FOUNDED) + timedelta(hours=9)):
            staff = transactional(create_organisation)()
        write_customers(staff, make_steps(all_people(), customers))
        actors = {username: actor_by_username(username) for username in staff}
        write_labels(actors["admin"])
        write_business_records(staff, actors)
        write_contracts(staff, actors, min(FIRMS, customers))
        write_public_pool(actors)
        write_duplicates(actors)
        people = transactional(prepare)(staff, actors)
        write_referrals(staff, people, plan_steps(people, referrals))
        transactional(_read_old_messages)()


def _read_old_messages() -> None:
    """Mark messages older than two days as read."""
    old = Notification.created_at < clock.now() - timedelta(days=2)
    db.session.execute(update(Notification).where(old).values(read_at=Notification.created_at))


@contextmanager
def _fast_sqlite() -> Iterator[None]:
    """Speed SQLite up: the database is packed and deleted, so it need not wait for the disk."""

    def relax(connection: object, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]

    if db.engine.dialect.name != "sqlite":
        yield
        return
    event.listen(db.engine, "checkout", relax)
    try:
        yield
    finally:
        event.remove(db.engine, "checkout", relax)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Switch garbage collection off, which costs a third of the time with so many records."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
