"""PLAT-7: each setting does what its page says.  (The second factor's and the sessions' are in tests/org/sessions.)"""

from __future__ import annotations

import pytest

from app.customers.numbers.services import change_phone, reveal_phone
from app.customers.shared.settings import reveal_quota
from app.kernel.database.session import db
from app.kernel.errors import Decision, Denied, Invalid
from app.org.accounts.services import create_account
from app.org.sessions.signin import check_credentials
from app.system.settings.services import change_setting
from tests.support.make import make_customer, next_phone
from tests.support.people.world import PASSWORD
from tests.support.web.clients import apart


@pytest.fixture
def set_to(world):
    """Change a setting as the administrator."""
    return lambda name, value: change_setting(name, value=value, actor=world.actor("admin"))


@pytest.fixture
def limited_app(database):
    """Return an application with limits of sign-in."""
    return database.new_app({"KEPAN_RATE_LIMITS": "on"})


def test_acc_12_lockout_failures(limited_app, set_to):
    set_to("lockout_failures", 3)
    db.session.commit()
    for _ in range(3):
        assert apart(limited_app, lambda: check_credentials("agent", "wrong")) is None
    assert apart(limited_app, lambda: check_credentials("agent", PASSWORD)) is None
    assert apart(limited_app, lambda: check_credentials("agent2", PASSWORD)) is not None


def test_acc_12_lockout_minutes(limited_app, set_to):
    set_to("lockout_minutes", 2)
    db.session.commit()
    from datetime import timedelta

    from app.kernel import clock

    for _ in range(5):
        apart(limited_app, lambda: check_credentials("agent", "wrong"))
    assert apart(limited_app, lambda: check_credentials("agent", PASSWORD)) is None
    with clock.frozen(clock.now() + timedelta(minutes=2, seconds=1)):
        assert apart(limited_app, lambda: check_credentials("agent", PASSWORD)) is not None


@pytest.mark.parametrize(("length", "accepted"), [(17, False), (16, True)])
def test_acc_12_password_length(world, set_to, length, accepted):
    set_to("password_length", length)

    def create():
        return create_account(
            username="fresh",
            name="新人",
            password="Blaue-Wiese-2026",
            roles=["Agent"],
            actor=world.actor("admin"),
        )

    if accepted:
        assert create().id
    else:
        with pytest.raises(Invalid):
            create()


def test_acc_12_password_mixed(world, set_to):
    def create():
        return create_account(
            username="fresh",
            name="新人",
            password="nodigits-here-at-all",
            roles=["Agent"],
            actor=world.actor("admin"),
        )

    with pytest.raises(Invalid):
        create()
    set_to("password_mixed", False)
    assert create().id


def test_cust_7_dedupe_mode(world, set_to):
    number = make_customer(world.actor("agent")).phone.reveal()
    assert make_customer(world.actor("agent3"), phone=next_phone())
    set_to("dedupe_mode", "global")
    with pytest.raises(Denied) as caught:
        make_customer(world.actor("agent3"), phone=number)
    assert caught.value.decision.details["rule"] == "global"
    set_to("dedupe_mode", "by_owner")
    assert make_customer(world.actor("agent3"), phone=number)


def test_pool_6_phone_change_attempts(world, set_to):
    set_to("phone_change_attempts", 1)
    agent = world.actor("agent")
    customer = make_customer(agent)
    wrong = {"old_phone": next_phone(), "new_phone": next_phone(), "actor": agent}
    assert isinstance(change_phone(customer.id, **wrong), Decision)
    with pytest.raises(Denied) as caught:
        change_phone(customer.id, **wrong)
    assert caught.value.status == 429


def test_acc_10_reveal_quota(world, set_to):
    agent = world.actor("agent")
    first, second = make_customer(agent), make_customer(agent)
    set_to("reveal_quota.Agent", 1)
    assert (reveal_quota(agent), reveal_quota(world.actor("manager"))) == (1, 50)
    reveal_phone(first.id, purpose="回访", actor=agent)
    with pytest.raises(Denied) as caught:
        reveal_phone(second.id, purpose="回访", actor=agent)
    assert caught.value.status == 429
    set_to("reveal_quota.Agent", 2)
    reveal_phone(second.id, purpose="回访", actor=agent)
