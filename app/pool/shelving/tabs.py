"""The tab of a customer's steps onto and off the shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.customers.shared import choices
from app.customers.shared.parts import CustomerPart, Lines, history
from app.customers.shared.presentation import name_of
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import code_tag, local_time
from app.kernel.pages.tabs import TIME, TabColumn, newest_table
from app.org.shared.models import Staff
from app.pool.shelving.choices import SHELF_ACTION
from app.pool.shelving.models import ShelfLog
from app.pool.shelving.queries import shelf_log_of
from app.pool.shelving.serializers import ShelfRecord, shelf_records

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab

_SHELF_LOG = (
    TIME,
    TabColumn("action", _("What"), lambda row: code_tag(SHELF_ACTION, row.action)),
    TabColumn("who", _("Who"), lambda row: row.staff_name),
    TabColumn("department", _("Department"), lambda row: name_of(row.department)),
    TabColumn("handler", _("Handler"), lambda row: name_of(row.handler)),
    TabColumn("reason", _("Reason"), lambda row: choices.UNSHELVE_REASON.label(row.reason)),
    TabColumn("remark", _("Remark"), lambda row: row.remark, wide=True),
    TabColumn("next_contact", _("Next contact"), lambda row: row.next_contact_at),
)


def shelf_log_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the shelf log: person, time and reason of each step."""
    return newest_table(shelf_log_of(customer), ShelfLog, page, _SHELF_LOG, _("Never shelved or unshelved"))


def _shelved(row: ShelfRecord) -> tuple[str, str]:
    why = [SHELF_ACTION.label(row["action"]), choices.UNSHELVE_REASON.label(row["reason"]), row["remark"]]
    return row["staff"]["name"], " · ".join(part for part in why if part)


def _entries(rows: Sequence[ShelfLog]) -> list[Entry]:
    return [
        Entry(
            row.staff_name,
            local_time(row.created_at),
            row.remark or "",
            " · ".join(filter(None, _circumstances(row))),
            [code_tag(SHELF_ACTION, row.action)],
        )
        for row in rows
    ]


def _circumstances(row: ShelfLog) -> list[str]:
    return [
        choices.UNSHELVE_REASON.label(row.reason),
        gettext("Handler: %(name)s", name=row.handler.name) if row.handler else "",
        gettext("Next contact: %(time)s", time=local_time(row.next_contact_at))
        if row.next_contact_at
        else "",
    ]


SHELF_LOG = CustomerPart(
    "shelf_log",
    _("Shelf log"),
    shelf_log_tab,
    lambda customer, _actor: shelf_log_of(customer),
    ShelfLog.created_at,
    shelf_records,
    ShelfRecord,
    _shelved,
    position=60,
    answers=history(ShelfLog.customer_id),
    lines=Lines(
        _entries,
        (joinedload(ShelfLog.handler).load_only(Staff.name),),
        "fa-layer-group",
        "gold",
        ("pool.shelve", "pool.unshelve"),
    ),
)
