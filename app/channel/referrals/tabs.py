"""The tabs of a referral. Cells mark records under another code of the same customer, so that nothing is paid
twice (CH-22, CH-23); the timeline covers the whole identity (CH-29).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import inspect

from app.audit.presentation import OFFICE_LOG_TAB
from app.channel.brokers.presentation import broker_cell
from app.channel.referrals import choices, timeline
from app.channel.referrals.models import Referral, ReferralReport
from app.channel.referrals.parts import referral_parts
from app.channel.referrals.timeline import describe_event
from app.channel.shared.permissions import ReferralPermission
from app.channel.shared.presentation import address_of, link
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import code_tag, join_html, join_names, local_time, tag
from app.kernel.pages.tabs import TIME, DetailTab, TabColumn, newest_table
from app.kernel.pages.timelines import TimelineSource

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Select

    from app.kernel.errors import Sentence
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


@dataclass(frozen=True)
class Identity:
    """The customer of a referral under all codes, as its page shows them (CH-29): the rows of all parts."""

    referral: Referral

    @cached_property
    def pks(self) -> list[int]:
        """The ids of all referrals of the identity."""
        return timeline.same_customer_ids(self.referral)

    @cached_property
    def referrals(self) -> dict[int, Referral]:
        """The referrals of the identity, read once for all lines of a page."""
        return timeline.referrals_by_id(self.pks)

    def counted(self) -> dict[str, Select[Any]]:
        """Return tab → the rows of its part."""
        return {part.tab.key: part.select(self.pks) for part in referral_parts()}

    def sources(self) -> list[TimelineSource]:
        """Return what happened to the customer: all of it for whoever can open the referral (CH-29). Of the
        same moment the later steps come first.
        """
        order = [*choices.EVENT.labels]
        parts = sorted(referral_parts(), key=lambda part: order.index(part.kind), reverse=True)
        reports, steps = timeline.reports_of(self.pks), timeline.steps_of(self.pks)
        return [
            *(
                self._source(part.kind, part.tab.label, part.select(self.pks), part.belongs_to, part.people)
                for part in parts
            ),
            self._source("report", _("Report log"), reports, "referral_id"),
            self._source("step", _("Steps"), steps, "record_id"),
        ]

    def _source(
        self,
        kind: str,
        label: Sentence,
        rows: Select[Any],
        belongs_to: str,
        people: tuple[Any, ...] = (),
    ) -> TimelineSource:
        model = rows.column_descriptions[0]["entity"]
        moment = getattr(model, "created_at", None) or model.at

        def entries(found: Sequence[Any]) -> list[Entry]:
            return [
                self._entry(
                    timeline.Event(
                        getattr(row, moment.key),
                        getattr(row, "operation", kind),
                        getattr(row, belongs_to),
                        row,
                    )
                )
                for row in found
            ]

        return TimelineSource(kind, label, rows, moment, entries, people)

    def _entry(self, event: timeline.Event) -> Entry:
        """Show one event: what, who, under which code of which broker."""
        who, text = describe_event(event)
        whose = self.referrals.get(event.referral_id) if len(self.pks) > 1 else None
        return Entry(
            who,
            local_time(event.at),
            meta=join_names([whose.code, f"{whose.broker.name} · {whose.broker.phone}"]) if whose else "",
            tags=[] if event.concerns(self.referral.id) else [tag(gettext("Other code"), "gold")],
            what=text,
            kind=choices.EVENT.label(event.kind),
            icon=timeline.icon_of(event.kind),
            tone=choices.EVENT.tone(event.kind),
        )


def identity_of(referral: Referral) -> Identity:
    """Return the identity of a referral, once for a request that shows the referral."""
    found: Identity = inspect(referral).info.setdefault("page_identity", Identity(referral))
    return found


OWN_TABS = (
    DetailTab(
        "reports",
        _("Report log"),
        reports_tab,
        rows=lambda referral, _actor: timeline.reports_of([referral.id]),
    ),
    OFFICE_LOG_TAB,
)


def detail_tabs() -> tuple[DetailTab, ...]:
    """Return the tabs of the parts, then the referral's own."""
    return (*(part.tab for part in referral_parts()), *OWN_TABS)
