"""How a customer is shown on pages: its tags and the cells of lists and details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from markupsafe import Markup

from app.customers.shared import choices
from app.customers.shared.fields import CODES, FIELDS
from app.customers.shared.models import Customer
from app.kernel.clock import now
from app.kernel.pages.formatting import code_tag, join_names, local_time, tag
from app.org.shared.fields import department_name, staff_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.customers.shared.fields import CustomerField


def name_of(record: Any) -> str:
    """Return the name of a related record, or an empty text."""
    return record.name if record is not None else ""


def status_tags(customer: Customer) -> list[Markup]:
    """Show pool, follow status and private holding as tags."""
    tags = [
        code_tag(choices.POOL, customer.pool),
        code_tag(choices.FOLLOW_STATUS, customer.follow_status),
    ]
    if customer.is_private:
        tags.append(tag(gettext("Private"), "cyan"))
    if not customer.enabled:
        tags.append(tag(gettext("Disabled"), "red"))
    return tags


def next_contact(customer: Customer) -> Any:
    """Show the next contact, highlighted when overdue."""
    if customer.next_contact_at and customer.next_contact_at < now():
        return Markup('<span class="u-overdue">{} {}</span>').format(
            local_time(customer.next_contact_at), tag(gettext("Overdue"), "red")
        )
    return customer.next_contact_at


def amount_range(low: Any, high: Any, unit: str) -> str:
    """Format a range like ``800,000 – 1,200,000 CNY``."""
    if low is None and high is None:
        return ""
    ends = ["" if end is None else f"{end:,.0f}" if end == int(end) else f"{end:,.2f}" for end in (low, high)]
    return f"{ends[0]} – {ends[1]} {unit}".strip()


def _code_cell(one: CustomerField) -> Callable[[Customer], Any]:
    def cell(customer: Customer) -> Any:
        code = getattr(customer, one.name)
        return code_tag(CODES[one.name], code) if one.is_tagged else CODES[one.name].label(code)

    return cell


def _name_cell(relation: str) -> Callable[[Customer], str]:
    return lambda customer: name_of(getattr(customer, relation))


def _step(by_id: int | None, at: datetime | None, department_id: int | None) -> str:
    """Say which person did something last, from which department and when."""
    who = staff_name(by_id) if by_id else ""
    where = department_name(department_id) if department_id else ""
    return " · ".join(filter(None, (who, where, local_time(at) if at else "")))


FORMATTERS: dict[str, Callable[[Customer], Any]] = {
    **{one.name: _code_cell(one) for one in FIELDS if one.codes and hasattr(Customer, one.name)},
    **{name: _name_cell(name) for name in ("owner", "handler", "private_holder", "department", "district")},
    "phone": lambda c: str(c.phone or ""),
    "status": lambda c: code_tag(choices.FOLLOW_STATUS, c.follow_status),
    "responsible": lambda c: name_of(c.owner or c.private_holder or c.handler),
    "held": lambda c: tag(gettext("Private"), "cyan") if c.is_private else tag(gettext("Public"), "gray"),
    "held_by": lambda c: _step(c.private_holder_id, c.privatized_at, c.private_department_id),
    "assigned": lambda c: _step(c.assigned_by_id, c.assigned_at, c.assigned_department_id),
    "last_shelved": lambda c: _step(c.last_shelved_by_id, c.last_shelved_at, c.last_shelved_department_id),
    "last_unshelved": lambda c: _step(
        c.last_unshelved_by_id, c.last_unshelved_at, c.last_unshelved_department_id
    ),
    "demand_districts": lambda c: join_names(d.name for d in c.demand_districts),
    "price": lambda c: amount_range(c.price_min, c.price_max, gettext("CNY")),
    "area": lambda c: amount_range(c.area_min, c.area_max, "m²"),
    "rooms": lambda c: amount_range(c.rooms_min, c.rooms_max, gettext("rooms")),
    "next_contact_at": next_contact,
    "website": lambda c: (
        Markup('<a href="{0}" rel="noreferrer noopener" target="_blank">{0}</a>').format(c.website)
        if c.website
        else ""
    ),
}
