"""How a customer is shown on pages: its tags and the cells of lists and details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from markupsafe import Markup

from app.customers.shared import choices
from app.kernel.clock import now
from app.kernel.pages.formatting import code_tag, join_names, local_time, tag
from app.org.shared.fields import department_name, staff_name

if TYPE_CHECKING:
    from datetime import datetime

    from app.customers.shared.models import Customer


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
        said = f"{local_time(customer.next_contact_at)} {tag(gettext('Overdue'), 'red')}"
        return Markup(f'<span class="u-overdue">{said}</span>')  # noqa: S704 - digits and a tag
    return customer.next_contact_at


def amount_range(low: Any, high: Any, unit: str) -> str:
    """Format a range like ``800,000 – 1,200,000 CNY``."""
    if low is None and high is None:
        return ""
    ends = ["" if end is None else f"{end:,.0f}" if end == int(end) else f"{end:,.2f}" for end in (low, high)]
    return f"{ends[0]} – {ends[1]} {unit}".strip()


def phone(customer: Customer) -> str:
    """Show the masked number."""
    return str(customer.phone or "")


def status_text(customer: Customer) -> str:
    """Return the follow status, and whether it is held privately, for the spreadsheet (PLAT-6)."""
    shown = choices.FOLLOW_STATUS.label(customer.follow_status)
    return f"{shown} · {gettext('Private')}" if customer.is_private else shown


def responsible(customer: Customer) -> str:
    """Show who answers for the customer: owner, holder or handler."""
    return name_of(customer.owner or customer.private_holder or customer.handler)


def held(customer: Customer) -> Markup:
    """Show whether it is held privately."""
    return tag(gettext("Private"), "cyan") if customer.is_private else tag(gettext("Public"), "gray")


def _step(by_id: int | None, at: datetime | None, department_id: int | None) -> str:
    """Say which person did something last, from which department and when."""
    who = staff_name(by_id) if by_id else ""
    where = department_name(department_id) if department_id else ""
    return " · ".join(filter(None, (who, where, local_time(at) if at else "")))


def held_by(customer: Customer) -> str:
    """Say who holds it privately, from which department and since when."""
    return _step(customer.private_holder_id, customer.privatized_at, customer.private_department_id)


def assigned(customer: Customer) -> str:
    """Say who assigned it."""
    return _step(customer.assigned_by_id, customer.assigned_at, customer.assigned_department_id)


def last_shelved(customer: Customer) -> str:
    """Say who put it back on the shelf last."""
    return _step(customer.last_shelved_by_id, customer.last_shelved_at, customer.last_shelved_department_id)


def last_unshelved(customer: Customer) -> str:
    """Say who took it off the shelf last."""
    return _step(
        customer.last_unshelved_by_id, customer.last_unshelved_at, customer.last_unshelved_department_id
    )


def demand_districts(customer: Customer) -> str:
    """Show the districts where the customer looks."""
    return join_names(district.name for district in customer.demand_districts)


def price(customer: Customer) -> str:
    """Show the range of prices."""
    return amount_range(customer.price_min, customer.price_max, gettext("CNY"))


def area(customer: Customer) -> str:
    """Show the range of areas."""
    return amount_range(customer.area_min, customer.area_max, "m²")


def rooms(customer: Customer) -> str:
    """Show the range of rooms."""
    return amount_range(customer.rooms_min, customer.rooms_max, gettext("rooms"))


def website_link(customer: Customer) -> str:
    """Show the website as a link."""
    if not customer.website:
        return ""
    link = Markup('<a href="{0}" rel="noreferrer noopener" target="_blank">{0}</a>')
    return link.format(customer.website)
