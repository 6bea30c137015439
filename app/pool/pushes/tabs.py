"""The tab of a customer's pushes (POOL-17)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.customers.shared import choices
from app.customers.shared.parts import Answers, CustomerPart, Lines, nothing
from app.customers.shared.pushes import Push
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import code_tag, local_time
from app.kernel.pages.operations import operation_button
from app.kernel.pages.tabs import TIME, TabColumn, newest_table
from app.org.shared.models import Staff
from app.pool.pushes.operations import END
from app.pool.pushes.policies import can_end_push
from app.pool.pushes.queries import pushes_of
from app.pool.pushes.serializers import PushRecord, push_records
from app.pool.pushes.services import merge_pushes, settle_pushes, withdraw_all
from app.pool.shared.permissions import PushPermission

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import Button, TableTab

_PUSHES = (
    TIME,
    TabColumn("sender", _("Sender"), lambda row: f"{row.sender.name} · {row.sender_department.name}"),
    TabColumn("receiver", _("Receiver"), lambda row: f"{row.receiver.name} · {row.receiver_department.name}"),
    TabColumn("state", _("State"), lambda row: code_tag(choices.PUSH_STATE, row.state)),
    TabColumn("remark", _("Remark"), lambda row: row.remark, wide=True),
    TabColumn("answer", _("Answer"), lambda row: row.answer, wide=True),
    TabColumn("decided_at", _("Answered"), lambda row: row.decided_at),
    TabColumn("ended_at", _("Ended"), lambda row: row.ended_at),
)


def pushes_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's pushes and their states."""
    actor = current_actor()
    return newest_table(
        pushes_of(customer, actor),
        Push,
        page,
        _PUSHES,
        _("Never pushed to a colleague"),
        buttons_of=partial(_ending, actor) if actor.may(PushPermission.END) else None,
    )


def _ending(actor: Actor, push: Push) -> list[Button]:
    """Return the button that ends an accepted push, for those who may."""
    verdict = can_end_push(actor, push)
    return [operation_button("PushView", END, push, verdict)] if verdict else []


def _pushed(row: PushRecord) -> tuple[str, str]:
    receiver = row["receiver"]["name"] if row["receiver"] else ""
    return (row["sender"]["name"] if row["sender"] else "", f"→ {receiver}")


def _entries(rows: Sequence[Push]) -> list[Entry]:
    return [
        Entry(
            f"{row.sender.name} → {row.receiver.name}",
            local_time(row.created_at),
            row.remark or "",
            gettext("Answer: %(text)s", text=row.answer) if row.answer else "",
            [code_tag(choices.PUSH_STATE, row.state)],
        )
        for row in rows
    ]


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
    answers=Answers(
        hand_over=settle_pushes,
        unshelve=withdraw_all,
        recycle=withdraw_all,
        freeze=nothing,
        merge=merge_pushes,
        erase=withdraw_all,
    ),
    is_basic=True,
    lines=Lines(
        _entries,
        (joinedload(Push.sender).load_only(Staff.name), joinedload(Push.receiver).load_only(Staff.name)),
        "fa-share",
        "cyan",
        ("pool.push",),
    ),
)
