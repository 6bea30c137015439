"""How a customer is shown on pages: its tags and the cells of lists and details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext, ngettext
from markupsafe import Markup

from app.customers.labels.queries import CATEGORIES, TAGS, category_label, terms_of
from app.customers.shared import choices, idle
from app.customers.shared.activity import activity_of
from app.kernel.clock import now
from app.kernel.pages.formatting import code_tag, join_html, join_names, local_time, tag
from app.org.shared.fields import department_name, staff_name

if TYPE_CHECKING:
    from datetime import datetime

    from app.customers.shared.models import Customer

_SOON = 7  # days


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
    if customer.sinosure_insured:
        tags.append(tag(gettext("Sinosure-insured"), "green"))
    if not customer.enabled:
        tags.append(tag(gettext("Disabled"), "red"))
    return tags


def next_contact(customer: Customer) -> Any:
    """Show the next contact, highlighted when overdue."""
    if customer.next_contact_at and customer.next_contact_at < now():
        said = f"{local_time(customer.next_contact_at)} {tag(gettext('Overdue'), 'red')}"
        return Markup(f'<span class="u-overdue">{said}</span>')  # noqa: S704 - digits and a tag
    return customer.next_contact_at


def days_left(customer: Customer) -> Any:
    """Show the days until the customer goes into the public pool, highlighted for the last ones (POOL-19)."""
    left = idle.days_left(customer)
    if left is None or left > _SOON:
        return left
    return tag(ngettext("%(num)s day", "%(num)s days", left), "red" if left <= 1 else "orange")


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


def business_types(customer: Customer) -> str:
    """Show the business types."""
    return join_names(choices.BUSINESS_TYPE.label(code) for code in customer.business_types or ())


def tax_rate(customer: Customer) -> str:
    """Show the tax rate in per cent."""
    return "" if customer.tax_rate is None else f"{customer.tax_rate.normalize():f}%"


def annual_revenue(customer: Customer) -> str:
    """Show the yearly revenue with its currency."""
    return "" if customer.annual_revenue is None else f"{customer.annual_revenue:,.2f} {gettext('CNY')}"


def cooperation_years(customer: Customer) -> str:
    """Show for how many years the customer has worked with the company."""
    years = customer.cooperation_years
    return "" if years is None else gettext("%(n)s years", n=f"{years.normalize():f}")


def website_link(customer: Customer) -> str:
    """Show the website as a link."""
    if not customer.website:
        return ""
    link = Markup('<a href="{0}" rel="noreferrer noopener" target="_blank">{0}</a>')
    return link.format(customer.website)


def tags(customer: Customer) -> Markup:
    """Show the tags in their colours (CUST-23)."""
    return join_html([tag(one.name, one.tone) for one in TAGS.named_in(customer.tag_ids)])


def tag_names(customer: Customer) -> str:
    """Return the names of the tags, for the spreadsheet."""
    return join_names(one.name for one in TAGS.named_in(customer.tag_ids))


def categories(customer: Customer) -> str:
    """Show the categories, each with those above it (CUST-24)."""
    return join_names(category_label(one.id) for one in CATEGORIES.named_in(customer.category_ids))


def terms(customer: Customer) -> str:
    """Show what the customer inherits from its categories (CUST-24)."""
    found = terms_of(customer.category_ids)
    parts = [
        gettext("credit at most %(amount)s CNY", amount=f"{found.credit_ceiling:,.2f}")
        if found.credit_ceiling is not None
        else "",
        gettext("payment within %(n)s days", n=found.payment_days) if found.payment_days is not None else "",
        *found.service_standards,
    ]
    return " · ".join(filter(None, parts))


def activity(customer: Customer) -> Markup:
    """Show the activity as a tag (CUST-30)."""
    return code_tag(choices.ACTIVITY, activity_of(customer))


def activity_text(customer: Customer) -> str:
    """Return the activity, for the spreadsheet."""
    return choices.ACTIVITY.label(activity_of(customer))
