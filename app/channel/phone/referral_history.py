"""A broker's view of a customer: search, remaining time, history (CH-10, CH-17)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from flask import request
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from app.channel.collisions.models import RebindLog
from app.channel.collisions.queries import rebinds_of
from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.filters import REFERRALS
from app.channel.referrals.models import ReferralReport
from app.channel.referrals.timeline import reports_of
from app.channel.scans.choices import SCAN_RESULT
from app.channel.scans.models import OnsiteScan
from app.channel.scans.queries import scans_of
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.lists.counts import COUNT_LIMIT
from app.kernel.lists.paging import Page, fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.text import fold, read_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Select

    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence


TABS: Mapping[str, Sentence] = {"all": _("All"), **REFERRAL_STATE.labels}
_MOST_EVENTS = 50
_DIGITS = re.compile(r"[0-9]{4}|[0-9]{3}\*{0,4}[0-9]{4}")
_CODE = re.compile(r"[A-Za-z][0-9]{6,}")


@dataclass(frozen=True)
class HistoryLine:
    """One line of a customer's log."""

    at: datetime
    what: str
    note: str = ""


def search(statement: Select[Any], actor: Actor, *options: Any) -> tuple[str, Page[Any]]:
    """Return the text in the search field and the page of customers that match it by name, code, or digits:
    the last four, or the first three and the last four.
    """
    typed = fold(request.args.get("q", ""))[:60]
    plain = read_code(typed)
    asked_for = MultiDict({"after": request.args.get("after", "")})
    if typed:
        shape = "fragment" if _DIGITS.fullmatch(plain) else "code" if _CODE.fullmatch(plain) else "name"
        asked_for[shape] = typed
    asked = read_list_request(REFERRALS, asked_for)
    narrowed = apply_filters(statement, REFERRALS, asked, actor)
    return typed, fetch_page(narrowed, REFERRALS, asked, *options)


def capped(number: int) -> str:
    """Format a count for a tab, no higher than lists count."""
    return f"{COUNT_LIMIT}+" if number > COUNT_LIMIT else str(number)


def time_left(until: datetime | None) -> str:
    """Say how long the protection still lasts; empty where none does (CH-17)."""
    if until is None:
        return ""
    left = until - clock.now()
    if left >= timedelta(days=1):
        return ngettext("%(num)s day left", "%(num)s days left", ceil(left / timedelta(days=1)))
    if left >= timedelta(hours=1):
        return ngettext("%(num)s hour left", "%(num)s hours left", ceil(left / timedelta(hours=1)))
    return gettext("Less than an hour left")


def status_text(referral: Referral) -> str:
    """Describe a customer who is reported and not bound: the last scan and rebinding decide, not the state
    alone (CH-35). The other broker is not mentioned.
    """
    own = [referral.id]
    scan = db.session.scalars(scans_of(own).order_by(OnsiteScan.id.desc()).limit(1)).unique().first()
    lost = rebinds_of(own).where(RebindLog.from_referral_id == referral.id)
    move = db.session.scalars(lost.order_by(RebindLog.id.desc()).limit(1)).unique().first()
    if move is not None and (scan is None or scan.created_at <= move.created_at):
        return gettext("The office gave this customer to another broker")
    if scan is not None and scan.result == "collision":
        return gettext("On site another broker's protection was found; the office decides")
    return gettext("Protected from the first scan on site")


def history_lines(referral: Referral) -> list[HistoryLine]:
    """List this broker's events with the customer, latest first, without those of other brokers."""
    own = [referral.id]
    reports = db.session.scalars(reports_of(own).order_by(ReferralReport.id.desc()).limit(_MOST_EVENTS)).all()
    scans = db.session.scalars(scans_of(own).order_by(OnsiteScan.id.desc()).limit(_MOST_EVENTS)).all()
    moved = rebinds_of(own).order_by(RebindLog.id.desc()).limit(_MOST_EVENTS)
    moves = db.session.scalars(moved).unique().all()
    found = [HistoryLine(referral.created_at, gettext("Entered"))]
    found += [HistoryLine(one.created_at, gettext("Reported"), one.by_name) for one in reversed(reports)]
    found += [
        HistoryLine(
            one.created_at,
            gettext("Scanned on site: another broker's protection holds")
            if one.result == "collision"
            else gettext("Scanned on site: %(result)s", result=SCAN_RESULT.label(one.result)),
            gettext("Received by %(name)s", name=one.consultant.name),
        )
        for one in reversed(scans)
    ]
    found += [
        HistoryLine(
            one.created_at,
            gettext("Given to another broker by the office")
            if one.from_referral_id == referral.id
            else gettext("Bound to you by the office"),
        )
        for one in reversed(moves)
    ]
    if referral.present_state == "expired" and referral.expires_at is not None:
        found.append(HistoryLine(referral.expires_at, gettext("The protection ended")))
    if referral.closed_at is not None:
        found.append(HistoryLine(referral.closed_at, gettext("Deal closed")))
    return sorted(found, key=lambda one: one.at)[::-1][
        :_MOST_EVENTS
    ]  # of steps at the same moment the later one comes first
