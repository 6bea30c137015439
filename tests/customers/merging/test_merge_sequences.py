"""CUST-9, CUST-32: after any sequence of transfers, follow-ups, pushes, merges and undos nothing open belongs to
somebody without the customer, nothing hangs on a merged file, and no row is lost.
"""

from __future__ import annotations

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from app.customers.follow_ups.services import follow_up
from app.customers.merging.kept import rows_of
from app.customers.merging.services import merge_customers
from app.customers.merging.undo import unmerge_customer
from app.customers.shared.models import Customer, FollowUp, Push
from app.customers.transfers.services import transfer_customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import KepanError
from app.notices.models import Todo
from app.pool.pushes.services import push_customer
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.api.fuzz import bounded
from tests.support.make import make_customer, restart_numbers
from tests.support.traces import stored

OWNERS = ("agent", "agent2", "manager")
FILES, EXAMPLES, STEPS = 4, 8, 14
which, owners = st.integers(0, FILES - 1), st.sampled_from(OWNERS)


class Merges(RuleBasedStateMachine):
    """Four files of three owners of one department, changed by their superior."""

    def __init__(self, database, seen) -> None:
        super().__init__()
        self.database, self.world, self.seen = database, database.world, seen

    @initialize()
    def begin(self) -> None:
        db.session.remove()
        self.database.restore()
        restart_numbers()
        self.boss = self.world.actor("regional")
        owned = [self.world.actor(name) for name in (*OWNERS, "agent")]
        self.files = [make_customer(owner).id for owner in owned]
        self.written = 0

    def _try(self, name, call) -> None:
        try:
            call()
        except KepanError as error:
            self.seen[name, error.status] = self.seen.get((name, error.status), 0) + 1
            db.session.rollback()
        else:
            self.seen[name, 200] = self.seen.get((name, 200), 0) + 1

    @rule(place=which, owner=owners)
    def transfer(self, place, owner) -> None:
        to = self.world.actor(owner).id
        self._try(
            "transfer", lambda: transfer_customer(self.files[place], owner_id=to, reason="x", actor=self.boss)
        )

    @rule(place=which, owner=owners, days=st.integers(1, 9))
    def plan(self, place, owner, days) -> None:
        """The owner plans the next contact: an open to-do."""

        def call():
            actor = self.world.actor(owner)
            if stored(self.files[place])["owner_id"] != actor.id:
                return
            at = clock.now() + timedelta(days=days)
            follow_up(self.files[place], content="x", method="phone", next_contact_at=at, actor=actor)
            self.written += 1

        self._try("plan", call)

    @rule(place=which)
    def push(self, place) -> None:
        receiver = self.world.actor("agent3").id
        self._try("push", lambda: push_customer(self.files[place], receiver_id=receiver, actor=self.boss))

    @rule(place=which, off=st.booleans())
    def shelf(self, place, off) -> None:
        step = {"reason": "other"} if off else {"remark": "x"}
        service = unshelve_customer if off else shelve_customer
        self._try("shelf", lambda: service(self.files[place], **step, actor=self.boss))

    @rule(into=which, of=which)
    def merge(self, into, of) -> None:
        self._try(
            "merge", lambda: merge_customers(self.files[into], other_ids=[self.files[of]], actor=self.boss)
        )

    @rule(place=which)
    def unmerge(self, place) -> None:
        self._try("unmerge", lambda: unmerge_customer(self.files[place], actor=self.boss))

    @invariant()
    def nothing_open_belongs_to_somebody_without_the_customer(self) -> None:
        db.session.commit()
        with unscoped("test"):
            open_todos = select(Todo.assignee_id, Customer.owner_id, Customer.deleted_at).join(
                Customer, Customer.id == Todo.customer_id
            )
            rows = db.session.execute(open_todos.where(Todo.state == "open")).all()
            waiting = select(Customer.deleted_at).join(Push, Push.customer_id == Customer.id)
            pushed = db.session.scalars(waiting.where(Push.state == "pending")).all()
        assert all(assignee == owner and gone is None for assignee, owner, gone in rows), rows
        assert not any(pushed)

    @invariant()
    def nothing_hangs_on_a_merged_file(self) -> None:
        merged = [pk for pk in self.files if stored(pk)["merged_into_id"] is not None]
        left = {key[0] for key in rows_of(merged)} if merged else set()
        assert left <= {"customer_district", "notification"}

    @invariant()
    def no_follow_up_is_lost(self) -> None:
        counted = select(func.count()).select_from(FollowUp).where(FollowUp.content == "x", FollowUp.counts)
        assert db.session.scalar(counted) == self.written


def test_cust_32_any_sequence_of_merges_keeps_what_is_promised(database, world):
    seen: dict[tuple[str, int], int] = {}
    bounds = settings(bounded(EXAMPLES), stateful_step_count=STEPS)
    run_state_machine_as_test(lambda: Merges(database, seen), settings=bounds)
    assert {name for name, status in seen if status == 200} >= {"merge", "unmerge", "transfer", "plan"}
