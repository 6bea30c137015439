"""CH-17: a protection is over at its very second for every rule and list, job or not; the job and its warnings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.channel.collisions.rebinding import rebind_referral
from app.channel.referrals.expiry import count_due, count_to_warn, expire_due_bindings, warn_due_bindings
from app.channel.referrals.models import Binding, BindingKey, Referral, is_live, present_state
from app.channel.referrals.queries import count_tabs, referrals_in
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from tests.support.channel.scene import (
    START,
    again,
    at,
    check_invariants,
    count,
    every,
    notices_of,
    operations,
)
from tests.support.databases.race import race, sorted_out
from tests.support.people.accounts import set_setting

pytestmark = pytest.mark.both

END = timedelta(days=30)


def _state_in_sql(referral, moment):
    table = Referral.__table__.c
    return db.session.scalar(scoped(select(present_state(moment)).where(table.id == referral.id)))


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(-1, "bound"), (-0.000001, "bound"), (0, "expired"), (0.000001, "expired"), (1, "expired")],
)
def test_ch_17_over_exactly_at_its_end_in_python_and_sql_alike(channel, seconds, state):
    referral = channel.bound("broker1")
    with at(START + END, seconds=seconds) as moment:
        stored = again(referral)
        assert stored.present_state == stored.state_at(moment) == _state_in_sql(referral, moment) == state
        (binding,) = every(Binding)
        in_sql = db.session.scalar(select(is_live(moment)).where(Binding.id == binding.id))
        assert binding.lives_at(moment) == bool(in_sql) == (state == "bound")
        assert (stored.protected_until is not None) == (state == "bound")
        broker = channel.actor("broker1")
        found = {tab: list(db.session.scalars(referrals_in(broker, tab))) for tab in ("bound", "expired")}
        assert [len(found["bound"]), len(found["expired"])] == ([1, 0] if state == "bound" else [0, 1])
        assert count_tabs(broker)[state] == 1


def test_ch_17_a_closed_binding_does_not_run_out(channel):
    from app.channel.referrals.deals import close_referral

    referral = channel.bound("broker1")
    close_referral(referral.id, closed_on=START.date(), actor=channel.actor("director"))
    with at(days=4000) as moment:
        assert again(referral).present_state == _state_in_sql(referral, moment) == "closed"
        assert count_due() == expire_due_bindings() == 0


def test_ch_17_the_job_writes_state_log_and_notice_once(channel):
    first = channel.bound("broker1")
    with at(days=1):
        second = channel.bound("broker2", "小红")
    with at(START + END, seconds=-1):
        assert (count_due(), expire_due_bindings()) == (0, 0)
    with at(START + END):
        assert (count_due(), expire_due_bindings(), expire_due_bindings()) == (1, 1, 0)
    stored = again(first)
    assert (stored.state, stored.furthest_stage, stored.expires_at) == ("expired", 3, START + END)
    (binding, live) = every(Binding)
    assert (binding.state, binding.ended_at, live.state) == ("expired", START + END, "live")
    assert operations(first)[-1] == "referral.expire"
    assert notices_of(first.broker_id)[-1] == "The protection of %(name)s (%(code)s) is over"
    assert [row.binding_id for row in every(BindingKey)] == [live.id]
    assert again(second).state == "bound"
    check_invariants()


def test_ch_17_the_job_goes_batch_by_batch(channel):
    for number in range(7):
        channel.bound("broker1", f"客{number}")
    with at(days=31):
        assert [expire_due_bindings(3) for _ in range(4)] == [3, 3, 1, 0]
        check_invariants()
    assert {row.state for row in every(Referral)} == {"expired"}


def test_ch_17_what_a_running_operation_holds_is_left_to_it(app, channel, database):
    if database.backend == "sqlite":
        return  # SQLite has one writer: no lock can be held beside the job
    first, second = channel.bound("broker1"), channel.bound("broker2", "小红")
    db.session.commit()
    with at(days=31):
        table = Referral.__table__
        with db.engine.begin() as other:
            other.execute(select(table.c.id).where(table.c.id == first.id).with_for_update())
            assert expire_due_bindings() == 1
        assert (again(first).state, again(second).state) == ("bound", "expired")
        assert expire_due_bindings() == 1
        assert again(first).state == "expired"


def test_ch_17_two_jobs_at_once_do_nothing_twice(app, channel):
    made = [channel.bound("broker1", f"客{number}") for number in range(12)]
    with at(days=31):
        won, codes = sorted_out(race(app, [lambda: expire_due_bindings(100)] * 4))
        while expire_due_bindings():
            pass
        assert (len(won), codes) == (4, [])
        for referral in made:
            assert operations(referral).count("referral.expire") == 1
        notices = notices_of(channel.brokers["broker1"].id)
        assert notices.count("The protection of %(name)s (%(code)s) is over") == 12
        check_invariants()


def test_ch_17_the_job_and_a_scan_at_once(app, channel):
    """Whichever is first: the old protection ends once, and the other broker's customer is bound."""
    first, other = channel.bound("broker1"), channel.report("broker2")
    with at(days=31):
        outcomes = race(app, [lambda: channel.scan(other).result, expire_due_bindings])
        assert outcomes[0] == "bound"
        assert operations(first).count("referral.expire") == 1
        assert (again(first).state, again(other).state) == ("expired", "bound")
        check_invariants()


WARNING = "The protection of %(name)s (%(code)s) ends on %(day)s"


def test_ch_27_brokers_are_warned_once_on_each_day_of_the_setting(channel):
    referral = channel.bound("broker1")
    for warned, days in enumerate((7, 3, 1)):
        with at(START + END, days=-days, seconds=-1):
            assert (count_to_warn(), warn_due_bindings()) == (0, 0)
        with at(START + END, days=-days) as moment:
            assert (count_to_warn(), warn_due_bindings(), warn_due_bindings()) == (1, 1, 0)
            (binding,) = every(Binding)
            assert (binding.warned_at, binding.warned_days) == (moment, days)
        assert notices_of(referral.broker_id).count(WARNING) == warned + 1
    with at(START + END):
        assert warn_due_bindings() == 0


def test_ch_27_days_that_passed_while_the_job_did_not_run_are_one_warning(channel):
    referral = channel.bound("broker1")
    with at(START + END, days=-2):
        assert (warn_due_bindings(), warn_due_bindings()) == (1, 0)
    with at(START + END, days=-1):
        assert (warn_due_bindings(1), warn_due_bindings(1)) == (1, 0)
    assert notices_of(referral.broker_id).count(WARNING) == 2


def test_ch_27_other_days_count_from_now_on_and_a_rebinding_warns_the_new_broker(channel):
    referral = channel.bound("broker1")
    with at(START + END, days=-6):
        assert warn_due_bindings() == 1
        set_setting("protection_warning_days", (6, 2))
        assert (warn_due_bindings(), warn_due_bindings()) == (1, 0)
        receiver = channel.brokers["broker2"].id
        rebind_referral(referral.id, broker_id=receiver, reason="他先带看", actor=channel.actor("director"))
        assert [(one.warned_at, one.warned_days) for one in every(Binding)] == [(None, None)]
        assert (warn_due_bindings(), warn_due_bindings()) == (1, 0)
    assert (notices_of(referral.broker_id).count(WARNING), notices_of(receiver).count(WARNING)) == (2, 1)


def test_ch_27_two_simultaneous_jobs_warn_each_broker_once(app, channel):
    made = [channel.bound("broker1", f"客{number}") for number in range(6)]
    with at(START + END, days=-1):
        won, codes = sorted_out(race(app, [lambda: warn_due_bindings(100)] * 4))
        while warn_due_bindings():
            pass
        assert (len(won), codes) == (4, [])
    assert notices_of(made[0].broker_id).count(WARNING) == 6


def test_ch_27_an_empty_list_sends_no_warning(channel):
    channel.bound("broker1")
    set_setting("protection_warning_days", ())
    with at(START + END, seconds=-1):
        assert (count_to_warn(), warn_due_bindings()) == (0, 0)


def test_ch_17_days_are_counted_in_whole_days_whatever_the_zone(channel):
    """An end is a moment in UTC, shown in Shanghai: as long after the scan on both clocks."""
    referral = channel.bound("broker1")
    local = clock.to_local(again(referral).expires_at) - clock.to_local(again(referral).bound_at)
    assert local == END
    assert count(Binding) == 1
