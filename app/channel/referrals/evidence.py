"""Everything about one customer identity as evidence for a dispute, in order of time (CH-29)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import gettext

from app.audit.services import record
from app.channel.referrals import choices, presentation
from app.channel.referrals.queries import get_referral
from app.channel.referrals.timeline import describe_event
from app.kernel import clock
from app.kernel.database.transactions import transactional
from app.kernel.exports.spreadsheets import SheetColumn
from app.kernel.translation import N_

if TYPE_CHECKING:
    from datetime import datetime

    from app.channel.referrals.models import Referral
    from app.channel.referrals.timeline import History
    from app.kernel.access.actor import Actor


@dataclass(frozen=True)
class Claim:
    """One broker's claim to the customer."""

    code: str
    broker: str
    phone: str
    company: str
    numbers: str
    state: str
    entered: str
    reported: str
    bound: str
    until: str


@dataclass(frozen=True)
class Line:
    """One event of the evidence."""

    at: datetime
    time: str
    what: str
    code: str
    broker: str
    who: str
    text: str


def exact_time(moment: datetime | None) -> str:
    """Format a moment to the second, which may decide a dispute."""
    return clock.to_local(moment).strftime("%Y-%m-%d %H:%M:%S") if moment else ""


def claims_of(history: History) -> list[Claim]:
    """List the brokers' claims to the customer, oldest first."""
    return [
        Claim(
            row.code,
            row.broker.name,
            row.broker.phone,
            row.broker_company.name,
            presentation.fragments(row),
            choices.REFERRAL_STATE.label(row.present_state),
            exact_time(row.created_at),
            exact_time(row.reported_at),
            exact_time(row.bound_at),
            exact_time(row.expires_at),
        )
        for row in history.referrals.values()
    ]


def lines_of(history: History) -> list[Line]:
    """List the events, oldest first."""
    lines = []
    for event in history.events:
        who, text = describe_event(event)
        whose = history.referrals.get(event.referral_id)
        lines.append(
            Line(
                event.at,
                exact_time(event.at),
                choices.EVENT.label(event.kind),
                whose.code if whose else "",
                whose.broker.name if whose else "",
                who,
                text,
            )
        )
    return lines


def sheet_columns() -> list[SheetColumn]:
    """Return the columns of the spreadsheet; times are text there, so that no program rounds the seconds."""
    return [
        SheetColumn(gettext("Time"), lambda line: line.time),
        SheetColumn(gettext("What"), lambda line: line.what),
        SheetColumn(gettext("Customer code"), lambda line: line.code),
        SheetColumn(gettext("Broker"), lambda line: line.broker),
        SheetColumn(gettext("Who"), lambda line: line.who),
        SheetColumn(gettext("Details"), lambda line: line.text),
    ]


def title_of(referral: Referral) -> str:
    """Return the title of the page and the file."""
    return gettext("Evidence %(name)s %(code)s", name=referral.name, code=referral.code)


@transactional
def note_evidence_export(pk: int, rows: int, *, actor: Actor) -> None:
    """Record the export in the log of the referral itself (CH-29)."""
    referral = get_referral(pk, actor=actor)
    record(actor, "referral.evidence", referral, N_("Evidence exported, %(rows)s events"), rows=rows)
