"""CH-10, CH-11, CH-12, CH-13, CH-14, CH-17, CH-23, CH-24: referrals and bindings under any sequence of
operations.

Brokers enter, report and are scanned; the director rebinds, closes and decides; the administrator reopens;
time passes, also to the exact second of an end; the job runs or does not. A small model, without keys and
tables, predicts the result of each operation.
"""

from __future__ import annotations

from datetime import timedelta
from itertools import count as counting
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from app.channel.collisions.models import Collision
from app.channel.collisions.rebinding import rebind_referral
from app.channel.collisions.services import handle_collision
from app.channel.ranking.queries import totals
from app.channel.referrals import services
from app.channel.referrals.deals import close_referral, reopen_referral
from app.channel.referrals.expiry import expire_due_bindings
from app.channel.referrals.models import Referral
from app.channel.referrals.queries import TABS, count_tabs, referrals_in
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.errors import Denied
from tests.support.channel.scene import START, check_invariants, every

A, B, C = ("138", "0001"), ("138", "0002"), ("138", "0003")
NUMBERS = [[A], [B], [A, B], [B, A], [B, C], [C]]
BROKERS = ["broker1", "broker2", "broker3"]
PERIOD = timedelta(days=30)

_names = counting(1)
_days = counting(0, 2000)


class Machine(RuleBasedStateMachine):
    """One customer's name, three brokers, three numbers in six combinations."""

    channel = None  # set by the test

    def __init__(self):
        super().__init__()
        self.name = f"客{next(_names)}"
        self.now = START + timedelta(days=next(_days))
        self.made = {}
        self.clock = clock.frozen(self.now)
        self.clock.__enter__()

    def teardown(self):
        self.clock.__exit__(None, None, None)
        super().teardown()

    def _move(self, moment):
        self.clock.__exit__(None, None, None)
        self.now = moment
        self.clock = clock.frozen(moment)
        self.clock.__enter__()

    def _pick(self, number):
        return list(self.made.values())[number % len(self.made)]

    def _state(self, one):
        return "expired" if one.state == "bound" and one.ends <= self.now else one.state

    def _holders(self, one):
        """Return other live bindings that hold one of its numbers."""
        return [
            other
            for other in self.made.values()
            if other is not one and self._state(other) in {"bound", "closed"} and other.held & one.numbers
        ]

    def _try(self, call, expected=""):
        """Call the operation, which must be refused with the expected code, or succeed."""
        if not expected:
            return call()
        with pytest.raises(Denied) as refused:
            call()
        assert refused.value.code == expected
        return None

    def _settle(self, one):
        """Update the model by what an operation on the customer writes in passing."""
        one.state = self._state(one)

    @initialize(
        several=st.lists(
            st.tuples(st.sampled_from(BROKERS), st.sampled_from(NUMBERS)), min_size=4, max_size=6
        )
    )
    def begin(self, several):
        """Create several customers first: short sequences would rarely collide otherwise."""
        for key, numbers in several:
            self.enter(key, numbers, report=True)
        self.arrive(0)

    @rule(key=st.sampled_from(BROKERS), numbers=st.sampled_from(NUMBERS), report=st.booleans())
    def enter(self, key, numbers, report):
        mine = {"".join(one) for one in numbers}
        known = [one for one in self.made.values() if one.key == key and one.numbers & mine]
        done = self._try(
            lambda: self.channel.enter(key, self.name, numbers, report=report),
            "referral.duplicate" if known else "",
        )
        if done is not None:
            self.made[done.id] = SimpleNamespace(
                id=done.id, key=key, numbers=mine, held=set(), ends=None, token=report,
                state="reported" if report else "entered", before="", reached=1 + report,
            )  # fmt: skip

    @precondition(lambda self: self.made)
    @rule(number=st.integers(0, 20))
    def report(self, number):
        one = self._pick(number)
        self._settle(one)
        services.report_referral(one.id, actor=self.channel.actor(one.key))
        one.token, one.reached = True, max(one.reached, 2)
        if one.state in {"entered", "expired"}:
            one.state = "reported"

    @precondition(lambda self: any(one.token for one in self.made.values()))
    @rule(number=st.integers(0, 20))
    def scan(self, number):
        codes = [one for one in self.made.values() if one.token]
        one = codes[number % len(codes)]
        state, holders = self._state(one), self._holders(one)
        expected, refusal = "bound", ""
        if state in {"bound", "closed"}:
            expected = "revisit"
        elif [other for other in holders if other.key != one.key]:
            expected = "collision"
        elif holders:
            expected = "revisit"
        elif state != "reported":
            refusal = "referral.expired" if state == "expired" else "referral.not_reported"
        done = self._try(lambda: self.channel.scan(self._stored(one)), refusal)
        if done is None:
            return
        assert done.result == expected
        if expected == "bound":
            one.state, one.ends, one.held = "bound", self.now + PERIOD, set(one.numbers)
            one.reached = max(one.reached, 3)

    @precondition(lambda self: self.made)
    @rule(number=st.integers(0, 20))
    def arrive(self, number):
        """Report and scan on the same day, as most customers are, so that bindings do not depend on luck."""
        self.report(number)
        one = self._pick(number)
        self.scan([other for other in self.made.values() if other.token].index(one))

    @precondition(lambda self: any(self._state(one) == "bound" for one in self.made.values()))
    @rule(number=st.integers(0, 20), key=st.sampled_from(BROKERS))
    def rebind_one_that_is_bound(self, number, key):
        bound = [one for one in self.made.values() if self._state(one) == "bound"]
        self.rebind(list(self.made.values()).index(bound[number % len(bound)]), key)

    @precondition(lambda self: self.made)
    @rule(number=st.integers(0, 20), key=st.sampled_from(BROKERS))
    def rebind(self, number, key):
        one = self._pick(number)
        state = self._state(one)
        mine = [o for o in self.made.values() if o.key == key and o.numbers & one.held]
        target = min(mine, key=lambda other: other.id) if mine else None
        refusal = {"closed": "referral.closed", "bound": ""}.get(state, "referral.not_bound")
        if not refusal and key == one.key:
            refusal = "referral.same_broker"
        if not refusal and target is not None and [o for o in self._holders(target) if o is not one]:
            refusal = "referral.bound_elsewhere"
        broker = self.channel.brokers[key].id
        director = self.channel.actor("director")
        done = self._try(
            lambda: rebind_referral(one.id, broker_id=broker, reason="…", actor=director), refusal
        )
        if done is None:
            return
        if target is None:
            (row,) = [r for r in self._rows() if r.id not in self.made]
            target = self.made[row.id] = SimpleNamespace(
                id=row.id, key=key, numbers=set(one.numbers), token=False, before="", reached=1
            )
        target.state, target.ends, target.held = "bound", one.ends, one.held | target.numbers
        target.reached = max(target.reached, 3)
        one.state, one.held, one.reached = "reported", set(), 2

    @precondition(lambda self: self.made)
    @rule(number=st.integers(0, 20))
    def close(self, number):
        one = self._pick(number)
        state = self._state(one)
        refusal = {"entered": "referral.not_reported", "closed": "referral.closed"}.get(state, "")
        if not refusal and self._holders(one):
            refusal = "referral.bound_elsewhere"
        day, director = clock.today(), self.channel.actor("director")
        if self._try(lambda: close_referral(one.id, closed_on=day, actor=director), refusal) is not None:
            one.before, one.state = (state, one.reached), "closed"
            one.reached = 4
            one.held |= one.numbers
            if state != "bound":
                one.held = set(one.numbers)

    @precondition(lambda self: self.made)
    @rule(number=st.integers(0, 20))
    def reopen(self, number):
        one = self._pick(number)
        refusal = "" if one.state == "closed" else "referral.not_closed"
        done = self._try(lambda: reopen_referral(one.id, reason="…", actor=self.channel.admin), refusal)
        if done is not None:
            one.state, one.reached = one.before
            self._settle(one)
            if one.state != "bound":
                one.held = set()

    @rule(outcome=st.sampled_from(["keep", "other"]))
    def decide(self, outcome):
        mine = Collision.referral_id.in_(self.made), Collision.handled_at.is_(None)
        for collision in every(Collision, *mine)[:1]:
            director = self.channel.actor("director")
            handle_collision(collision.id, outcome=outcome, note="…", actor=director)

    @rule(days=st.sampled_from([1, 10, 29, 30, 31]))
    def wait(self, days):
        self._move(self.now + timedelta(days=days))

    @precondition(lambda self: any(self._state(one) == "bound" for one in self.made.values()))
    @rule(number=st.integers(0, 20), seconds=st.sampled_from([-1, 0, 1]))
    def wait_for_an_end(self, number, seconds):
        ends = [one.ends for one in self.made.values() if self._state(one) == "bound"]
        moment = ends[number % len(ends)] + timedelta(seconds=seconds)
        self._move(max(moment, self.now))

    @rule(runs=st.booleans())
    def look_at_the_lists(self, runs):
        """The lists show the same before and after the job."""
        self._lists_agree()
        while runs and expire_due_bindings():
            self._lists_agree()

    def _rows(self):
        db.session.rollback()
        return [row for row in every(Referral) if row.given_name == self.name]

    def _stored(self, one):
        return next(row for row in self._rows() if row.id == one.id)

    @invariant()
    def every_referral_is_in_the_state_that_the_model_says(self):
        found = {row.id: (row.present_state, row.furthest_stage) for row in self._rows()}
        assert found == {pk: (self._state(one), one.reached) for pk, one in self.made.items()}

    @invariant()
    def tables_agree(self):
        check_invariants()

    def _lists_agree(self):
        """Tabs partition the list and have the right counts; the ranking has the right numbers."""
        for who in ("director", "broker1"):
            actor = self.channel.actor(who)
            tabs = {tab: {row.id for row in db.session.scalars(referrals_in(actor, tab))} for tab in TABS}
            assert sum(len(tabs[tab]) for tab in TABS[1:]) == len(tabs["all"])
            assert set().union(*(tabs[tab] for tab in TABS[1:])) == tabs["all"]
            assert count_tabs(actor) == {tab: len(found) for tab, found in tabs.items()}
        rows = every(Referral)
        found = totals(self.channel.actor("director"))
        numbers = [found[state] for state in ("entered", "reported", "bound", "closed")]
        assert numbers == [sum(row.furthest_stage >= stage for row in rows) for stage in range(1, 5)]


@pytest.mark.slow
def test_ch_10_any_sequence_of_operations_keeps_referrals_and_bindings_lawful(channel):
    run = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],  # the database goes on from one example to the next: nothing to shrink
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(type("Bound", (Machine,), {"channel": channel}), settings=run)
