"""Link customers that belong together, and dissolve the link (CUST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.groups import policies
from app.customers.shared.policies import can_edit_all
from app.customers.shared.queries import facts_for, get_customer
from app.kernel.database.numbering import next_code
from app.kernel.database.transactions import transactional
from app.kernel.errors import STATE, Decision, Invalid, NotFound
from app.kernel.translation import N_

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor

CODE_PREFIX = "GRP"


@transactional
def join_group(pk: int, *, customer_id: int, actor: Actor) -> Customer:
    """Link the customer with another one that the actor can open.

    The one without a group joins the other's; two without a group get a new one.

    :raises Invalid: when the other cannot be opened, or is another company's.
    :raises Denied: when they are in different groups, or together already.
    """
    first, last = _both(pk, customer_id, actor)
    customer, other = (first, last) if first.id == pk else (last, first)
    can_edit_all(actor, customer, facts_for(customer, actor)).enforce()
    if customer.link_code and other.link_code:
        _refuse(customer, other)
    code = customer.link_code or other.link_code or next_code(CODE_PREFIX)
    for one, its_other in ((customer, other), (other, customer)):
        if one.link_code is None:
            one.link_code = code
            audit.record(
                actor,
                "customer.join_group",
                one,
                N_("Linked with %(other)s"),
                {"link_code": ("", code)},
                other=its_other.code,
            )
    return customer


def _both(pk: int, customer_id: int, actor: Actor) -> tuple[Customer, Customer]:
    """Return both customers, locked in one order whichever links the other."""
    if pk == customer_id:
        raise Invalid(customer_id=_("Choose another customer"))
    get_customer(pk, actor=actor)
    try:
        first, last = (get_customer(one, actor=actor, lock=True) for one in sorted((pk, customer_id)))
    except NotFound:
        raise Invalid(customer_id=_("Not one of the choices")) from None
    if first.company_id != last.company_id:
        raise Invalid(customer_id=_("Not one of the choices"))
    return first, last


def _refuse(customer: Customer, other: Customer) -> None:
    same = customer.link_code == other.link_code
    Decision(
        allowed=False,
        code="customer.same_group" if same else "customer.other_group",
        message=_("These two are linked already")
        if same
        else _("Both belong to different groups; leave one of them first"),
        status=STATE,
        field="customer_id",
    ).enforce()


@transactional
def leave_group(pk: int, *, actor: Actor) -> Customer:
    """Remove the customer from its group; the others stay together."""
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_leave_group(actor, customer, facts_for(customer, actor)).enforce()
    before, customer.link_code = customer.link_code, None
    audit.record(actor, "customer.leave_group", customer, N_("Link dissolved"), {"link_code": (before, "")})
    return customer
