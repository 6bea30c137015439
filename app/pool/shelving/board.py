"""The board of customers by follow status: shelving and the first follow-up move a card (OFF-5)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.shared.choices import FOLLOW_STATUS
from app.customers.shared.fields import LABELS
from app.customers.shared.models import Customer
from app.customers.shared.presentation import name_of, responsible
from app.kernel.errors import Decision, conflict
from app.kernel.pages.board import Board, Stage
from app.kernel.pages.formatting import local_time

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

NOT_PENDING = conflict(
    "pool.becomes_pending", _("Only a customer that is shelved for a handler becomes pending")
)


def _in(status: str) -> ColumnElement[bool]:
    found: ColumnElement[bool] = Customer.__table__.c.follow_status == status
    return found


def _way(actor: Actor, customer: Customer, stage: str) -> str | Decision:
    """Off the shelf and back by the operations of that name; pending → following by the handler's first
    follow-up (POOL-15), and by nobody else's.
    """
    if stage == "off_shelf":
        return "unshelve"
    if customer.follow_status == "off_shelf":
        return "shelve"
    if stage == "pending":
        return NOT_PENDING
    if actor.id == customer.handler_id:
        return "follow_up"
    sentence = _(
        "Only %(name)s's first follow-up makes this customer followed", name=name_of(customer.handler)
    )
    return conflict("pool.handler_follows", sentence)


def _card(customer: Customer) -> list[Any]:
    next_contact = customer.next_contact_at
    return [
        " · ".join(filter(None, (str(customer.phone or ""), responsible(customer)))),
        f"{LABELS['next_contact_at']} {local_time(next_contact)}" if next_contact else "",
        gettext("Private") if customer.is_private else "",
    ]


BOARD = Board(
    stages=[
        Stage(code, FOLLOW_STATUS.labels[code], FOLLOW_STATUS.tone(code), partial(_in, code))
        for code in ("pending", "following", "off_shelf")
    ],
    stage_of=lambda customer: customer.follow_status,
    way=_way,
    card=_card,
)
