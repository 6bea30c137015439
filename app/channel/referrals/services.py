"""Enter and report customers (CH-7 … CH-12)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.audit import services as audit
from app.channel.brokers.models import Broker
from app.channel.brokers.policies import can_work
from app.channel.brokers.queries import get_work_profile, visible_brokers
from app.channel.projects.queries import get_consultant
from app.channel.projects.services import choose_project
from app.channel.referrals import choices
from app.channel.referrals.bindings import (
    claim_identity,
    fragments_of,
    full_name,
    live_bindings,
    lock_identity,
    referral_of,
    similar_holders,
)
from app.channel.referrals.expiry import end_if_due
from app.channel.referrals.models import Binding, Referral, ReferralReport
from app.channel.referrals.policies import can_enter, can_report
from app.channel.referrals.queries import get_referral, visible_referrals
from app.channel.referrals.totals import update_totals
from app.channel.shared.codes import NOT_OFFERED, new_token
from app.channel.shared.identity import read_fragments, read_name
from app.channel.shared.notifications import notify_person
from app.channel.shared.settings import COMPANY_ONSITES_ENTER
from app.kernel import clock
from app.kernel.database.numbering import next_code
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, conflict
from app.kernel.text import clean
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from app.channel.brokers.policies import WorkProfile
    from app.channel.projects.models import Project
    from app.channel.shared.identity import Fragment
    from app.kernel.access.actor import Actor


MAX_NEEDS = 2000
_LATEST_VISIT, _FILLING_IN = timedelta(days=366), timedelta(minutes=15)


_competition_listeners: list[Callable[..., Any]] = []


def on_competition(listener: Callable[..., Any]) -> None:
    """Register a listener for customers entered or reported while other brokers' bindings hold them (CH-18).

    ``listener(bindings, kind="certain" | "probable", referral=…, occasion="enter" | "report", actor=…)`` runs
    in the same transaction.
    """
    if listener not in _competition_listeners:
        _competition_listeners.append(listener)


@transactional
def enter_referral(
    *,
    family_name: str,
    given_name: str,
    phones: Iterable[tuple[str, str]],
    project_id: int | None = None,
    consultant_id: int | None = None,
    for_broker_id: int | None = None,
    report: bool = False,
    actor: Actor,
    **details: Any,
) -> Referral:
    """Enter a customer for a broker, and report it at once if asked (CH-7 … CH-9).

    ``details``: ``expected_visit_at``, ``shop_category``, ``customer_type``, ``needs``. Where another's
    binding of the customer lives, a collision is recorded and the entry still succeeds (CH-18).

    :raises Invalid: for what cannot be accepted.
    :raises Denied: ``broker.awaiting_review``, ``referral.for_others``, ``referral.duplicate`` with
        ``referral_id``.
    """
    profile = get_work_profile(actor)
    can_work(profile).enforce()
    names = _read_names(family_name, given_name)
    fragments = read_fragments(phones)
    values = {**names, **_read_details(**details), **_numbers(fragments)}
    project = choose_project(project_id, actor)
    if consultant_id is not None and get_consultant(consultant_id, project.id) is None:
        raise Invalid(consultant_id=NOT_OFFERED)
    broker = _broker(profile, for_broker_id, actor)
    lock_identity(project.id, names["name_key"])
    _refuse_duplicate(broker.id, project.id, names["name_key"], fragments, actor)
    values |= _initial_values(project, broker)
    referral = Referral(**values, consultant_id=consultant_id, entered_by_id=actor.id)
    _store(referral, actor)
    if report:
        _report(referral, actor)
    _notify_competition(referral, "report" if report else "enter", actor)
    update_totals((referral, 0))
    return referral


def _read_names(family_name: str, given_name: str) -> dict[str, str]:
    family, given, key = read_name(family_name, given_name)
    name = full_name(family, given)
    return {"family_name": family, "given_name": given, "name": name, "name_key": key}


def _numbers(fragments: tuple[Fragment, ...]) -> dict[str, str | None]:
    columns: dict[str, str | None] = {"phone2_prefix": None, "phone2_tail": None}
    for place, one in enumerate(fragments, start=1):
        columns |= {f"phone{place}_prefix": one.prefix, f"phone{place}_tail": one.tail}
    return columns


def _initial_values(project: Project, broker: Broker) -> dict[str, Any]:
    return {
        "broker": broker,
        "broker_id": broker.id,
        "broker_company_id": broker.broker_company_id,
        "company_id": project.company_id,
        "project": project,
        "project_id": project.id,
        "state": "entered",
        "furthest_stage": 1,
        "created_at": clock.now(),
    }


def _store(referral: Referral, actor: Actor) -> None:
    referral.code = next_code(CODE_PREFIX)
    db.session.add(referral)
    db.session.flush()
    claim_identity(referral)
    audit.record(
        actor,
        "referral.enter",
        referral,
        N_("Customer %(code)s entered for %(broker)s"),
        code=referral.code,
        broker=referral.broker.name,
    )
    notify_person(
        referral.broker_id,
        N_("%(who)s entered %(name)s (%(code)s) for you"),
        actor,
        about=referral,
        who=actor.name,
        name=referral.name,
        code=referral.code,
    )


@transactional
def report_referral(pk: int, *, actor: Actor) -> Referral:
    """Report a referral, at any state and any number of times; each report is logged (CH-11, CH-12).

    ``entered`` and ``expired`` become ``reported``; the first report makes the viewing QR. Where another's
    binding of the customer lives, a collision is recorded (CH-18).

    :raises Denied: ``broker.awaiting_review``, ``referral.not_yours``.
    """
    profile = get_work_profile(actor)
    if profile.broker is not None:
        can_work(profile).enforce()
    seen = get_referral(pk, actor=actor)
    can_report(actor, seen, profile).enforce()
    lock_identity(seen.project_id, seen.name_key)
    end_own_if_due(seen)
    referral = get_referral(pk, actor=actor, lock=True)
    before = referral.furthest_stage
    _report(referral, actor)
    _notify_competition(referral, "report", actor)
    update_totals((referral, before))
    return referral


def end_own_if_due(referral: Referral) -> None:
    """Write the end of the referral's own protection when it is due, before any decision reads it."""
    if referral.state == "bound" and referral.present_state == "expired":
        own = select(Binding).where(Binding.referral_id == referral.id, Binding.state == "live")
        for binding in db.session.scalars(own):
            end_if_due(binding)


def _report(referral: Referral, actor: Actor) -> None:
    before, moment = referral.state, clock.now()
    referral.forget_past_visit(moment)
    referral.report(new_token(), moment)
    db.session.add(
        ReferralReport(
            company_id=referral.company_id,
            referral_id=referral.id,
            by_id=actor.id,
            by_name=actor.name,
            state_before=before,
            state_after=referral.state,
            created_at=moment,
        )
    )
    changed = {"state": (before, referral.state)} if before != referral.state else None
    audit.record(actor, "referral.report", referral, N_("Reported"), changed)


def _notify_competition(referral: Referral, occasion: str, actor: Actor) -> None:
    identity, own = (referral.project_id, referral.name_key, fragments_of(referral)), referral.broker_id
    certain = [one for one in live_bindings(*identity) if one.broker_id != own]
    for kind, others in (("certain", certain), ("probable", similar_holders(*identity, but=own))):
        for listener in _competition_listeners:
            listener(others, kind=kind, referral=referral, occasion=occasion, actor=actor)


def _refuse_duplicate(
    broker_id: int, project_id: int, key: str, fragments: tuple[Fragment, ...], actor: Actor
) -> None:
    """Refuse a second referral by the same broker; name the first to those who can open it (CH-8)."""
    known = referral_of(broker_id, project_id, key, [one.key for one in fragments])
    if known is None:
        return
    message = (
        _("You entered this customer before")
        if broker_id == actor.id
        else _("This broker entered this customer before")
    )
    seen = db.session.scalar(
        visible_referrals(actor).where(Referral.id == known.id).with_only_columns(Referral.id)
    )
    conflict("referral.duplicate", message, **({"referral_id": seen} if seen else {})).enforce()


def _broker(profile: WorkProfile, for_broker_id: int | None, actor: Actor) -> Broker:
    """Return the broker of the new referral: the actor, or a colleague of the same broker company (CH-9)."""
    allowed = COMPANY_ONSITES_ENTER.get()
    can_enter(actor, profile, for_broker_id=for_broker_id, allowed=allowed).enforce()
    if profile.broker is not None and for_broker_id in {None, actor.id}:
        return profile.broker
    statement = visible_brokers(actor).where(Broker.id == for_broker_id, Broker.review_state == "approved")
    found = db.session.scalars(statement).one_or_none()
    if found is None or not found.account.active:
        raise Invalid(for_broker_id=NOT_OFFERED)
    return found


def check_visit_time(moment: datetime) -> None:
    """Check that a visit is expected between now and one year ahead, with some time to fill in the form
    (CH-34).

    :raises Invalid: under ``expected_visit_at``.
    """
    now = clock.now()
    if not now - _FILLING_IN <= moment <= now + _LATEST_VISIT:
        raise Invalid(expected_visit_at=_("A time from now to one year ahead"))


def _read_details(
    *,
    expected_visit_at: datetime | None = None,
    shop_category: str | None = None,
    customer_type: str | None = None,
    needs: str | None = None,
) -> dict[str, Any]:
    for field, code, offered in (
        ("shop_category", shop_category, choices.SHOP_CATEGORY),
        ("customer_type", customer_type, choices.CUSTOMER_TYPE),
    ):
        if code and not offered.offers(code):
            raise Invalid(**{field: NOT_OFFERED})
    if expected_visit_at is not None:
        check_visit_time(expected_visit_at)
    text = clean(needs or "")
    if len(text) > MAX_NEEDS:
        raise Invalid(needs=_("At most %(n)s characters", n=MAX_NEEDS))
    return {
        "expected_visit_at": expected_visit_at,
        "shop_category": shop_category or None,
        "customer_type": customer_type or None,
        "needs": text or None,
    }


CODE_PREFIX = "R"
