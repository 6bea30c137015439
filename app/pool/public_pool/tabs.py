"""The customer's times in the public pool, as a tab and a part of its file (CUST-15, POOL-20)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.customers.shared.parts import Answers, CustomerPart, Lines, nothing
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import code_tag, local_time
from app.kernel.pages.tabs import TabColumn, newest_table
from app.org.shared.models import Staff
from app.pool.public_pool import choices
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.queries import entries_of
from app.pool.public_pool.serializers import PoolEntryRecord, entry_records
from app.pool.public_pool.services import merge_entries, withdraw_entries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab


def _name(person: Staff | None) -> str:
    return person.name if person else ""


_COLUMNS = (
    TabColumn("created_at", _("In the pool since"), lambda row: row.created_at),
    TabColumn("reason", _("Reason"), lambda row: choices.ENTRY_REASON.label(row.reason)),
    TabColumn("department", _("Department"), lambda row: row.department.name),
    TabColumn("original_owner", _("Former owner"), lambda row: _name(row.original_owner)),
    TabColumn("state", _("State"), lambda row: code_tag(choices.ENTRY_STATE, row.state)),
    TabColumn("new_owner", _("New owner"), lambda row: _name(row.new_owner)),
    TabColumn("decided_by", _("Taken or given by"), lambda row: _name(row.decided_by)),
    TabColumn("decided_at", _("Until"), lambda row: row.decided_at),
)


def entries_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's times in the public pool."""
    return newest_table(entries_of(customer), PoolEntry, page, _COLUMNS, _("Never in the public pool"))


def _described(row: PoolEntryRecord) -> tuple[str, str]:
    who = row["decided_by"] or row["original_owner"]
    return who["name"] if who else "", str(choices.ENTRY_STATE.label(row["state"]))


def _entries(rows: Sequence[PoolEntry]) -> list[Entry]:
    return [
        Entry(
            gettext("In the public pool: %(reason)s", reason=choices.ENTRY_REASON.label(row.reason)),
            local_time(row.created_at),
            f"{_name(row.original_owner)} → {_name(row.new_owner)}" if row.new_owner else "",
            "",
            [code_tag(choices.ENTRY_STATE, row.state)],
        )
        for row in rows
    ]


ENTRIES = CustomerPart(
    "pool_entries",
    _("Public pool"),
    entries_tab,
    lambda customer, _actor: entries_of(customer),
    PoolEntry.created_at,
    entry_records,
    PoolEntryRecord,
    _described,
    position=55,
    answers=Answers(
        hand_over=nothing,
        unshelve=withdraw_entries,
        recycle=nothing,
        freeze=nothing,
        merge=merge_entries,
        erase=withdraw_entries,
    ),
    lines=Lines(
        _entries,
        (
            joinedload(PoolEntry.original_owner).load_only(Staff.name),
            joinedload(PoolEntry.new_owner).load_only(Staff.name),
        ),
        "fa-recycle",
        "cyan",
    ),
)
