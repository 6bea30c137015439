"""Writing the demo plans fast: the rows are those that ``create_customer``, ``follow_up``,
``update_customer`` and ``reveal_phone`` write, without their checks.  A test compares the two ways.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from app.audit import services as audit
from app.customers.duplicates import NumberPlace
from app.customers.editing import masked
from app.customers.grading import grade_of
from app.customers.intake import CODE_PREFIX, Responsibility, new_values, notify_handler, viewing_time
from app.customers.models import Customer, FollowUp, NumberReveal, PhoneClaim, Push
from app.customers.services import plan_contact
from app.kernel import clock
from app.kernel.database.numbering import DailySequence, code_of, day_of
from app.kernel.database.session import db
from app.kernel.fields.phones import read_phone
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from app.audit.models import AuditHead
    from app.kernel.access.actor import Actor
    from app.operate.demo_plans import Contact, Plan
    from app.org.shared.models import District, Staff

_BATCH = 250


class DemoWriter:
    """Writes plans in batches, in the caller's transaction."""

    def __init__(
        self, actors: Mapping[str, Actor], staff: Mapping[str, Staff], districts: Mapping[str, District]
    ) -> None:
        self.actors, self.staff, self.districts = actors, staff, districts
        self._codes: Counter[str] = Counter()

    def write(self, plans: Iterable[Plan]) -> int:
        """Write all plans.  Answers how many."""
        made = 0
        batch: list[Plan] = []
        for plan in plans:
            batch.append(plan)
            if len(batch) == _BATCH:
                made += self._write_batch(batch)
                batch = []
        made += self._write_batch(batch)
        for day, value in self._codes.items():
            db.session.add(DailySequence(prefix=CODE_PREFIX, day=day, value=value))
        db.session.flush()
        return made

    def _write_batch(self, plans: list[Plan]) -> int:
        customers = [self._customer(plan) for plan in plans]
        db.session.add_all(customers)
        db.session.flush()
        with db.session.no_autoflush:
            for plan, customer in zip(plans, customers, strict=True):
                _Life(self, plan, customer).write()
        db.session.flush()
        return len(plans)

    def _customer(self, plan: Plan) -> Customer:
        """As ``create_customer`` makes it."""
        fields = dict(plan.values)
        pool, kind, phone = fields.pop("pool"), fields.pop("kind"), fields.pop("phone")
        fields.pop("viewing_booked")
        wishes = {("demand_kind" if k == "kind" else k): v for k, v in fields.pop("demand", {}).items()}
        worker = self.staff[plan.worker]
        with clock.frozen(plan.moment):
            values = new_values(seat_of(pool, worker), kind, read_phone(phone), self.actors[plan.creator])
            customer = Customer(**values, **wishes, **fields)
            customer.code = self._next_code()
        customer.grade = grade_of(customer.annual_revenue, customer.cooperation_years, customer.deal_status)
        customer.demand_districts = [self.districts[name] for name in plan.districts]
        return customer

    def _next_code(self) -> str:
        day = day_of(clock.today())
        self._codes[day] += 1
        return code_of(CODE_PREFIX, day, self._codes[day])


def seat_of(pool: str, worker: Staff) -> Responsibility:
    """Where the worker's customers live."""
    if pool == "personal":
        return Responsibility(
            NumberPlace("personal", worker.department_id, worker.id), worker.company_id, owner=worker
        )
    return Responsibility(NumberPlace("platform", worker.department_id), worker.company_id, handler=worker)


class _Life:
    """What follows a creation, in the order of time."""

    def __init__(self, writer: DemoWriter, plan: Plan, customer: Customer) -> None:
        self.writer, self.plan, self.customer = writer, plan, customer
        self.worker = writer.actors[plan.worker]
        self.head: AuditHead = audit.create_head(customer)

    def write(self) -> None:
        """All of it."""
        with clock.frozen(self.plan.moment):
            self._creation()
        for contact in self.plan.contacts:
            with clock.frozen(contact.moment):
                self._contact(contact)
        if self.plan.deal:
            moment, status = self.plan.deal
            with clock.frozen(moment):
                self._deal(status)
        if self.plan.reveal:
            moment, purpose = self.plan.reveal
            with clock.frozen(moment):
                self._reveal(purpose)
        self._later()

    def _creation(self) -> None:
        customer, worker = self.customer, self.writer.staff[self.plan.worker]
        place = seat_of(customer.pool, worker).place
        claim = PhoneClaim(scope=place.scope, phone_index=customer.phone.index, customer_id=customer.id)
        db.session.add(claim)
        creator = self.writer.actors[self.plan.creator]
        code = customer.code
        audit.append(
            self.head, creator, "customer.create", customer, N_("Customer %(code)s created"), code=code
        )
        handler = worker if customer.pool == "platform" else None
        viewing = viewing_time(booked=self.plan.values["viewing_booked"], at=None)
        notify_handler(customer, handler, creator, viewing_at=viewing)

    def _contact(self, contact: Contact) -> None:
        customer, moment = self.customer, clock.now()
        made = FollowUp(
            customer_id=customer.id,
            author_id=self.worker.id,
            content=contact.content,
            method=contact.method,
            next_contact_at=contact.next_contact_at,
            counts=True,
            created_at=moment,
        )
        db.session.add(made)
        before = customer.follow_status
        planned = plan_contact(customer, contact.next_contact_at, self.worker)
        customer.note_follow_up(moment, planned, by_handler=customer.handler_id == self.worker.id)
        changed = {"follow_status": (before, customer.follow_status)}
        differences = changed if before != customer.follow_status else {}
        audit.append(
            self.head, self.worker, "customer.follow_up", customer, N_("Follow-up written"), differences
        )

    def _deal(self, status: str) -> None:
        customer = self.customer
        differences = {"deal_status": (customer.deal_status, status)}
        customer.deal_status = status
        grade = grade_of(customer.annual_revenue, customer.cooperation_years, status)
        if grade != customer.grade:
            differences["grade"] = (customer.grade, grade)
            customer.grade = grade
        customer.bump()
        log = {name: (masked(name, a), masked(name, b)) for name, (a, b) in differences.items()}
        audit.append(self.head, self.worker, "customer.update", customer, N_("Customer edited"), log)

    def _reveal(self, purpose: str) -> None:
        made = NumberReveal(
            customer_id=self.customer.id,
            staff_id=self.worker.id,
            department_id=self.worker.department_id,
            purpose=purpose,
            source=self.worker.source,
            created_at=clock.now(),
        )
        db.session.add(made)
        message = N_("Number revealed: %(purpose)s")
        audit.append(self.head, self.worker, "customer.reveal_phone", self.customer, message, purpose=purpose)

    def _later(self) -> None:
        """States that operations of the pool leave, and pushes that were answered."""
        customer = self.customer
        if self.plan.later == "off_shelf":
            customer.follow_status = "off_shelf"
            customer.clear_assignment()
        elif self.plan.later == "private":
            customer.private_holder = self.writer.staff[self.plan.worker]
            customer.private_department_id = self.worker.department_id
            customer.privatized_at = self._last_moment()
        if self.plan.push:
            db.session.add(self._push(*self.plan.push))

    def _push(self, receiver: str, state: str) -> Push:
        sent, colleague = self._last_moment(), self.writer.staff[receiver]
        return Push(
            customer_id=self.customer.id,
            sender_id=self.worker.id,
            sender_department_id=self.worker.department_id,
            receiver_id=colleague.id,
            receiver_department_id=colleague.department_id,
            state=state,
            created_at=sent,
            decided_at=sent + timedelta(minutes=40),
        )

    def _last_moment(self) -> datetime:
        return self.plan.contacts[-1].moment
