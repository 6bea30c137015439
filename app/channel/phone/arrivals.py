"""The page behind a viewing QR: the customer, the expected result, and its confirmation (CH-13 … CH-15,
CH-21). Opening it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import redirect, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.phone.base import PhoneView
from app.channel.phone.onsite_forms import ArrivalForm, TourOnceForm
from app.channel.projects.models import Project
from app.channel.projects.queries import members_of
from app.channel.referrals.choices import CUSTOMER_TYPE, REFERRAL_STATE, SHOP_CATEGORY
from app.channel.scans import services as scanning
from app.channel.scans.assignments import duties_of
from app.channel.scans.choices import SCAN_RESULT
from app.channel.scans.policies import can_see_holder
from app.channel.shared.settings import PROTECTION_DAYS
from app.channel.tours import services as tours
from app.channel.tours.choices import INTENTION
from app.kernel import clock
from app.kernel.api.idempotency import run_once
from app.kernel.database.session import db
from app.kernel.errors import Decision
from app.kernel.keys import keys
from app.kernel.pages.formatting import code_tag, local_time
from app.kernel.text import read_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markupsafe import Markup

    from app.channel.referrals.models import Referral
    from app.channel.scans.models import OnsiteScan
    from app.channel.scans.services import ScanPreview
    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Denied, Sentence


@dataclass(frozen=True)
class Fact:
    """A line about a customer; one tap dials the number in ``call``."""

    label: Sentence
    value: Any
    call: str = ""


@dataclass(frozen=True)
class ExpectedResult:
    """The expected result of a confirmation, in its tone; a ``refused`` one cannot be confirmed."""

    tone: str
    text: Sentence
    heading: Sentence = ""
    refused: bool = False


def neutral_page(denied: Denied | None = None) -> tuple[str, int]:
    """Return a page for those who may not use the code: it says nothing about the customer (CH-13)."""
    text = _("Show it on site: the colleagues there scan it when the customer arrives.")
    page = PhoneView.page(
        "message",
        title=gettext("Viewing code"),
        icon_name="qr",
        heading=gettext("This code is for the staff of the project"),
        text=denied.message if denied else text,
        url=url_for("PhoneHomeView.home"),
        link=gettext("To the start page"),
    )
    return page, denied.status if denied else 200


def unknown_code_page() -> tuple[str, int]:
    """Return the page for an unknown code."""
    page = PhoneView.page(
        "message",
        title=gettext("Viewing code"),
        icon_name="alert",
        heading=gettext("This code belongs to nobody"),
        text=gettext("It may be mistyped, or the customer was not reported yet: ask the broker."),
        url=url_for("PhoneScanView.scan"),
        link=gettext("Scan again"),
    )
    return page, 404


def choose_project(actor: Actor) -> str:
    """Ask which project a visitor is at, where the person works at several."""
    places = [one.project for one in duties_of(actor) if one.duty == "onsite" and one.project.active]
    return PhoneView.page(
        "choose_project",
        title=gettext("Choose the project"),
        places=places,
        back=url_for("PhoneScanView.scan"),
    )


def arrival_page(token: str, actor: Actor) -> Any:
    """Show on-site staff the customer, let them choose a consultant and confirm (CH-13)."""
    found = scanning.preview_scan(token, project_id=_wanted_project(), actor=actor)
    place = found.project_id or 0
    form = ArrivalForm()
    form.consultant_id.offer(db.session.scalars(members_of(place, "consultant")), _expected(found))

    def confirm() -> dict[str, Any]:
        made = scanning.scan(
            token=token, consultant_id=form.consultant_id.data, project_id=place, actor=actor
        )
        return {"id": made.scan.id}

    return PhoneView.form_page(
        form,
        template="arrival",
        title="",
        more={**_about(found, gettext("Confirm the arrival"), actor), "expected": expected_result(found)},
        submit=lambda values: act_once(actor, values, confirm),
        done_url=str,
        done=lambda made: redirect(url_for("PhoneScanView.show", pk=made["id"]), 303),
    )


def reception_page(token: str, actor: Actor) -> Any:
    """Show a consultant the customer, and let them pick the intention (CH-21)."""
    found, verdict = tours.preview_tour(token, actor=actor)
    form = TourOnceForm()

    def record() -> dict[str, Any]:
        return {"id": tours.record_tour(token=token, intention=form.intention.data, actor=actor).id}

    return PhoneView.form_page(
        form,
        template="reception",
        title="",
        more={
            **_about(found, gettext("Record a tour"), actor),
            "verdict": verdict,
            "intentions": INTENTION.choices(),
            "earlier": tours.latest_own_tours(_subject(found).code, actor=actor),
        },
        submit=lambda values: act_once(actor, values, record),
        done_url=str,
        done=lambda made: redirect(url_for("PhoneTourView.show", pk=made["id"]), 303),
    )


def act_once(
    actor: Actor, values: Mapping[str, Any], act: Callable[[], Mapping[str, Any]]
) -> Mapping[str, Any]:
    """Run an action once, though it is sent again after a double click or a lost answer (CH-32); other values
    on the same page are another action.
    """
    sent = {name: str(value) for name, value in values.items() if name != "once"}
    key = f"{values['once']} {keys().index(str(sent))}" if values["once"] else ""
    return run_once(actor.id, key, request.path, sent, act)


def customer_facts(found: ScanPreview) -> list[Fact]:
    """List what on-site staff need to know about a customer; business numbers are shown whole (ACC-9)."""
    place = db.session.get_one(Project, found.project_id)
    if found.visitor is not None:
        visitor = found.visitor
        return [
            Fact(_("Customer code"), visitor.code),
            Fact(_("Phone"), visitor.phone),
            Fact(_("Project"), place.name),
        ]
    return referral_facts(found.referral) if found.referral is not None else []


def referral_facts(referral: Referral) -> list[Fact]:
    """List the facts about a broker's customer."""
    broker = referral.broker
    facts = [
        Fact(_("Customer code"), referral.code),
        Fact(_("Phone"), " / ".join(one.masked for one in referral.fragments)),
        Fact(_("Project"), referral.project.name),
        Fact(_("Broker"), broker.name, call=broker.phone),
        Fact(_("Broker company"), referral.broker_company.name),
        Fact(_("Expected visit"), local_time(referral.expected_visit_at)),
        Fact(_("Shop category"), _label(SHOP_CATEGORY, referral.shop_category)),
        Fact(_("Customer type"), _label(CUSTOMER_TYPE, referral.customer_type)),
        Fact(_("Needs"), referral.needs),
        Fact(_("Designated consultant"), referral.consultant.name if referral.consultant else ""),
    ]
    return [one for one in facts if one.value]


def expected_result(found: ScanPreview) -> ExpectedResult:
    """Return what the page says before the confirmation (CH-13 … CH-15)."""
    if isinstance(found.expected_result, Decision):
        return ExpectedResult("orange", found.expected_result.message, refused=True)
    tone = SCAN_RESULT.tone(found.expected_result)
    if found.expected_result == "collision":
        return ExpectedResult(tone, _collision(found))
    if found.referral is None:
        return ExpectedResult(tone, _("A visitor without a broker: confirming records the visit."))
    broker = found.referral.broker.name
    if found.expected_result == "bound":
        until = local_time(clock.now() + timedelta(days=PROTECTION_DAYS.get()))
        text = _("Confirming binds this customer to %(broker)s until %(until)s.", broker=broker, until=until)
        return ExpectedResult(tone, text)
    until = local_time(found.referral.protected_until)
    if not until:
        return ExpectedResult(tone, _("The deal of this customer is closed: confirming records a revisit."))
    return ExpectedResult(
        tone,
        _("Bound to %(broker)s until %(until)s: confirming records a revisit.", broker=broker, until=until),
    )


def outcome_of(scan: OnsiteScan) -> ExpectedResult:
    """Return the result of a scan, and the customer's status at this moment (CH-14, CH-15)."""
    now = scanning.current_status(scan)
    tone, heading = SCAN_RESULT.tone(scan.result), SCAN_RESULT.label(scan.result)
    if scan.result == "walk_in":
        return ExpectedResult(tone, _("The visit is recorded; the consultant was told."), heading)
    if scan.result == "collision":
        text = (
            _collision(now, done=True)
            if now.is_protected
            else _("That protection is over now: scan the code again.")
        )
        return ExpectedResult(tone, text, heading)
    referral = now.referral
    until = local_time(referral.protected_until) if referral else ""
    if until:
        return ExpectedResult(tone, _("Protected for the broker until %(until)s.", until=until), heading)
    if referral and referral.present_state == "closed":
        return ExpectedResult(tone, _("The deal of this customer is closed."), heading)
    return ExpectedResult("orange", _("The protection of that time is over now."), heading)


def result_tag(code: str) -> Markup:
    """Show the result of a scan as a tag."""
    return code_tag(SCAN_RESULT, code)


def state_tag(code: str) -> Markup:
    """Show a referral's state as a tag."""
    return code_tag(REFERRAL_STATE, code)


def _collision(found: ScanPreview, *, done: bool = False) -> Sentence:
    until = local_time(found.protected_until)
    if done:
        return (
            _("Sold through another broker: nothing was bound, and the director was told.")
            if found.by_deal
            else _("Protected for another broker until %(until)s: nothing was bound.", until=until)
        )
    if found.by_deal:
        return _("Sold through another broker: nothing is bound, and the director sees this scan.")
    return _(
        "Protected for another broker until %(until)s: nothing is bound, and the director sees this scan.",
        until=until,
    )


def similar_notes(found: ScanPreview, actor: Actor) -> list[Sentence]:
    """Return hints for staff about bound customers that are probably this one; the broker only for those who
    may know (CH-8).
    """
    if not can_see_holder(actor):
        return [_("Probably a customer of another broker: the director sees it.")] if found.similar else []
    return [
        _(
            "Probably the same as %(name)s (%(code)s), bound to %(broker)s: the director sees it.",
            name=one.referral.name,
            code=one.referral.code,
            broker=one.broker.name,
        )
        for one in found.similar
    ]


def _about(found: ScanPreview, title: str, actor: Actor) -> dict[str, Any]:
    """Return what both pages show of the customer."""
    referral = found.referral
    return {
        "title": title,
        "back": url_for("PhoneScanView.scan"),
        "name": _subject(found).name,
        "state": state_tag(referral.present_state) if referral else "",
        "similar": similar_notes(found, actor),
        "facts": customer_facts(found),
    }


def _subject(found: ScanPreview) -> Referral | Visitor:
    subject = found.referral or found.visitor
    if subject is None:
        message = "found nobody"
        raise RuntimeError(message)
    return subject


def _expected(found: ScanPreview) -> int | None:
    """Return the likely consultant: the one who received before, else the one the broker prefers."""
    referral = found.referral
    return (referral.assigned_consultant_id or referral.consultant_id) if referral else None


def _wanted_project() -> int | None:
    try:
        return read_id(request.args.get("project_id", ""))
    except ValueError:
        return None


def _label(dictionary: Any, code: str | None) -> str:
    return dictionary.label(code) if code else ""
