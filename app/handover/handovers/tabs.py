"""The checklist of a handover as a tab, and the handovers of a customer as a part of it (HAND-2, CUST-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.customers.shared.parts import CustomerPart, Lines
from app.handover.handovers.choices import ITEM_KIND, REASON, STAGE
from app.handover.handovers.holding import ANSWERS
from app.handover.handovers.models import Handover, HandoverItem
from app.handover.handovers.operations import ADD_ITEM
from app.handover.handovers.permissions import HandoverPermission
from app.handover.handovers.policies import can_prepare
from app.handover.handovers.queries import facts_for, handovers_of
from app.handover.handovers.serializers import HandoverRow, handover_rows
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button, Entry
from app.kernel.pages.formatting import code_tag, local_time, record_address, tag
from app.kernel.pages.operations import operation_button
from app.kernel.pages.tabs import TIME, DetailTab, TabColumn, newest_table, one_page, table_of
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from markupsafe import Markup

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import TableTab


def _state(item: HandoverItem) -> Markup:
    return tag(gettext("Done"), "green") if item.done else tag(gettext("Not done"), "orange")


_ITEMS = (
    TabColumn("kind", _("Kind of item"), lambda item: ITEM_KIND.label(item.kind)),
    TabColumn("description", _("Description"), lambda item: item.description, wide=True),
    TabColumn("state", _("State"), _state),
    TabColumn("note", _("Note"), lambda item: item.note, wide=True),
    TabColumn("done_at", _("Done at"), lambda item: item.done_at),
)


def _rows(handover: Handover, _actor: Actor) -> Any:
    return select(HandoverItem).where(HandoverItem.handover_id == handover.id)


def checklist_tab(handover: Handover, page: int) -> TableTab:
    """Return the checklist; who prepares it marks items and adds others (HAND-2)."""
    actor = current_actor()
    verdict = can_prepare(actor, handover, facts_for(handover, actor))

    def buttons_of(item: HandoverItem) -> list[Button]:
        url = url_for("HandoverView.item", pk=handover.id, item_id=item.id)
        label = gettext("Change") if item.done else gettext("Mark as done")
        return [Button(label, url, "fa-check", "drawer")]

    rows, more = one_page(_rows(handover, actor).order_by(HandoverItem.id), page)
    may_change = verdict and actor.may(HandoverPermission.UPDATE)
    may_add = verdict and actor.may(HandoverPermission.ADD_ITEM)
    return table_of(
        rows,
        _ITEMS,
        _("Nothing to pass on"),
        more=more,
        buttons_of=buttons_of if may_change else None,
        buttons=[operation_button("HandoverView", ADD_ITEM, handover, verdict)] if may_add else (),
    )


CHECKLIST = DetailTab("checklist", _("Checklist"), checklist_tab, rows=_rows)

_HANDOVERS = (
    TIME,
    TabColumn("former_owner", _("Former owner"), lambda row: row.former_owner.name),
    TabColumn("receiver", _("Receiver"), lambda row: row.receiver.name),
    TabColumn("reason", _("Reason"), lambda row: REASON.label(row.reason)),
    TabColumn("stage", _("Stage of handover"), lambda row: code_tag(STAGE, row.stage)),
    TabColumn("ended_at", _("Ended at"), lambda row: row.ended_at),
)


def handovers_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's handovers."""
    return newest_table(
        handovers_of(customer, current_actor()),
        Handover,
        page,
        _HANDOVERS,
        _("Never handed over"),
        url_of=lambda row: record_address("HandoverView.show", row.id),
    )


def _entries(rows: Sequence[Handover]) -> list[Entry]:
    return [
        Entry(
            f"{row.former_owner.name} → {row.receiver.name}",
            local_time(row.created_at),
            row.reason_back,
            REASON.label(row.reason),
            [code_tag(STAGE, row.stage)],
        )
        for row in rows
    ]


def _told(row: HandoverRow) -> tuple[str, str]:
    former, receiver = (one["name"] if one else "" for one in (row["former_owner"], row["receiver"]))
    return former, f"→ {receiver}"


HANDOVERS = CustomerPart(
    "handovers",
    _("Handovers"),
    handovers_tab,
    handovers_of,
    Handover.created_at,
    handover_rows,
    HandoverRow,
    _told,
    position=55,
    read=HandoverPermission.READ,
    answers=ANSWERS,
    lines=Lines(
        _entries,
        (
            joinedload(Handover.former_owner).load_only(Staff.name),
            joinedload(Handover.receiver).load_only(Staff.name),
        ),
        "fa-people-arrows",
        "gold",
        ("customer.handover",),
    ),
    options=(joinedload(Handover.acting), joinedload(Handover.customer)),
)
