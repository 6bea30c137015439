"""The tabs of a referral. Cells mark records under another code of the same customer, so that nothing is paid
twice (CH-22, CH-23); the timeline covers the whole identity (CH-29).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.brokers.presentation import broker_cell
from app.channel.referrals import choices, timeline
from app.channel.referrals.models import Referral, ReferralReport
from app.channel.referrals.parts import referral_parts
from app.channel.referrals.timeline import describe_event
from app.channel.shared.permissions import ReferralPermission
from app.channel.shared.presentation import address_of, link
from app.kernel.pages.elements import Button, Entry, TimelineTab
from app.kernel.pages.formatting import code_tag, join_html, join_names, local_time, qs, tag
from app.kernel.pages.tabs import PAGE, TIME, DetailTab, TabColumn, newest_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.pages.elements import TableTab


def marked_code(code: str, pk: int, referral: Referral) -> Any:
    """Show a code; another code of the same customer is marked and links to its referral."""
    if pk == referral.id:
        return code
    address = address_of("ReferralView", ReferralPermission.READ, pk)
    return join_html([link(code, address), tag(gettext("Other code"), "gold")])


def _person_and_phone(person: Any) -> str:
    return f"{person.name} · {person.phone}".removesuffix(" · ") if person else ""


def marked_code_column(referral: Referral, code: Callable[[Any], tuple[str, int]]) -> TabColumn:
    """Return a column of codes that marks those of the same customer under another code."""
    return TabColumn("code", _("Customer code"), lambda row: marked_code(*code(row), referral))


BROKER_COLUMN = TabColumn("broker", _("Broker"), lambda row: broker_cell(row.broker))
BROKER_PHONE_COLUMN = TabColumn(
    "phone", _("Broker's phone"), lambda row: row.broker.phone if row.broker else ""
)
CONSULTANT_COLUMN = TabColumn(
    "consultant", _("Property consultant"), lambda row: _person_and_phone(row.consultant)
)


_REPORTS = (
    TIME,
    TabColumn("who", _("Who"), lambda row: row.by_name),
    TabColumn("before", _("Before"), lambda row: code_tag(choices.REFERRAL_STATE, row.state_before)),
    TabColumn("after", _("After"), lambda row: code_tag(choices.REFERRAL_STATE, row.state_after)),
)


def reports_tab(referral: Referral, page: int) -> TableTab:
    """Return the tab of all reports under this code (CH-11)."""
    found = timeline.reports_of([referral.id])
    empty = _("Not reported yet; the broker does it on the phone")
    return newest_table(found, ReferralReport, page, _REPORTS, empty)


def timeline_tab(referral: Referral, page: int) -> TimelineTab:
    """Return the timeline of the customer under all codes, newest first (CH-29)."""
    history = timeline.history_of(referral)
    latest = history.events[::-1]
    start = (page - 1) * PAGE
    entries = [event_entry(event, history.referrals, referral) for event in latest[start : start + PAGE]]
    more = qs(page=page + 1) if len(latest) > start + PAGE else ""
    url = url_for("ReferralView.evidence", pk=referral.id)
    buttons = [Button(gettext("Print or export as evidence"), url, "fa-scale-balanced")]
    return TimelineTab(entries, gettext("Nothing happened yet"), more, buttons)


def event_entry(event: timeline.Event, referrals: dict[int, Referral], referral: Referral) -> Entry:
    """Show one event: what, who, under which code of which broker."""
    who, text = describe_event(event)
    whose = referrals.get(event.referral_id)
    tags = [code_tag(choices.EVENT, event.kind)]
    if not event.concerns(referral.id):
        tags.append(tag(gettext("Other code"), "gold"))
    meta = join_names([whose.code, f"{whose.broker.name} · {whose.broker.phone}"]) if whose else ""
    return Entry(who, local_time(event.at), text, meta, tags)


OWN_TABS = (
    DetailTab("reports", _("Report log"), reports_tab),
    DetailTab("timeline", _("Timeline"), timeline_tab),
    OFFICE_LOG_TAB,
)


def detail_tabs() -> tuple[DetailTab, ...]:
    """Return the tabs of the parts, then the referral's own."""
    return (*(part.tab for part in referral_parts()), *OWN_TABS)
