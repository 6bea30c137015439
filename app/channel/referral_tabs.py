"""The tabs of a referral: its scans, tours, fees and rebindings, and those of the same customer under other
codes, marked as such, so that nothing is paid twice (CH-22, CH-23); the timeline of the identity (CH-29).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.show import operations_table
from app.channel import choices, faces, policies, timeline
from app.channel.models import Collision, OnsiteScan, RebindLog, Referral, ReferralReport, Tour, ViewingFee
from app.channel.money_records import told
from app.kernel.current import current_actor
from app.kernel.pages import (
    Button,
    Column,
    Entry,
    Row,
    TableTab,
    TimelineTab,
    cell,
    code_tag,
    join_html,
    listed,
    local_time,
    qs,
    tag,
)
from app.kernel.tabs import PAGE, newest_page
from app.kernel.views import DetailTab

if TYPE_CHECKING:
    from app.kernel.actor import Actor


def marked_code(code: str, pk: int, referral: Referral) -> Any:
    """A code; another one of the same customer leads there and says so."""
    if pk == referral.id:
        return code
    address = faces.address_of("ReferralView", "Referral", pk)
    return join_html([faces.link(code, address), tag(gettext("Other code"), "gold")])


def _person_and_phone(person: Any) -> str:
    return f"{person.name} · {person.phone}".removesuffix(" · ") if person else ""


def scans_tab(referral: Referral, page: int) -> TableTab:
    """Scans of the customer, whoever's code was shown."""
    found = timeline.scans_of(timeline.same_customer(referral))
    rows, more = newest_page(found, OnsiteScan, page)
    columns = [
        Column("time", gettext("Time")),
        Column("code", gettext("Customer code")),
        Column("result", gettext("Result")),
        Column("broker", gettext("Broker")),
        Column("phone", gettext("Broker's phone")),
        Column("consultant", gettext("Property consultant")),
        Column("staff", gettext("On-site staff")),
    ]
    shown = [
        Row(
            row.id,
            "",
            {
                "time": local_time(row.created_at),
                "code": marked_code(row.code, row.referral_id or 0, referral),
                "result": code_tag(choices.SCAN_RESULT, row.result),
                "broker": faces.broker_cell(row.broker),
                "phone": row.broker.phone if row.broker else "",
                "consultant": _person_and_phone(row.consultant),
                "staff": row.staff.name,
            },
        )
        for row in rows
    ]
    empty = gettext("Not scanned yet; on-site staff scan the viewing code when the customer arrives")
    return TableTab(columns, shown, empty, more)


def tours_tab(referral: Referral, page: int) -> TableTab:
    """Tours of the customer, with the intention that the consultant saw."""
    found = timeline.tours_of(timeline.same_customer(referral))
    rows, more = newest_page(found, Tour, page)
    columns = [
        Column("time", gettext("Time")),
        Column("code", gettext("Customer code")),
        Column("intention", gettext("Intention")),
        Column("consultant", gettext("Property consultant")),
        Column("broker", gettext("Broker")),
    ]
    shown = [
        Row(
            row.id,
            faces.address_of("TourView", "Tour", row.id),
            {
                "time": local_time(row.created_at),
                "code": marked_code(row.code, row.referral_id or 0, referral),
                "intention": code_tag(choices.INTENTION, row.intention),
                "consultant": _person_and_phone(row.consultant),
                "broker": faces.broker_cell(row.broker),
            },
        )
        for row in rows
    ]
    empty = gettext("Not shown around yet; the consultant records each tour on the phone")
    return TableTab(columns, shown, empty, more)


def fee_button(referral: Referral, actor: Actor) -> list[Button]:
    """CH-25: the secretary pays from here; who may pay in principle is told why not."""
    if not actor.may("create", "ViewingFee"):
        return []
    verdict = policies.can_pay_fee(actor, referral)
    url = url_for("FeeView.add", referral_id=referral.id)
    reason = "" if verdict else str(verdict.message)
    label = gettext("Pay a viewing fee")
    return [Button(label, url, "fa-money-bill-wave", "drawer", primary=not reason, reason=reason)]


def fees_tab(referral: Referral, page: int) -> TableTab:
    """What was paid for the customer under any code, voided fees too."""
    found = timeline.fees_of(timeline.same_customer(referral))
    rows, more = newest_page(found, ViewingFee, page)
    columns = [
        Column("time", gettext("Time")),
        Column("code", gettext("Customer code")),
        Column("amount", gettext("Amount (CNY)"), number=True),
        Column("broker", gettext("Broker")),
        Column("phone", gettext("Broker's phone")),
        Column("by", gettext("Paid by")),
        Column("voided", gettext("Voided"), wide=True),
    ]
    shown = [
        Row(
            row.id,
            faces.address_of("FeeView", "ViewingFee", row.id),
            {
                "time": local_time(row.created_at),
                "code": marked_code(row.referral.code, row.referral_id, referral),
                "amount": cell(row.amount),
                "broker": faces.broker_cell(row.broker),
                "phone": row.broker.phone,
                "by": row.created_by.display_name,
                "voided": join_html([tag(gettext("Voided")), row.void_reason]) if row.is_void else "",
            },
        )
        for row in rows
    ]
    buttons = fee_button(referral, current_actor())
    return TableTab(columns, shown, gettext("No viewing fee was paid yet"), more, buttons)


def rebinds_tab(referral: Referral, page: int) -> TableTab:
    """Who gave the binding from whom to whom, and why (CH-23)."""
    pks = timeline.same_customer(referral)
    rows, more = newest_page(timeline.rebinds_of(pks), RebindLog, page)
    codes = timeline.codes_of(pks)
    columns = [
        Column("time", gettext("Time")),
        Column("from", gettext("From broker")),
        Column("from_code", gettext("From code")),
        Column("to", gettext("To broker")),
        Column("to_code", gettext("To code")),
        Column("reason", gettext("Reason"), wide=True),
        Column("by", gettext("Who")),
    ]
    shown = [
        Row(
            row.id,
            "",
            {
                "time": local_time(row.created_at),
                "from": faces.broker_cell(row.from_broker),
                "from_code": marked_code(codes[row.from_referral_id].code, row.from_referral_id, referral),
                "to": faces.broker_cell(row.to_broker),
                "to_code": marked_code(codes[row.to_referral_id].code, row.to_referral_id, referral),
                "reason": row.reason,
                "by": row.by_name,
            },
        )
        for row in rows
    ]
    return TableTab(columns, shown, gettext("The binding was never given to another broker"), more)


def collisions_tab(referral: Referral, page: int) -> TableTab:
    """Where somebody else came with the same customer (CH-18)."""
    rows, more = newest_page(timeline.collisions_of([referral.id]), Collision, page)
    columns = [
        Column("time", gettext("Last time")),
        Column("bound", gettext("Bound to")),
        Column("bound_code", gettext("Customer code")),
        Column("other", gettext("Reported by")),
        Column("other_code", gettext("Customer code")),
        Column("count", gettext("Times"), number=True),
        Column("status", gettext("State")),
        Column("note", gettext("Note"), wide=True),
    ]
    return TableTab(
        columns,
        [_collision_row(row, referral) for row in rows],
        gettext("No other broker came with this customer while it was protected"),
        more,
    )


def _collision_row(row: Collision, referral: Referral) -> Row:
    other = row.referral
    open_tag = tag(gettext("To be decided"), "orange")
    cells = {
        "time": local_time(row.last_at),
        "bound": faces.broker_cell(row.bound_referral.broker),
        "bound_code": marked_code(row.bound_referral.code, row.bound_referral_id, referral),
        "other": faces.broker_cell(other.broker) if other else (row.visitor.name if row.visitor else ""),
        "other_code": marked_code(other.code, other.id, referral)
        if other
        else (row.visitor.code if row.visitor else ""),
        "count": row.count,
        "status": open_tag if row.is_open else code_tag(choices.COLLISION_OUTCOME, row.outcome),
        "note": row.note,
    }
    return Row(row.id, faces.address_of("CollisionView", "Collision", row.id), cells)


def reports_tab(referral: Referral, page: int) -> TableTab:
    """Every press of *report* under this code (CH-11)."""
    rows, more = newest_page(timeline.reports_of([referral.id]), ReferralReport, page)
    columns = [
        Column("time", gettext("Time")),
        Column("who", gettext("Who")),
        Column("before", gettext("Before")),
        Column("after", gettext("After")),
    ]
    shown = [
        Row(
            row.id,
            "",
            {
                "time": local_time(row.created_at),
                "who": row.by_name,
                "before": code_tag(choices.REFERRAL_STATE, row.state_before),
                "after": code_tag(choices.REFERRAL_STATE, row.state_after),
            },
        )
        for row in rows
    ]
    return TableTab(columns, shown, gettext("Not reported yet; the broker does it on the phone"), more)


def timeline_tab(referral: Referral, page: int) -> TimelineTab:
    """Everything of the customer under all codes, the latest first (CH-29)."""
    history = timeline.history_of(referral)
    latest = history.events[::-1]
    start = (page - 1) * PAGE
    entries = [event_entry(event, history.referrals, referral) for event in latest[start : start + PAGE]]
    more = qs(page=page + 1) if len(latest) > start + PAGE else ""
    url = url_for("ReferralView.evidence", pk=referral.id)
    buttons = [Button(gettext("Print or export as evidence"), url, "fa-scale-balanced")]
    return TimelineTab(entries, gettext("Nothing happened yet"), more, buttons)


def event_entry(event: timeline.Event, referrals: dict[int, Referral], referral: Referral) -> Entry:
    """One event: what, who, under which code of which broker."""
    who, text = told(event)
    whose = referrals.get(event.referral_id)
    tags = [code_tag(choices.EVENT, event.kind)]
    if not event.concerns(referral.id):
        tags.append(tag(gettext("Other code"), "gold"))
    meta = listed([whose.code, f"{whose.broker.name} · {whose.broker.phone}"]) if whose else ""
    return Entry(who, local_time(event.at), text, meta, tags)


def _operations_tab(referral: Referral, page: int) -> TableTab:
    return operations_table([(Referral.__audit__, referral.id)], page)


TABS = (
    DetailTab("scans", _("Scans"), scans_tab, "Scan"),
    DetailTab("tours", _("Tours"), tours_tab, "Tour"),
    DetailTab("fees", _("Viewing fees"), fees_tab, "ViewingFee"),
    DetailTab("rebinds", _("Rebindings"), rebinds_tab),
    DetailTab("collisions", _("Collisions"), collisions_tab, "Collision"),
    DetailTab("reports", _("Report log"), reports_tab),
    DetailTab("timeline", _("Timeline"), timeline_tab),
    DetailTab("operations", _("Operation log"), _operations_tab, "OperationLog"),
)
