"""The tab of a customer's follow-ups (POOL-18)."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.follow_ups.queries import visible_follow_ups
from app.customers.follow_ups.serializers import FollowUpRecord, follow_up_records
from app.customers.shared import choices
from app.customers.shared.models import Customer, FollowUp
from app.customers.shared.parts import STAY, CustomerPart
from app.kernel.access.current import current_actor
from app.kernel.files.attachments import files_by_subject
from app.kernel.pages.elements import Entry, TimelineTab
from app.kernel.pages.files import file_link
from app.kernel.pages.formatting import local_time, tag
from app.kernel.pages.tabs import newest_page


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


FOLLOW_UPS = CustomerPart(
    "follow_ups",
    _("Follow-ups"),
    follow_ups_tab,
    visible_follow_ups,
    FollowUp.created_at,
    follow_up_records,
    FollowUpRecord,
    lambda row: (row["author"]["name"], row["content"]),
    position=10,
    answers=STAY,
)
