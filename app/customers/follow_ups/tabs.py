"""The tab of a customer's follow-ups (POOL-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.customers.follow_ups.queries import visible_follow_ups
from app.customers.follow_ups.serializers import FollowUpRecord, follow_up_records
from app.customers.shared import choices
from app.customers.shared.follow_ups import FollowUp
from app.customers.shared.parts import CustomerPart, Lines, history
from app.kernel.access.current import current_actor
from app.kernel.files.attachments import files_by_subject
from app.kernel.pages.elements import Entry, TimelineTab
from app.kernel.pages.files import file_link
from app.kernel.pages.formatting import local_time, tag
from app.kernel.pages.tabs import newest_page
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def follow_ups_tab(customer: Customer, page: int) -> TimelineTab:
    """Return the timeline of follow-ups, newest first."""
    rows, more = newest_page(visible_follow_ups(customer, current_actor()), FollowUp, page)
    return TimelineTab(follow_up_entries(rows), gettext("No follow-up yet; write the first one"), more)


def follow_up_entries(rows: Sequence[FollowUp]) -> list[Entry]:
    """Return follow-ups as lines of a timeline, with their files in one further statement."""
    files = files_by_subject(FollowUp.__files__, [row.id for row in rows])
    return [
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


def _written(customer: Customer, actor: Actor) -> Select[FollowUp]:
    """Select follow-ups without the remarks of shelving, which the shelf log tells."""
    return visible_follow_ups(customer, actor).where(FollowUp.counts)


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
    answers=history(FollowUp.customer_id),
    lines=Lines(
        follow_up_entries,
        (joinedload(FollowUp.author).load_only(Staff.name),),
        "fa-comment-dots",
        "blue",
        ("customer.follow_up",),
        _written,
    ),
)
