"""The board of service tickets by state (CUST-16, OFF-5)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from app.deals.tickets.choices import CLOSED, OPEN, PRIORITY, SOLVED, STATUS, WAITING
from app.deals.tickets.models import Ticket
from app.kernel.pages.board import Board, Stage
from app.kernel.pages.formatting import code_tag, local_time

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

_WAYS = {OPEN: "reopen", WAITING: "wait", SOLVED: "solve", CLOSED: "close"}


def _in(status: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = Ticket.__table__.c.status == status
    return found


def _way(_actor: Actor, _record: Ticket, stage: str) -> str:
    return _WAYS[stage]


def _card(record: Ticket) -> list[Any]:
    return [
        record.name_of_customer,
        code_tag(PRIORITY, record.priority),
        " · ".join(filter(None, (record.owner.name, local_time(record.due_at)))),
    ]


BOARD = Board(
    stages=[
        Stage(code, label, STATUS.tone(code), partial(_in, code)) for code, label in STATUS.labels.items()
    ],
    stage_of=lambda record: record.status,
    way=_way,
    card=_card,
)
