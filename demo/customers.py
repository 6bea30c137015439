"""The customers of the demo data: each step of the plan calls the service that a user would call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.customers.accounts.services import add_account
from app.customers.company_paths.services import add_path
from app.customers.contacts.services import add_contact
from app.customers.creation.services import create_customer
from app.customers.follow_ups.services import follow_up
from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shipping_marks.services import add_mark
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import District
from app.pool.holding.services import privatize_customer
from app.pool.pushes.services import accept_push, push_customer, reject_push
from app.pool.shelving.services import unshelve_customer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff
    from demo.customer_plans import Step


@transactional
def write_customers(staff: Mapping[str, Staff], steps: Iterable[Step]) -> None:
    """Run the steps in the order of time, all in one transaction."""
    history = _History(staff)
    for step in steps:
        with clock.frozen(step.moment):
            history.carry_out(step)


class _History:
    def __init__(self, staff: Mapping[str, Staff]) -> None:
        self.ids = {username: one.id for username, one in staff.items()}
        self.actors: dict[str, Actor] = {username: actor_by_username(username) for username in staff}
        self.districts = {one.name: one.id for one in db.session.scalars(select(District))}
        self.customers: dict[int, int] = {}  # key of the plan → id
        self.pushes: dict[int, int] = {}
        self.versions: dict[int, int] = {}

    def carry_out(self, step: Step) -> None:
        """Run one step."""
        services: dict[str, Callable[..., object]] = {
            "follow_up": follow_up,
            "reveal": reveal_phone,
            "unshelve": unshelve_customer,
            "privatize": privatize_customer,
            "contact": add_contact,
            "account": add_account,
            "path": add_path,
            "mark": add_mark,
        }
        actor = self.actors[step.who]
        if step.verb in services:
            services[step.verb](self.customers[step.key], **step.values, actor=actor)
        else:
            getattr(self, f"_{step.verb}")(step, actor)

    def _create(self, step: Step, actor: Actor) -> None:
        values: dict[str, Any] = dict(step.values)
        responsible = self.ids[values.pop("responsible")]
        values["handler_id" if values["pool"] == "platform" else "owner_id"] = responsible
        if "demand" in values:
            demand = dict(values["demand"])
            demand["district_ids"] = [self.districts[name] for name in demand.pop("districts")]
            values["demand"] = demand
        customer = create_customer(**values, actor=actor)
        self.customers[step.key], self.versions[step.key] = customer.id, customer.version

    def _update(self, step: Step, actor: Actor) -> None:
        pk, version = self.customers[step.key], self.versions[step.key]
        self.versions[step.key] = update_customer(
            pk, version=version, values=step.values, actor=actor
        ).version

    def _push(self, step: Step, actor: Actor) -> None:
        receiver = self.ids[step.values["receiver"]]
        self.pushes[step.key] = push_customer(self.customers[step.key], receiver_id=receiver, actor=actor).id

    def _accept(self, step: Step, actor: Actor) -> None:
        accept_push(self.pushes[step.key], actor=actor)

    def _reject(self, step: Step, actor: Actor) -> None:
        reject_push(self.pushes[step.key], actor=actor)
