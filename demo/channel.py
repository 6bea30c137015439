"""Channel sales of the demo data: each step of the plan calls the service that users would call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.channel.collisions.models import Collision
from app.channel.collisions.rebinding import rebind_referral
from app.channel.collisions.services import handle_collision
from app.channel.fees.services import create_fee, void_fee
from app.channel.referrals.deals import close_referral, reopen_referral
from app.channel.referrals.expiry import expire_due_bindings, warn_due_bindings
from app.channel.referrals.models import Referral
from app.channel.referrals.services import enter_referral, report_referral
from app.channel.scans.services import scan
from app.channel.tours.services import follow_tour, record_tour
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.org.sessions.actors import actor_by_username
from demo.channel_plans import PlannedBroker, PlannedVisitor, Step, make_steps
from demo.pictures import receipt

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.channel.brokers.models import Broker
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff
    from demo.channel_people import ChannelPeople


def plan_steps(people: ChannelPeople, count: int, **options: Any) -> list[Step]:
    """Return steps between these people until there are so many referrals."""
    brokers = approved_brokers(people)
    helpers = {one.broker_company_id: name for name, one in brokers.items() if one.is_onsite}
    planned = [
        PlannedBroker(username, one.broker_company_id, helpers.get(one.broker_company_id))
        for username, one in brokers.items()
    ]
    visitors = [
        PlannedVisitor(
            one.name[:1],
            one.name[1:],
            ((one.phone.masked or "")[:3], one.phone.last4 or ""),
            one.created_at,
        )
        for one in people.visitors
    ]
    return make_steps(planned, visitors, count, customer=people.visitors.index(people.customer), **options)


def approved_brokers(people: ChannelPeople) -> dict[str, Broker]:
    """Return the brokers who may bring customers, by user name."""
    return {one.account.username: one for one in people.brokers if one.review_state == "approved"}


@transactional
def write_referrals(staff: Mapping[str, Staff], people: ChannelPeople, steps: Iterable[Step]) -> None:
    """Run the steps in the order of time, all in one transaction."""
    history = _History(staff, people)
    for step in steps:
        with clock.frozen(step.moment), unscoped("demo: the steps know their records"):
            getattr(history, step.verb)(step, history.actors.get(step.who))


class _History:
    def __init__(self, staff: Mapping[str, Staff], people: ChannelPeople) -> None:
        self.people, self.brokers = people, approved_brokers(people)
        self.actors: dict[str, Actor] = {name: actor_by_username(name) for name in (*staff, *self.brokers)}
        self.referrals: dict[int, int] = {}  # key of the plan → id
        self.tours: dict[int, int] = {}
        self.fees: dict[int, int] = {}

    # -- the broker

    def enter(self, step: Step, actor: Actor) -> None:
        """Enter a customer as a broker, or as the company on-site for them."""
        values = dict(step.values)
        broker, wished = self.brokers[values.pop("broker")], values.pop("consultant", None)
        referral = enter_referral(
            **values,
            consultant_id=self.actors[wished].id if wished else None,
            for_broker_id=None if broker.id == actor.id else broker.id,
            actor=actor,
        )
        self.referrals[step.key] = referral.id

    def report(self, step: Step, actor: Actor) -> None:
        """Report the customer as the broker."""
        report_referral(self.referrals[step.key], actor=actor)

    # -- on site

    def scan(self, step: Step, actor: Actor) -> None:
        """Scan a broker's customer who arrives."""
        scan(token=self._token_of_referral(step), consultant_id=self._consultant_id(step), actor=actor)

    def visit(self, step: Step, actor: Actor) -> None:
        """Scan a visitor who arrives."""
        scan(token=self._token_of_visitor(step), consultant_id=self._consultant_id(step), actor=actor)

    def tour(self, step: Step, actor: Actor) -> None:
        """Record that a consultant shows a broker's customer around."""
        self._record_tour(step, self._token_of_referral(step), actor)

    def visitor_tour(self, step: Step, actor: Actor) -> None:
        """Record that a consultant shows a visitor around."""
        self._record_tour(step, self._token_of_visitor(step), actor)

    def follow(self, step: Step, actor: Actor) -> None:
        """Add the consultant's follow-up."""
        follow_tour(self.tours[step.key], **step.values, actor=actor)

    def _record_tour(self, step: Step, token: str, actor: Actor) -> None:
        tour = record_tour(token=token, intention=step.values["intention"], actor=actor)
        self.tours[step.values["tour"]] = tour.id

    def _token_of_referral(self, step: Step) -> str:
        return db.session.get_one(Referral, self.referrals[step.key]).qr_token or ""

    def _token_of_visitor(self, step: Step) -> str:
        return self.people.visitors[step.key].qr_token

    def _consultant_id(self, step: Step) -> int:
        return self.actors[step.values["consultant"]].id

    # -- the office

    def fee(self, step: Step, actor: Actor) -> None:
        """Pay a viewing fee as the secretary."""
        amount = step.values["amount"]
        fee = create_fee(
            referral_id=self.referrals[step.key],
            amount=amount,
            screenshot=receipt(amount),
            token=f"demo-{step.values['fee']}",
            actor=actor,
        )
        self.fees[step.values["fee"]] = fee.id

    def void(self, step: Step, actor: Actor) -> None:
        """Void a wrong fee."""
        void_fee(self.fees[step.key], **step.values, actor=actor)

    def close(self, step: Step, actor: Actor) -> None:
        """Close a referral as a deal."""
        close_referral(self.referrals[step.key], **step.values, actor=actor)

    def reopen(self, step: Step, actor: Actor) -> None:
        """Reopen a deal."""
        reopen_referral(self.referrals[step.key], **step.values, actor=actor)

    def handle(self, step: Step, actor: Actor) -> None:
        """Decide a collision as the director."""
        values = dict(step.values)
        statement = select(Collision).where(
            Collision.bound_referral_id == self.referrals[step.key],
            Collision.referral_id == self.referrals[values.pop("other")],
            Collision.handled_at.is_(None),
        )
        handle_collision(db.session.scalars(statement).one().id, **values, actor=actor)

    def rebind(self, step: Step, actor: Actor) -> None:
        """Move a binding, as the director, to a broker who had not brought the customer."""
        broker, reason = self.brokers[step.values["broker"]], step.values["reason"]
        rebind_referral(self.referrals[step.key], broker_id=broker.id, reason=reason, actor=actor)

    # -- the jobs

    def expire(self, _step: Step, _actor: Actor | None) -> None:
        """End the protections that are due."""
        expire_due_bindings()

    def warn(self, _step: Step, _actor: Actor | None) -> None:
        """Warn brokers of protections that end soon."""
        warn_due_bindings()
