"""PLAT-16: channel sales in the demo data: the rows are those that the services write."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from app.channel.collisions import rebinding
from app.channel.collisions import services as collisions
from app.channel.collisions.models import Collision
from app.channel.fees import services as fees
from app.channel.referrals import deals as closing
from app.channel.referrals import expiry, services
from app.channel.referrals.models import Referral
from app.channel.scans import services as scanning
from app.channel.tours import services as tours
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import Model, db
from app.operate import demo, demo_channel
from app.operate.demo_channel_plans import make_steps
from app.operate.demo_pictures import receipt
from tests.support.clients import apart
from tests.support.operate import fresh_installation, succeed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.channel.brokers.models import Broker
    from app.kernel.access.actor import Actor
    from app.operate.demo_channel_people import Ground
    from app.operate.demo_channel_plans import Step

pytestmark = pytest.mark.process

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
FEW, EVERYTHING = 80, 781  # the seed of a plan in which everything happens that can
VERBS = {
    "enter", "report", "scan", "tour", "visit", "visitor_tour", "follow", "fee", "void", "close", "reopen",
    "handle", "rebind", "expire", "warn",
}  # fmt: skip
# Table → what differs by nature: made at random, or numbered in another order.
WRITTEN: dict[str, set[str]] = {
    "referral": {"qr_token"}, "referral_key": {"id"}, "referral_report": set(), "binding": set(),
    "binding_key": set(), "onsite_scan": set(), "tour": set(), "tour_follow_up": set(), "collision": set(),
    "rebind_log": set(), "viewing_fee": set(), "broker_tally": {"id"}, "operation_log": {"id"},
    "audit_head": set(), "notification": {"id"}, "daily_sequence": set(),
    "attachment": {"id", "storage_name", "thumbnail_name"},
}  # fmt: skip


class ByServices:
    """Carries out the steps by the operations that people would call."""

    def __init__(self, ground: Ground, actors: Mapping[str, Actor], brokers: Mapping[str, Broker]) -> None:
        self.ground, self.actors, self.brokers = ground, actors, brokers
        self.made: dict[tuple[str, int], int] = {}

    def write(self, steps: Iterable[Step]) -> int:
        for step in steps:
            with clock.frozen(step.moment), unscoped("test: the steps know their records"):
                getattr(self, step.verb)(step, self.actors.get(step.who))
                db.session.flush()
        return 0

    def referral(self, key: int) -> Referral:
        return db.session.get_one(Referral, self.made["referral", key])

    def enter(self, step, actor) -> None:
        values = dict(step.values)
        broker, wished = self.brokers[values.pop("broker")], values.pop("consultant", None)
        made = services.enter_referral(
            **values,
            consultant_id=self.actors[wished].id if wished else None,
            for_broker_id=None if broker.id == actor.id else broker.id,
            actor=actor,
        )
        self.made["referral", step.key] = made.id

    def report(self, step, actor) -> None:
        services.report_referral(self.made["referral", step.key], actor=actor)

    def _scan(self, token, step, actor) -> None:
        consultant = self.actors[step.values["consultant"]].id
        scanning.scan(token=token, consultant_id=consultant, actor=actor)

    def scan(self, step, actor) -> None:
        self._scan(self.referral(step.key).qr_token, step, actor)

    def visit(self, step, actor) -> None:
        self._scan(self.ground.visitors[step.key].qr_token, step, actor)

    def _tour(self, token, step, actor) -> None:
        made = tours.record_tour(token=token, intention=step.values["intention"], actor=actor)
        self.made["tour", step.values["tour"]] = made.id

    def tour(self, step, actor) -> None:
        self._tour(self.referral(step.key).qr_token, step, actor)

    def visitor_tour(self, step, actor) -> None:
        self._tour(self.ground.visitors[step.key].qr_token, step, actor)

    def follow(self, step, actor) -> None:
        tours.follow_tour(self.made["tour", step.key], **step.values, actor=actor)

    def fee(self, step, actor) -> None:
        made = fees.create_fee(
            referral_id=self.made["referral", step.key],
            amount=step.values["amount"],
            screenshot=receipt(step.values["amount"]),
            token=f"demo-{step.values['fee']}",
            actor=actor,
        )
        self.made["fee", step.values["fee"]] = made.id

    def void(self, step, actor) -> None:
        fees.void_fee(self.made["fee", step.key], **step.values, actor=actor)

    def close(self, step, actor) -> None:
        closing.close_referral(self.made["referral", step.key], **step.values, actor=actor)

    def reopen(self, step, actor) -> None:
        closing.reopen_referral(self.made["referral", step.key], **step.values, actor=actor)

    def handle(self, step, actor) -> None:
        values = dict(step.values)
        found = select(Collision).where(
            Collision.bound_referral_id == self.made["referral", step.key],
            Collision.referral_id == self.made["referral", values.pop("other")],
            Collision.handled_at.is_(None),
        )
        collisions.handle_collision(db.session.scalars(found).one().id, **values, actor=actor)

    def rebind(self, step, actor) -> None:
        broker, reason = self.brokers[step.values["broker"]], step.values["reason"]
        pk = self.made["referral", step.key]
        rebinding.rebind_referral(pk, broker_id=broker.id, reason=reason, actor=actor)

    def expire(self, _step, _actor) -> None:
        expiry.expire_due_bindings()

    def warn(self, _step, _actor) -> None:
        expiry.warn_due_bindings()


def _rows(table: str) -> list[list[tuple[str, str]]]:
    found = db.session.connection().execute(select(Model.metadata.tables[table])).mappings()
    dropped = WRITTEN[table]
    return sorted([(k, str(v)) for k, v in row.items() if k not in dropped] for row in found)


@pytest.mark.slow
def test_plat_16_channel_demo_rows_are_those_that_the_services_write(tmp_path, monkeypatch):
    verbs: set[str] = set()

    def everything(*args: Any, **more: Any) -> list[Step]:
        steps = make_steps(*args, **more, seed=EVERYTHING)
        verbs.update(one.verb for one in steps)
        return steps

    monkeypatch.setattr(demo_channel, "make_steps", everything)
    with (
        clock.frozen(NOW),
        fresh_installation("sqlite", tmp_path / "fast") as fast,
        fresh_installation("sqlite", tmp_path / "slow") as slow,
    ):
        shutil.copy(tmp_path / "fast" / "keys.json", tmp_path / "slow" / "keys.json")
        for app in (fast, slow):
            succeed(app, "init")
        apart(fast, lambda: demo.load_demo(0, FEW))
        monkeypatch.setattr(demo_channel, "ChannelWriter", ByServices)
        apart(slow, lambda: demo.load_demo(0, FEW))
        assert verbs == VERBS
        for table in WRITTEN:
            one, other = (apart(app, lambda: _rows(table)) for app in (fast, slow))  # noqa: B023
            assert one == other, table
            assert one, f"{table} is empty: nothing was compared"
