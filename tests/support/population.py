"""Customers in every lawful state, with every kind of responsible person, demand, member and push.

Written straight into the tables: many of these states are later operations' to make.
"""

from __future__ import annotations

from itertools import count, product
from typing import TYPE_CHECKING, Any

from app.customers.models import Customer, CustomerDistrict, CustomerMember, Push
from app.kernel import clock
from app.kernel.db import db
from app.kernel.guard import unscoped
from app.org.models import Department, Staff

if TYPE_CHECKING:
    from collections.abc import Iterator

PEOPLE = ("agent", "agent2", "agent3", "manager", "regional", "finance", "admin", "other_agent")
DEMANDS = ((), ("锦江区",), ("青羊区",), ("成都市",), ("锦江区", "青羊区"))


class Population:
    """Inserts customers, one by one, with unique codes."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.numbers = count(1)
        self.staff = {name: db.session.get(Staff, world.actor(name).id) for name in PEOPLE}
        self.departments = db.session.query(Department).order_by(Department.id).all()

    def fill(self) -> int:
        """The whole population.  Answers its size."""
        for demand in DEMANDS:
            self._personal(demand)
            self._platform(demand)
        self._members_and_pushes()
        self.add(self._personal_of(self.staff["agent"]), deleted_at=clock.now())
        db.session.commit()
        return next(self.numbers) - 1

    def _personal_of(self, owner: Staff, status: str = "following") -> dict[str, Any]:
        return {
            "pool": "personal",
            "follow_status": status,
            "company_id": owner.company_id,
            "department_id": owner.department_id,
            "owner_id": owner.id,
            "handler_id": owner.id if status == "pending" else None,
        }

    def _personal(self, demand: tuple[str, ...]) -> None:
        for owner, status in product(self.staff.values(), ("following", "pending", "off_shelf")):
            self.add(self._personal_of(owner, status), demand)

    def _platform_states(self, department: Department) -> Iterator[dict[str, Any]]:
        """Handlers and holders may work in any department of the customer's company."""
        base = {"pool": "platform", "company_id": department.company_id, "department_id": department.id}
        yield {**base, "follow_status": "off_shelf"}
        yield {**base, "follow_status": "following"}
        for person in self.staff.values():
            if person.company_id == department.company_id:
                yield {**base, "follow_status": "following", "private_holder_id": person.id}
                yield {**base, "follow_status": "pending", "handler_id": person.id}

    def _platform(self, demand: tuple[str, ...]) -> None:
        for department in self.departments:
            for values in self._platform_states(department):
                self.add(values, demand)

    def _members_and_pushes(self) -> None:
        """On customers far from everybody: a colleague's in finance, and the other company's."""
        far = [self._personal_of(self.staff["finance"]), self._personal_of(self.staff["other_agent"])]
        far += [
            {"pool": "platform", "follow_status": "off_shelf", "company_id": d.company_id, "department_id": d.id}
            for d in (self.staff["finance"].department, self.staff["other_agent"].department)
        ]
        for values, person in product(far, self.staff.values()):
            for access in ("read", "write"):
                customer = self.add(values)
                row = CustomerMember(customer_id=customer.id, staff_id=person.id, access=access)
                db.session.add(row)
            for states in (("pending",), ("accepted",), ("rejected", "withdrawn"), ("rejected", "accepted")):
                customer = self.add(values)
                db.session.add_all(self._push(customer, person, state) for state in states)

    def _push(self, customer: Customer, receiver: Staff, state: str) -> Push:
        sender = self.staff["finance"]
        return Push(
            customer_id=customer.id,
            sender_id=sender.id,
            sender_department_id=sender.department_id,
            receiver_id=receiver.id,
            receiver_department_id=receiver.department_id,
            state=state,
            created_at=clock.now(),
        )

    def add(self, values: dict[str, Any], demand: tuple[str, ...] = (), **more: Any) -> Customer:
        """One customer."""
        number = next(self.numbers)
        customer = Customer(
            code=f"POP{number:06d}",
            name=f"客户{number}",
            kind="individual",
            created_at=clock.now(),
            created_by_id=self.staff["admin"].id,
            **values,
            **more,
        )
        db.session.add(customer)
        db.session.flush()
        for name in demand:
            district = self.world.district(name)
            db.session.add(CustomerDistrict(customer_id=customer.id, district_id=district.id))
        return customer


def everybody() -> list[Customer]:
    """All customers there are, whoever may see them, deleted ones included."""
    with unscoped("test: the population is compared with what each actor sees"):
        return db.session.query(Customer).order_by(Customer.id).all()
