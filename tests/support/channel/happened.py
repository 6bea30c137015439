"""What the lists of channel sales show: two customers of two brokers who came, were toured and paid for."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from app.channel.fees.services import create_fee, void_fee
from app.channel.tours.services import record_tour
from tests.support.channel.scene import at, picture

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral
    from tests.support.channel.scene import Channel


def happen(channel: Channel) -> tuple[Referral, Referral]:
    """Return broker1's 王小明, who came a day before, and broker2's 王小红, whose fee was voided."""
    with at(days=-1):
        first = came(channel, "broker1", "小明", "1234")
        pay(channel, first, "100.50")
    second = came(channel, "broker2", "小红", "5678", "C")
    void_fee(pay(channel, second, "88.00"), reason="重复", actor=channel.actor("director"))
    return first, second


def came(channel: Channel, broker: str, given_name: str, tail: str, intention: str = "A") -> Referral:
    """Bring a broker's customer, whom the consultant receives."""
    made = channel.bound(broker, given_name, [("138", tail)])
    record_tour(token=made.qr_token, intention=intention, actor=channel.actor("consultant"))
    return made


def pay(channel: Channel, referral: Referral, amount: str) -> int:
    """Pay the viewing fee for a customer; return its id."""
    return create_fee(
        referral_id=referral.id,
        amount=Decimal(amount),
        screenshot=picture(),
        actor=channel.actor("secretary"),
    ).id
