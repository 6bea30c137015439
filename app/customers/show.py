"""How a customer is shown on pages: cells, sections and the tabs of the detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.queries import actor_name, operations_of, shown_value
from app.customers.queries import visible_follow_ups
from app.customers.shared import choices
from app.customers.shared.fields import field_label
from app.customers.shared.models import Customer, FollowUp
from app.kernel.access.current import current_actor
from app.kernel.files.attachments import files_by_subject
from app.kernel.pages.elements import Entry, TimelineTab
from app.kernel.pages.files import file_link
from app.kernel.pages.formatting import local_time, tag
from app.kernel.pages.tabs import TabColumn, newest_page, one_page, table_of

if TYPE_CHECKING:
    from app.kernel.pages.elements import TableTab


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
