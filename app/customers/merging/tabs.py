"""The tab of the files that became part of a customer (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.merging.erasure import erase_merges
from app.customers.merging.models import CustomerMerge
from app.customers.merging.operations import UNMERGE
from app.customers.merging.queries import merges_into
from app.customers.merging.serializers import MergeRecord, merge_records
from app.customers.shared.parts import Answers, CustomerPart, nothing
from app.customers.shared.queries import facts_for
from app.customers.shared.tabs import form_button
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.pages.tabs import TIME, TabColumn, newest_table

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab

_MERGES = (
    TIME,
    TabColumn("code", _("Code"), lambda row: row.merged.code),
    TabColumn("name", _("Name"), lambda row: row.merged.name),
    TabColumn("by", _("Merged by"), lambda row: row.by.display_name),
)


def merges_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of merged files, with the undo of the latest."""
    actor, rows = current_actor(), merges_into(customer)
    buttons = []
    if db.session.scalar(rows.with_only_columns(CustomerMerge.id).limit(1)) is not None:
        buttons = form_button(UNMERGE, customer, actor, facts_for(customer, actor))
    empty = _("No other file became part of this one")
    return newest_table(rows, CustomerMerge, page, _MERGES, empty, buttons=buttons)


MERGES = CustomerPart(
    "merges",
    _("Merged files"),
    merges_tab,
    merges_into,
    CustomerMerge.created_at,
    merge_records,
    MergeRecord,
    position=45,
    answers=Answers(
        hand_over=nothing,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=nothing,  # the files that are part of the other stay so: the chain leads on
        erase=erase_merges,
    ),
)
