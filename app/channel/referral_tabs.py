"""The tabs of a referral: its scans, tours, fees and rebindings, and those of the same customer under other
codes, marked as such, so that nothing is paid twice (CH-22, CH-23); the timeline of the identity (CH-29).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.presentation import operations_table
from app.channel import choices, faces, policies, timeline
from app.channel.models import Collision, OnsiteScan, RebindLog, Referral, ReferralReport, Tour, ViewingFee
from app.channel.money_records import told
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button, Entry, TimelineTab
from app.kernel.pages.formatting import code_tag, join_html, join_names, local_time, qs, tag
from app.kernel.pages.tabs import PAGE, TIME, DetailTab, TabColumn, newest_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import TableTab


def marked_code(code: str, pk: int, referral: Referral) -> Any:
    """A code; another one of the same customer leads there and says so."""
    if pk == referral.id:
        return code
    address = faces.address_of("ReferralView", "Referral", pk)
    return join_html([faces.link(code, address), tag(gettext("Other code"), "gold")])


def _person_and_phone(person: Any) -> str:
    return f"{person.name} · {person.phone}".removesuffix(" · ") if person else ""


def _marked(referral: Referral, code: Callable[[Any], tuple[str, int]]) -> TabColumn:
    return TabColumn("code", _("Customer code"), lambda row: marked_code(*code(row), referral))


_BROKER = TabColumn("broker", _("Broker"), lambda row: faces.broker_cell(row.broker))
_BROKER_PHONE = TabColumn("phone", _("Broker's phone"), lambda row: row.broker.phone if row.broker else "")
_CONSULTANT = TabColumn("consultant", _("Property consultant"), lambda row: _person_and_phone(row.consultant))


def scans_tab(referral: Referral, page: int) -> TableTab:
    """Scans of the customer, whoever's code was shown."""
    columns = (
        TIME,
        _marked(referral, lambda row: (row.code, row.referral_id)),
        TabColumn("result", _("Result"), lambda row: code_tag(choices.SCAN_RESULT, row.result)),
        _BROKER,
        _BROKER_PHONE,
        _CONSULTANT,
        TabColumn("staff", _("On-site staff"), lambda row: row.staff.name),
    )
    found = timeline.scans_of(timeline.same_customer_ids(referral))
    empty = _("Not scanned yet; on-site staff scan the viewing code when the customer arrives")
    return newest_table(found, OnsiteScan, page, columns, empty)


def tours_tab(referral: Referral, page: int) -> TableTab:
    """Tours of the customer, with the intention that the consultant saw."""
    columns = (
        TIME,
        _marked(referral, lambda row: (row.code, row.referral_id)),
        TabColumn("intention", _("Intention"), lambda row: code_tag(choices.INTENTION, row.intention)),
        _CONSULTANT,
        _BROKER,
    )
    return newest_table(
        timeline.tours_of(timeline.same_customer_ids(referral)),
        Tour,
        page,
        columns,
        _("Not shown around yet; the consultant records each tour on the phone"),
        url_of=lambda row: faces.address_of("TourView", "Tour", row.id),
    )


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
    columns = (
        TIME,
        _marked(referral, lambda row: (row.referral.code, row.referral_id)),
        TabColumn("amount", _("Amount (CNY)"), lambda row: row.amount, number=True),
        _BROKER,
        _BROKER_PHONE,
        TabColumn("by", _("Paid by"), lambda row: row.created_by.display_name),
        TabColumn("voided", _("Voided"), _voided, wide=True),
    )
    return newest_table(
        timeline.fees_of(timeline.same_customer_ids(referral)),
        ViewingFee,
        page,
        columns,
        _("No viewing fee was paid yet"),
        url_of=lambda row: faces.address_of("FeeView", "ViewingFee", row.id),
        buttons=fee_button(referral, current_actor()),
    )


def _voided(fee: ViewingFee) -> Any:
    return join_html([tag(gettext("Voided")), fee.void_reason]) if fee.is_void else ""


def rebinds_tab(referral: Referral, page: int) -> TableTab:
    """Who gave the binding from whom to whom, and why (CH-23)."""
    pks = timeline.same_customer_ids(referral)
    codes = timeline.referrals_by_id(pks)

    def code(pk: int) -> Any:
        return marked_code(codes[pk].code, pk, referral)

    columns = (
        TIME,
        TabColumn("from", _("From broker"), lambda row: faces.broker_cell(row.from_broker)),
        TabColumn("from_code", _("From code"), lambda row: code(row.from_referral_id)),
        TabColumn("to", _("To broker"), lambda row: faces.broker_cell(row.to_broker)),
        TabColumn("to_code", _("To code"), lambda row: code(row.to_referral_id)),
        TabColumn("reason", _("Reason"), lambda row: row.reason, wide=True),
        TabColumn("by", _("Who"), lambda row: row.by_name),
    )
    empty = _("The binding was never given to another broker")
    return newest_table(timeline.rebinds_of(pks), RebindLog, page, columns, empty)


def collisions_tab(referral: Referral, page: int) -> TableTab:
    """Where somebody else came with the same customer (CH-18)."""
    columns = (
        TabColumn("time", _("Last time"), lambda row: row.last_at),
        TabColumn("bound", _("Bound to"), lambda row: faces.broker_cell(row.bound_referral.broker)),
        TabColumn(
            "bound_code",
            _("Customer code"),
            lambda row: marked_code(row.bound_referral.code, row.bound_referral_id, referral),
        ),
        TabColumn("other", _("Reported by"), _other_name),
        TabColumn("other_code", _("Customer code"), lambda row: _other_code(row, referral)),
        TabColumn("count", _("Times"), lambda row: row.count, number=True),
        TabColumn("status", _("State"), _collision_state),
        TabColumn("note", _("Note"), lambda row: row.note, wide=True),
    )
    return newest_table(
        timeline.collisions_of([referral.id]),
        Collision,
        page,
        columns,
        _("No other broker came with this customer while it was protected"),
        url_of=lambda row: faces.address_of("CollisionView", "Collision", row.id),
    )


def _other_name(row: Collision) -> Any:
    if row.referral is not None:
        return faces.broker_cell(row.referral.broker)
    return row.visitor.name if row.visitor else ""


def _other_code(row: Collision, referral: Referral) -> Any:
    if row.referral is not None:
        return marked_code(row.referral.code, row.referral.id, referral)
    return row.visitor.code if row.visitor else ""


def _collision_state(row: Collision) -> Any:
    return (
        tag(gettext("To be decided"), "orange")
        if row.is_open
        else code_tag(choices.COLLISION_OUTCOME, row.outcome)
    )


_REPORTS = (
    TIME,
    TabColumn("who", _("Who"), lambda row: row.by_name),
    TabColumn("before", _("Before"), lambda row: code_tag(choices.REFERRAL_STATE, row.state_before)),
    TabColumn("after", _("After"), lambda row: code_tag(choices.REFERRAL_STATE, row.state_after)),
)


def reports_tab(referral: Referral, page: int) -> TableTab:
    """Every press of *report* under this code (CH-11)."""
    found = timeline.reports_of([referral.id])
    empty = _("Not reported yet; the broker does it on the phone")
    return newest_table(found, ReferralReport, page, _REPORTS, empty)


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
    meta = join_names([whose.code, f"{whose.broker.name} · {whose.broker.phone}"]) if whose else ""
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
