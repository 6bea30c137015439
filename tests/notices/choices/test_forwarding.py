"""OFF-10: notices are sent by the channels that their recipient chose, and not in quiet hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.keys import keys
from app.notices.choices import forwarding
from app.notices.choices.forwarding import forward_notices, has_notices_to_forward
from app.notices.choices.models import NoticeChoice
from app.notices.choices.queries import choices_of
from app.notices.choices.services import choose_notices
from app.notices.outbox import delivery
from app.notices.outbox.models import OutgoingMessage
from app.notices.services import mark_read, notify
from app.org.shared.models import Account

MESSAGE = "New customer to handle: %(name)s"
ADDRESS = "chen@example.com"
EVENING = clock.from_local(datetime(2026, 3, 2, 23, 0))
MORNING = clock.from_local(datetime(2026, 3, 3, 8, 0))


class _Provider:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, letter) -> None:
        self.sent.append(letter.subject)


@pytest.fixture
def post(monkeypatch) -> _Provider:
    """Every channel has a provider, and everybody an address."""
    made = _Provider()
    monkeypatch.setattr(delivery, "provider_for", lambda _channel, _settings: made)
    found = forwarding.Recipient(ADDRESS, "zh")
    monkeypatch.setattr(forwarding, "_finders", [lambda _pk, _channel: found])
    return made


@pytest.fixture
def choose(world):
    """``choose(("customer", "email"), quiet=(1320, 480))`` as the agent."""

    def put(*wanted: tuple[str, str], quiet=None, who: str = "agent") -> None:
        actor = world.actor(who)
        user = db.session.get_one(Account, actor.id)
        choose_notices(user, wanted=wanted, quiet=quiet, reachable=["email", "sms"], actor=actor)

    return put


@transactional
def _tell(world, who: str = "agent", *, kind: str = "customer") -> int:
    made = notify(world.actor(who).id, MESSAGE, name="王小明", kind=kind)
    db.session.flush()
    return made.id


def _queued() -> list[tuple[str, bool]]:
    rows = select(OutgoingMessage.channel, OutgoingMessage.is_urgent).order_by(OutgoingMessage.id)
    return [(channel, urgent) for channel, urgent in db.session.execute(rows)]


@pytest.mark.both
def test_off_10_a_notice_leaves_once_by_each_chosen_channel(world, post, choose):
    choose(("customer", "email"), ("customer", "sms"))
    _tell(world)
    _tell(world, kind="push")
    _tell(world, "agent2")
    assert has_notices_to_forward()
    assert forward_notices(dry_run=True) == {"notifications to forward": 2}
    assert forward_notices() == {"notifications forwarded": 2}
    assert not has_notices_to_forward()
    assert forward_notices() == {"notifications forwarded": 0}
    assert sorted(_queued()) == [("email", False), ("sms", False)]
    delivery.send_due()
    assert post.sent == ["有新客户待您处理：王小明"] * 2
    assert keys().fernet.decrypt(db.session.scalars(select(OutgoingMessage.recipient_cipher)).first()) == (
        ADDRESS.encode()
    )


def test_off_10_what_was_read_or_came_before_the_choice_is_not_sent(world, post, choose):
    _tell(world)
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        choose(("customer", "email"))
        assert not has_notices_to_forward()
        _tell(world)
        mark_read(actor=world.actor("agent"))
        assert not has_notices_to_forward()


def test_off_10_after_a_day_the_inbox_is_enough(world, post, choose):
    choose(("customer", "email"))
    _tell(world)
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert not has_notices_to_forward()


def test_off_10_without_an_address_the_channel_is_given_up(world, post, choose, monkeypatch):
    choose(("customer", "email"), ("customer", "sms"))
    found = forwarding.Recipient("13800001234", "zh")
    monkeypatch.setattr(forwarding, "_finders", [lambda _pk, channel: found if channel == "sms" else None])
    _tell(world)
    forward_notices()
    assert [channel for channel, _urgent in _queued()] == ["sms"]
    assert choices_of(world.actor("agent").id) == {("customer", "sms")}


@pytest.mark.both
def test_off_10_quiet_hours_delay_what_is_not_urgent(world, post, choose):
    night = (22 * 60, 8 * 60)
    with clock.frozen(EVENING - timedelta(hours=2)):
        choose(("customer", "email"), ("security", "email"), quiet=night)
    with clock.frozen(EVENING):
        _tell(world)
        _tell(world, kind="security")
        forward_notices()
        delivery.send_due()
        assert sorted(_queued()) == [("email", False), ("email", True)]
        assert len(post.sent) == 1, "security at once"
        assert not delivery.has_due_messages(), "the other one is not looked at again all night"
    with clock.frozen(MORNING - timedelta(seconds=1)):
        delivery.send_due()
        assert len(post.sent) == 1
    with clock.frozen(MORNING):
        delivery.send_due()
        assert len(post.sent) == 2
    attempts = db.session.scalars(select(OutgoingMessage.attempts)).all()
    assert list(attempts) == [1, 1], "waiting was no try"


def test_off_10_messages_that_belong_to_nobodys_choice_know_no_quiet_hours(world, post, choose):
    with clock.frozen(EVENING):
        choose(quiet=(22 * 60, 8 * 60))
        transactional(delivery.queue)("sms", "13800001234", "123456", purpose="Code by SMS")
        delivery.send_due()
    assert len(post.sent) == 1


def test_off_10_an_urgent_kind_cannot_be_muted(world, choose):
    choose()
    assert choices_of(world.actor("agent").id) == {("security", "email")}


@pytest.mark.parametrize(
    ("wanted", "quiet", "reachable"),
    [
        ({("nothing", "email")}, None, ["email"]),
        ({("customer", "pigeon")}, None, ["email"]),
        ({("customer", "sms")}, None, ["email"]),
        ({("collision", "email")}, None, ["email"]),
        (set(), (60, 60), ["email"]),
        (set(), (-1, 60), []),
        (set(), (0, 1440), []),
    ],
)
def test_off_10_a_choice_that_there_is_not_is_refused_whole(world, wanted, quiet, reachable):
    actor = world.actor("agent")
    user = db.session.get_one(Account, actor.id)
    with pytest.raises(Invalid):
        choose_notices(user, wanted=wanted, quiet=quiet, reachable=reachable, actor=actor)
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(NoticeChoice)) == 0
