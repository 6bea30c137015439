"""How a customer is shown on pages: cells, sections and the tabs of the detail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.audit.queries import actor_name, operations_of, shown_value, source_label
from app.customers import choices
from app.customers.editing import field_label
from app.customers.fields import CODES, FIELDS
from app.customers.models import Customer, FollowUp, NumberReveal
from app.customers.queries import reveals_of, visible_follow_ups
from app.kernel.access.current import current_actor
from app.kernel.clock import now
from app.kernel.files.attachments import files_by_subject
from app.kernel.pages.elements import Entry, TimelineTab
from app.kernel.pages.files import file_link
from app.kernel.pages.formatting import code_tag, join_names, local_time, tag
from app.kernel.pages.tabs import TIME, TabColumn, newest_page, newest_table, one_page, table_of
from app.org.shared.fields import department_name, staff_name

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.customers.fields import CustomerField
    from app.kernel.pages.elements import TableTab


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


def follow_ups_tab(customer: Customer, page: int) -> TimelineTab:
    """Return the timeline of follow-ups, newest first."""
    rows, more = newest_page(visible_follow_ups(customer, current_actor()), FollowUp, page)
    files = files_by_subject(FollowUp.__files__, [row.id for row in rows])
    entries = [
        Entry(
            title=row.author.name,
            time=local_time(row.created_at),
            text=row.content,
            meta=gettext("Next contact: %(time)s", time=local_time(row.next_contact_at))
            if row.next_contact_at
            else "",
            tags=[tag(choices.METHOD.label(row.method), "blue")],
            files=[file_link(one) for one in files[row.id]],
        )
        for row in rows
    ]
    return TimelineTab(entries, gettext("No follow-up yet; write the first one"), more)


_EDITS = (
    TabColumn("time", _("Time"), lambda edit: edit[0].at),
    TabColumn("who", _("Who"), lambda edit: actor_name(edit[0])),
    TabColumn("field", _("Field"), lambda edit: field_label(edit[1])),
    TabColumn("before", _("Before"), lambda edit: shown_value("customer", edit[1], edit[2])),
    TabColumn("after", _("After"), lambda edit: shown_value("customer", edit[1], edit[3])),
)


def edits_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of edits: person, field, before and after."""
    rows, more = one_page(operations_of(customer, edits_only=True), page)
    edits = [(row, name, before, after) for row in rows for name, (before, after) in row.differences.items()]
    return table_of(edits, _EDITS, _("Nothing was edited yet"), more=more)


_REVEALS = (
    TIME,
    TabColumn("who", _("Who"), lambda row: row.staff.name),
    TabColumn("department", _("Department"), lambda row: row.department.name),
    TabColumn("purpose", _("Purpose"), lambda row: row.purpose, wide=True),
    TabColumn("source", _("From address"), lambda row: source_label(row.source)),
)


def reveals_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of reveals of the number."""
    empty = _("Nobody looked at this number yet")
    return newest_table(reveals_of(customer), NumberReveal, page, _REVEALS, empty)
