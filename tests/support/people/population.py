"""Customers in every possible state, with every kind of responsible person, demand, member and push.

Written straight into the tables, because only later operations would make many of these states.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, product
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from app.customers.shared.models import Customer, CustomerDistrict, CustomerMember
from app.customers.shared.pushes import Push
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.org.shared.models import Department, Staff

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.kernel.access.actor import Actor

PEOPLE = ("agent", "agent3", "manager", "regional", "finance", "other_agent")
# All kinds of people of the world, those without a staff profile too.
EVERYBODY = (*PEOPLE, "agent2", "admin", "auditor", "broker", "visitor")
# Moments of the population lie after this one, with many ties; a third was never followed up.
START = datetime(2026, 1, 5, tzinfo=UTC)
DEMANDS = ((), ("锦江区",), ("青羊区",), ("成都市",), ("锦江区", "青羊区"))


class Population:
    """Inserts customers, one by one, with unique codes."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.numbers = count(1)
        self.made: list[tuple[Customer, list[int]]] = []
        self.ties: list[tuple[Customer, Any]] = []
        self.staff = {name: db.session.get(Staff, world.actor(name).id) for name in PEOPLE}
        self.departments = db.session.query(Department).order_by(Department.id).all()

    def fill(self) -> int:
        """Insert the whole population. Return its size."""
        for demand in DEMANDS:
            self._personal(demand)
            self._platform(demand)
        self._members_and_pushes()
        self.add(self._personal_of(self.staff["agent"]), deleted_at=clock.now())
        self.write()
        return len(self.made)

    def insert_followed(self, number: int) -> None:
        """Insert many personal customers of the agent, which are followed, and nothing else."""
        agent = self.staff["agent"]
        for _ in range(number):
            self.add(
                {"pool": "personal", "follow_status": "following", "company_id": agent.company_id,
                 "department_id": agent.department_id, "owner_id": agent.id}
            )  # fmt: skip
        self.write()

    def write(self) -> None:
        """Insert all customers at once, then their related rows."""
        db.session.add_all([customer for customer, _demand in self.made])
        db.session.flush()
        for customer, demand in self.made:
            db.session.add_all(CustomerDistrict(customer_id=customer.id, district_id=pk) for pk in demand)
        for customer, tie in self.ties:
            tie.customer_id = customer.id
            db.session.add(tie)
        db.session.commit()

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
            self.add(self._personal_of(owner, status) | {"department_id": self._another(owner)}, demand)

    def _another(self, owner: Staff) -> int:
        """Return a department of the owner's company where the owner does not work: the two may differ."""
        others = [d.id for d in self.departments if d.company_id == owner.company_id]
        return next(pk for pk in others if pk != owner.department_id)

    def _platform_states(self, department: Department) -> Iterator[dict[str, Any]]:
        """Generate platform customers: handlers and holders may work in any department of the customer's
        company.
        """
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
        """Add members and pushes to customers that are otherwise out of everyone's reach."""
        far = [self._personal_of(self.staff["finance"]), self._personal_of(self.staff["other_agent"])]
        far += [
            {
                "pool": "platform",
                "follow_status": "off_shelf",
                "company_id": d.company_id,
                "department_id": d.id,
            }
            for d in (self.staff["finance"].department, self.staff["other_agent"].department)
        ]
        for values, person in product(far, self.staff.values()):
            for access in ("read", "write"):
                customer = self.add(values)
                self.ties.append((customer, CustomerMember(staff_id=person.id, access=access)))
            for states in (("pending",), ("accepted",), ("rejected", "withdrawn"), ("rejected", "accepted")):
                customer = self.add(values)
                self.ties += [(customer, self._push(person, state)) for state in states]

    def _push(self, receiver: Staff, state: str) -> Push:
        sender = self.staff["finance"]
        return Push(
            sender_id=sender.id,
            sender_department_id=sender.department_id,
            receiver_id=receiver.id,
            receiver_department_id=receiver.department_id,
            state=state,
            created_at=clock.now(),
        )

    def add(self, values: dict[str, Any], demand: tuple[str, ...] = (), **more: Any) -> Customer:
        """Add one customer."""
        number = next(self.numbers)
        customer = Customer(
            code=f"POP{number:06d}",
            name=f"客户{number}",
            kind="individual",
            created_at=START + timedelta(hours=number % 37),
            last_follow_up_at=START + timedelta(days=number % 11) if number % 3 else None,
            created_by_id=self.world.actor("admin").id,
            **values,
            **more,
        )
        self.made.append((customer, [self.world.district(name).id for name in demand]))
        return customer


def everybody() -> list[Customer]:
    """Return all customers, deleted ones included."""
    with unscoped("test: the population is compared with what each actor sees"):
        return db.session.query(Customer).order_by(Customer.id).all()


def _subsets(values: Iterable[int]) -> Any:
    return st.frozensets(st.sampled_from(sorted(values)))


@st.composite
def arbitrary_actors(draw: Any, world: Any, customers: list[Customer]) -> Actor:
    """Generate any actor, also one that no role gives today; the own department is always ``below``."""
    departments = {row.department_id: row.company_id for row in customers}
    districts = {district.id for row in customers for district in row.demand_districts}
    person = world.actor(draw(st.sampled_from(EVERYBODY)))
    if person.department_id is None:
        return replace(person, districts=draw(_subsets(districts)))
    own = draw(st.sampled_from(sorted(departments)))
    return replace(
        person,
        department_id=own,
        company_id=departments[own],
        sees_all=draw(st.booleans()) and draw(st.booleans()) and draw(st.booleans()),
        reads_all=draw(st.booleans()) and draw(st.booleans()) and draw(st.booleans()),
        scope=draw(_subsets(departments)),
        managed=draw(_subsets(departments)),
        below=draw(_subsets(departments)) | {own},
        districts=draw(_subsets(districts)),
    )
