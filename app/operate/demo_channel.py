"""Channel sales in the demo data: the ground by the services, the referrals by bulk inserts (PLAT-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.operate.demo_channel_people import prepare
from app.operate.demo_channel_plans import Guest, Seat, make_steps
from app.operate.demo_channel_writing import ChannelWriter
from app.org.sessions.actors import actor_by_username

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.channel.brokers.models import Broker
    from app.kernel.access.actor import Actor
    from app.operate.demo_channel_people import Ground
    from app.operate.demo_channel_plans import Step
    from app.org.shared.models import Staff


def load_channel(staff: Mapping[str, Staff], actors: Mapping[str, Actor], referrals: int) -> int:
    """One project with everybody who works with it, and their referrals.  Answers how many there are."""
    ground = prepare(staff, actors)
    brokers = {one.account.username: one for one in ground.brokers if one.review_state == "approved"}
    everybody = {**actors, **{username: actor_by_username(username) for username in brokers}}
    return ChannelWriter(ground, everybody, brokers).write(steps_on(ground, brokers, referrals))


def steps_on(ground: Ground, brokers: Mapping[str, Broker], count: int) -> list[Step]:
    """What happens between these people."""
    helpers = {one.broker_company_id: name for name, one in brokers.items() if one.is_onsite}
    seats = [
        Seat(username, one.broker_company_id, helpers.get(one.broker_company_id))
        for username, one in brokers.items()
    ]
    guests = [
        Guest(
            one.name[:1],
            one.name[1:],
            ((one.phone.masked or "")[:3], one.phone.last4 or ""),
            one.created_at,
        )
        for one in ground.visitors
    ]
    return make_steps(seats, guests, count, customer=ground.visitors.index(ground.customer))
