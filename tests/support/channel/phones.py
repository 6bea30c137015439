"""Rows written by phone pages of channel sales."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.audit.models import OperationLog
from app.channel.collisions.models import Collision
from app.channel.referrals.models import Binding, Referral
from app.channel.scans.models import OnsiteScan
from app.channel.tours.models import Tour, TourFollowUp
from app.kernel.database.session import db
from app.notices.models import Notification

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = [
    model.__table__
    for model in (Referral, Binding, OnsiteScan, Collision, Tour, TourFollowUp, OperationLog, Notification)
]


def _rows() -> dict[str, list[Any]]:
    db.session.commit()
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in _TABLES
        }


@contextmanager
def nothing_changed() -> Iterator[None]:
    """Check that the block neither adds nor changes a row of scans and tours, the log, or a message."""
    before = _rows()
    yield
    assert _rows() == before
