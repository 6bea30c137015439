"""The pool's tabs of a customer: its pushes and its shelf log (POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.models import Push
from app.customers.shared.parts import STAY, Answers, CustomerPart
from app.customers.shared.presentation import name_of
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.tabs import TIME, TabColumn, newest_table
from app.pool.choices import SHELF_ACTION
from app.pool.models import ShelfLog
from app.pool.pushing import withdraw_all, withdraw_from_receiver
from app.pool.queries import pushes_of, shelf_log_of
from app.pool.records import PushRecord, ShelfRecord, push_records, shelf_records

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab

_PUSHES = (
    TIME,
    TabColumn("sender", _("Sender"), lambda row: f"{row.sender.name} · {row.sender_department.name}"),
    TabColumn("receiver", _("Receiver"), lambda row: f"{row.receiver.name} · {row.receiver_department.name}"),
    TabColumn("state", _("State"), lambda row: code_tag(choices.PUSH_STATE, row.state)),
    TabColumn("remark", _("Remark"), lambda row: row.remark, wide=True),
    TabColumn("answer", _("Answer"), lambda row: row.answer, wide=True),
    TabColumn("decided_at", _("Answered"), lambda row: row.decided_at),
)
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


def pushes_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's pushes and their states."""
    found = pushes_of(customer, current_actor())
    return newest_table(found, Push, page, _PUSHES, _("Never pushed to a colleague"))


def shelf_log_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the shelf log: person, time and reason of each step."""
    return newest_table(shelf_log_of(customer), ShelfLog, page, _SHELF_LOG, _("Never shelved or unshelved"))


def _pushed(row: PushRecord) -> tuple[str, str]:
    receiver = row["receiver"]["name"] if row["receiver"] else ""
    return (row["sender"]["name"] if row["sender"] else "", f"→ {receiver}")


def _shelved(row: ShelfRecord) -> tuple[str, str]:
    why = [SHELF_ACTION.label(row["action"]), choices.UNSHELVE_REASON.label(row["reason"]), row["remark"]]
    return row["staff"]["name"], " · ".join(part for part in why if part)


PUSHES = CustomerPart(
    "pushes",
    _("Pushes"),
    pushes_tab,
    pushes_of,
    Push.created_at,
    push_records,
    PushRecord,
    _pushed,
    position=50,
    answers=Answers(hand_over=withdraw_from_receiver, unshelve=withdraw_all),
    is_basic=True,
)
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
