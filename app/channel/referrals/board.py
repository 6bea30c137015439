"""The board of referrals by state (OFF-5): a deal is closed and reopened by moving its card."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.presentation import fragments, protection_left
from app.channel.referrals.queries import in_state
from app.kernel import clock
from app.kernel.errors import Decision, conflict
from app.kernel.pages.board import Board, Stage

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor

_ELSEWHERE = {
    "entered": conflict("referral.entered_on_phone", _("Brokers enter customers on their phones")),
    "reported": conflict("referral.reported_by_broker", _("Only the broker reports a customer")),
    "bound": conflict("referral.bound_on_site", _("A customer is bound when its code is scanned on site")),
    "expired": conflict("referral.expires_itself", _("A protection runs out by itself")),
}


def _in(state: str) -> ColumnElement[bool]:
    return in_state(state, clock.now())


def _way(_actor: Actor, referral: Referral, stage: str) -> str | Decision:
    """A deal is closed by the office; a closed one returns to the state before it, wherever it is dropped."""
    if stage == "closed":
        return "close"
    return "reopen" if referral.present_state == "closed" else _ELSEWHERE[stage]


def _card(referral: Referral) -> list[Any]:
    return [
        f"{referral.code} · {fragments(referral)}",
        " · ".join(filter(None, (referral.broker.name, referral.broker_company.name))),
        protection_left(referral) if referral.present_state == "bound" else "",
    ]


BOARD = Board(
    stages=[
        Stage(code, label, REFERRAL_STATE.tone(code), partial(_in, code))
        for code, label in REFERRAL_STATE.labels.items()
    ],
    stage_of=lambda referral: referral.present_state,
    way=_way,
    card=_card,
    by_tab=False,
)
