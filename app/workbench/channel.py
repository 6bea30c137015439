"""The workbench of channel sales: pending decisions, today, the last weeks, the funnel (CH-17 to CH-26).

Figures cover the actor's own scope; each links to the list that it was counted from.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext

from app.channel.collisions.models import Collision
from app.channel.collisions.presentation import status_tag
from app.channel.collisions.queries import SIDES, open_collisions
from app.channel.collisions.views import CollisionView
from app.channel.fees.models import ViewingFee
from app.channel.fees.queries import visible_fees
from app.channel.fees.services import total_of
from app.channel.ranking.queries import RankingFilter, totals
from app.channel.ranking.views import funnel_of
from app.channel.referrals.models import Referral
from app.channel.referrals.presentation import protection_cell, state_tag
from app.channel.referrals.queries import REFERRAL_PEOPLE, referrals_in, visible_referrals
from app.channel.scans.models import OnsiteScan
from app.channel.scans.queries import visible_scans
from app.channel.shared.permissions import (
    ChannelRankingPermission,
    CollisionPermission,
    ViewingFeePermission,
)
from app.channel.shared.settings import WARNING_DAYS
from app.kernel import clock
from app.kernel.lists.counts import counts_up_to, rows_by_ground
from app.kernel.lists.paging import first_records
from app.kernel.pages.assets import vendor_url
from app.kernel.pages.elements import ECHARTS, Bar, length
from app.kernel.pages.formatting import local_time
from app.kernel.pages.work import view_of
from app.workbench.cards import Figure
from app.workbench.charts import Day, change, periods
from app.workbench.queries import LATEST, capped_count, per_day

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from app.kernel.access.actor import Actor

_R = Referral.__table__.c
_S = OnsiteScan.__table__.c
_F = ViewingFee.__table__.c
_SOON = 7  # days, where the setting switches warnings off


def channel_parts(actor: Actor) -> dict[str, Any]:
    """Return the content of channel sales, in a fixed number of statements."""
    days = _days(actor)
    ranked = actor.may(ChannelRankingPermission.READ)
    funnel = funnel_of(totals(actor), RankingFilter()) if ranked else []
    return {
        "channel": {
            "figures": _figures(actor),
            "days": days,
            "funnel": funnel,
            "expiring": _expiring(actor),
            "expiring_url": _expiring_url(),
            "latest": _collisions(actor) if actor.may(CollisionPermission.READ) else None,
            "entered": _entered(actor) if not actor.may(CollisionPermission.READ) else None,
        },
        "charts": {"trend": _trend(days), "funnel": [one.data() for one in funnel]},
        "echarts": vendor_url(ECHARTS),
    }


def _ends_soon_until() -> date:
    """Until when a protection ends soon."""
    return clock.today() + timedelta(days=max(WARNING_DAYS.get(), default=_SOON))


def _expiring_url() -> str:
    return url_for("ReferralView.list", tab="bound", protected_to=_ends_soon_until().isoformat())


def _figures(actor: Actor) -> list[Figure]:
    """Return the figures of today and yesterday, of ends soon and of this month's fees: two statements."""
    counts = _counts(actor)
    today = clock.today().isoformat()
    day: dict[str, Any] = {"created_from": today, "created_to": today}
    compared = gettext("against yesterday")
    return [
        Figure(
            gettext("Customers entered today"),
            str(capped_count(counts["entered"])),
            url_for("ReferralView.list", **day),
            "fa-address-card",
            "blue",
            compared,
            change(counts["entered"], counts["entered_before"]),
        ),
        Figure(
            gettext("Scanned on site today"),
            str(capped_count(counts["scanned"])),
            url_for("ScanView.list", **day),
            "fa-qrcode",
            "green",
            compared,
            change(counts["scanned"], counts["scanned_before"]),
        ),
        Figure(
            gettext("Protections that end soon"),
            str(capped_count(counts["soon"])),
            _expiring_url(),
            "fa-hourglass-half",
            "orange",
            gettext("by %(day)s", day=_ends_soon_until().isoformat()),
        ),
        *_paid(actor),
    ]


def _counts(actor: Actor) -> dict[str, int]:
    """Count today, yesterday and the protections that end soon, in one statement."""
    today = clock.today()
    start, before = clock.start_of_day(today), clock.start_of_day(today - timedelta(days=1))
    referrals, scans = visible_referrals(actor), visible_scans(actor)
    return counts_up_to(
        {
            "entered": referrals.where(_R.created_at >= start),
            "entered_before": referrals.where(_R.created_at >= before, _R.created_at < start),
            "scanned": scans.where(_S.created_at >= start),
            "scanned_before": scans.where(_S.created_at >= before, _S.created_at < start),
            "soon": referrals_in(actor, "bound").where(_R.expires_at < clock.end_of_day(_ends_soon_until())),
        }
    )


def _paid(actor: Actor) -> list[Figure]:
    """Return the fees of this month, where fees are paid at all."""
    if not actor.may(ViewingFeePermission.READ):
        return []
    month = clock.today().replace(day=1)
    paid = total_of(visible_fees(actor).where(_F.created_at >= clock.start_of_day(month)))
    return [
        Figure(
            gettext("Viewing fees this month"),
            f"{paid:,.2f}",
            url_for("FeeView.list", created_from=month.isoformat()),
            "fa-coins",
            "gold",
            gettext("in yuan, without voided ones"),
        )
    ]


def _days(actor: Actor) -> list[Day]:
    """Count customers entered and scans of the last days, oldest first: two statements."""
    _before, first, _today = periods()
    start = clock.start_of_day(first)
    entered, scanned = (
        per_day(rows_by_ground(statement.where(at >= start), at).c[1], statement, first)
        for statement, at in (
            (visible_referrals(actor), _R.created_at),
            (visible_scans(actor), _S.created_at),
        )
    )
    tops = max(entered.values(), default=0), max(scanned.values(), default=0)
    return [
        Day(
            f"{day:%m-%d}",
            _bar(day, number, tops[0], "ReferralView.list", "blue"),
            _bar(day, scanned[day], tops[1], "ScanView.list", "cyan"),
        )
        for day, number in entered.items()
    ]


def _bar(day: date, number: int, top: int, endpoint: str, tone: str) -> Bar:
    url = url_for(endpoint, created_from=day.isoformat(), created_to=day.isoformat())
    return Bar(f"{day:%m-%d}", f"{number:,}", number, url, length(number, top), tone)


def _trend(days: list[Day]) -> Mapping[str, Any]:
    """Return the data of the chart script."""
    lines = (
        (gettext("Customers entered"), [day.new for day in days]),
        (gettext("Scans"), [day.follow_ups for day in days]),
    )
    return {
        "days": [day.label for day in days],
        "series": [
            {"name": name, "values": [bar.value for bar in bars], "urls": [bar.url for bar in bars]}
            for name, bars in lines
        ],
    }


def _expiring(actor: Actor) -> list[dict[str, Any]]:
    """List the protections that end next."""
    found = referrals_in(actor, "bound")
    rows = first_records(found, _R.expires_at, LATEST, *REFERRAL_PEOPLE, descending=False)
    return [
        {**_customer(row), "tag": protection_cell(row), "time": local_time(row.expires_at)} for row in rows
    ]


def _entered(actor: Actor) -> list[dict[str, Any]]:
    """List the customers entered last."""
    rows = first_records(visible_referrals(actor), _R.created_at, LATEST, *REFERRAL_PEOPLE)
    return [{**_customer(row), "tag": state_tag(row), "time": local_time(row.created_at)} for row in rows]


def _customer(row: Referral) -> dict[str, Any]:
    return {
        "name": f"{row.name} · {row.code}",
        "owner": f"{row.broker.name} · {row.broker_company.name}",
        "url": url_for("ReferralView.show", pk=row.id),
    }


def _collisions(actor: Actor) -> list[dict[str, Any]]:
    """List the latest collisions that wait for a decision."""
    rows = first_records(open_collisions(actor), Collision.__table__.c.place, LATEST, *SIDES)
    view = view_of(CollisionView)
    facts = view.facts_of(rows, actor)
    return [
        {
            "buttons": [one for one in view.row_buttons(row, actor, facts.get(row.id)) if one.mode != "link"],
            "name": row.bound_referral.name,
            "owner": gettext(
                "%(bound)s, then %(other)s",
                bound=row.bound_referral.broker.name,
                other=row.referral.broker.name if row.referral else row.visitor.name if row.visitor else "",
            ),
            "url": url_for("CollisionView.show", pk=row.id),
            "tag": status_tag(row),
            "time": local_time(row.last_at),
        }
        for row in rows
    ]
