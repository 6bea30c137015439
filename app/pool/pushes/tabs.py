"""The tab of a customer's pushes (POOL-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.models import Push
from app.customers.shared.parts import Answers, CustomerPart
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.tabs import TIME, TabColumn, newest_table
from app.pool.pushes.queries import pushes_of
from app.pool.pushes.serializers import PushRecord, push_records
from app.pool.pushes.services import withdraw_all, withdraw_from_receiver

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


def pushes_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's pushes and their states."""
    found = pushes_of(customer, current_actor())
    return newest_table(found, Push, page, _PUSHES, _("Never pushed to a colleague"))


def _pushed(row: PushRecord) -> tuple[str, str]:
    receiver = row["receiver"]["name"] if row["receiver"] else ""
    return (row["sender"]["name"] if row["sender"] else "", f"→ {receiver}")


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
