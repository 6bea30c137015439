"""The pool's tabs on a customer: its pushes and its way onto and off the shelf (POOL-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers import choices
from app.customers.models import Push
from app.customers.parts import CustomerPart
from app.customers.show import name_of
from app.kernel.pages import Column, Row, TableTab, cell, code_tag, local_time
from app.kernel.tabs import newest_page
from app.pool.choices import SHELF_ACTION
from app.pool.models import ShelfLog
from app.pool.queries import pushes_of, shelf_log_of
from app.pool.records import PushRecord, ShelfRecord, push_records, shelf_records

if TYPE_CHECKING:
    from app.customers.models import Customer


def pushes_tab(customer: Customer, page: int) -> TableTab:
    """To whom the customer was offered, and what became of it."""
    rows, more = newest_page(pushes_of(customer), Push, page)
    columns = [
        Column("time", gettext("Time")),
        Column("sender", gettext("Sender")),
        Column("receiver", gettext("Receiver")),
        Column("state", gettext("State")),
        Column("remark", gettext("Remark"), wide=True),
        Column("answer", gettext("Answer"), wide=True),
        Column("decided_at", gettext("Answered")),
    ]
    shown = [
        Row(
            row.id,
            "",
            {
                "time": local_time(row.created_at),
                "sender": f"{row.sender.name} · {row.sender_department.name}",
                "receiver": f"{row.receiver.name} · {row.receiver_department.name}",
                "state": code_tag(choices.PUSH_STATE, row.state),
                "remark": cell(row.remark),
                "answer": cell(row.answer),
                "decided_at": cell(row.decided_at),
            },
        )
        for row in rows
    ]
    return TableTab(columns, shown, gettext("Never pushed to a colleague"), more)


def shelf_log_tab(customer: Customer, page: int) -> TableTab:
    """Who shelved and unshelved the customer, when and why."""
    rows, more = newest_page(shelf_log_of(customer), ShelfLog, page)
    columns = [
        Column("time", gettext("Time")),
        Column("action", gettext("What")),
        Column("who", gettext("Who")),
        Column("department", gettext("Department")),
        Column("handler", gettext("Handler")),
        Column("reason", gettext("Reason")),
        Column("remark", gettext("Remark"), wide=True),
    ]
    shown = [
        Row(
            row.id,
            "",
            {
                "time": local_time(row.created_at),
                "action": code_tag(SHELF_ACTION, row.action),
                "who": row.staff_name,
                "department": cell(name_of(row.department)),
                "handler": cell(name_of(row.handler)),
                "reason": cell(choices.UNSHELVE_REASON.label(row.reason)),
                "remark": cell(row.remark),
            },
        )
        for row in rows
    ]
    return TableTab(columns, shown, gettext("Never shelved or unshelved"), more)


def _pushed(row: PushRecord) -> tuple[str, str]:
    receiver = row["receiver"]["name"] if row["receiver"] else ""
    return (row["sender"]["name"] if row["sender"] else "", f"→ {receiver}")


def _shelved(row: ShelfRecord) -> tuple[str, str]:
    why = [SHELF_ACTION.label(row["action"]), choices.UNSHELVE_REASON.label(row["reason"]), row["remark"]]
    return row["staff"]["name"], " · ".join(part for part in why if part)


PARTS = (
    CustomerPart(
        "pushes",
        _("Pushes"),
        pushes_tab,
        lambda customer, _actor: pushes_of(customer),
        Push.created_at,
        push_records,
        PushRecord,
        _pushed,
        position=50,
    ),
    CustomerPart(
        "shelf_log",
        _("Shelf log"),
        shelf_log_tab,
        lambda customer, _actor: shelf_log_of(customer),
        ShelfLog.created_at,
        shelf_records,
        ShelfRecord,
        _shelved,
        position=60,
    ),
)
