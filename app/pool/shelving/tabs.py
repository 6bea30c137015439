"""The tab of a customer's steps onto and off the shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.parts import STAY, CustomerPart
from app.customers.shared.presentation import name_of
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.tabs import TIME, TabColumn, newest_table
from app.pool.shelving.choices import SHELF_ACTION
from app.pool.shelving.models import ShelfLog
from app.pool.shelving.queries import shelf_log_of
from app.pool.shelving.serializers import ShelfRecord, shelf_records

if TYPE_CHECKING:
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
    answers=STAY,
)
