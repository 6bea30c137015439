"""The responsible person and the department of a new customer (POOL-1, POOL-2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.creation import policies
from app.customers.duplicates.places import NumberPlace, number_place_of_owner
from app.customers.shared.queries import FOLLOWING_UP
from app.kernel.errors import Invalid, forbidden
from app.org.departments.queries import find_department
from app.org.staff.queries import get_colleague

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.org.shared.models import Department, Staff


@dataclass(frozen=True)
class Responsibility:
    """The responsible person and department of a new customer."""

    place: NumberPlace
    company_id: int
    owner: Staff | None = None
    handler: Staff | None = None

    @property
    def is_nobodys(self) -> bool:
        """Tell whether the customer goes straight into the public pool."""
        return self.owner is None and self.handler is None


def _personal_responsibility(owner_id: int | None, actor: Actor) -> Responsibility:
    wanted = owner_id or actor.id
    owner = get_colleague(wanted, actor=actor, may=FOLLOWING_UP)
    if owner is None:
        if owner_id is None:
            forbidden("customer.no_staff", _("Only staff can own customers")).enforce()
        raise Invalid(owner_id=_("Not one of the choices"))
    policies.can_create_for_owner(actor, owner.id, has_scope=actor.has_scope_over(owner)).enforce()
    return Responsibility(number_place_of_owner(owner, actor), owner.company_id, owner=owner)


def _pool_responsibility(department_id: int | None, handler_id: int | None, actor: Actor) -> Responsibility:
    """Return the department of a customer that goes into the public pool, without a handler (POOL-2)."""
    if handler_id is not None:
        raise Invalid(handler_id=_("Nobody handles a customer in the public pool"))
    wanted = department_id or actor.department_id
    department = find_department(wanted, actor=actor) if wanted else None
    if department is None:
        raise Invalid(department_id=_("Not one of the choices"))
    policies.can_create_in_department(actor, department.id).enforce()
    return Responsibility(NumberPlace("platform", department.id), department.company_id)


def _platform_responsibility(
    handler_id: int | None, department_id: int | None, actor: Actor
) -> Responsibility:
    if handler_id is None:
        raise Invalid(handler_id=_("A platform customer needs a handler"))
    handler = get_colleague(handler_id, actor=actor, may=FOLLOWING_UP)
    if handler is None:
        raise Invalid(handler_id=_("Not one of the choices"))
    department: Department | None = handler.department
    if department_id is not None:
        department = find_department(department_id, actor=actor)
    if department is None:
        raise Invalid(department_id=_("Not one of the choices"))
    if department.company_id != handler.company_id:
        raise Invalid(department_id=_("The handler belongs to another company than the department"))
    policies.can_create_in_department(actor, department.id).enforce()
    return Responsibility(NumberPlace("platform", department.id), handler.company_id, handler=handler)


def responsibility_for(
    pool: str,
    owner_id: int | None,
    handler_id: int | None,
    department_id: int | None,
    actor: Actor,
    *,
    into_pool: bool,
) -> Responsibility:
    """Return who is responsible for a new customer of the pool, where the actor may choose so.

    :raises Invalid: for a person or department that cannot be chosen.
    :raises Denied: when the actor may not create customers there.
    """
    if pool == "platform" and into_pool:
        return _pool_responsibility(department_id, handler_id, actor)
    if pool == "platform":
        return _platform_responsibility(handler_id, department_id, actor)
    return _personal_responsibility(owner_id, actor)
