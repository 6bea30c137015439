"""Record tours and their follow-ups (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.channel.brokers.queries import get_work_profile
from app.channel.referrals.models import Binding, Referral, is_live
from app.channel.scans.models import OnsiteScan
from app.channel.scans.policies import PROTECTION_OVER
from app.channel.scans.services import PROTECTED_BY_ANOTHER, find_scanned, preview_at
from app.channel.shared.notifications import notify_person
from app.channel.tours import choices
from app.channel.tours.models import Tour, TourFollowUp
from app.channel.tours.policies import can_follow_tour, can_tour
from app.channel.tours.queries import get_tour
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import PERSON, Invalid
from app.kernel.text import clean
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.channel.brokers.policies import WorkProfile
    from app.channel.scans.services import ScanPreview
    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision, Sentence


MAX_CONTENT = 2000
_LATEST = 3


@transactional
def record_tour(*, token: str, intention: str, actor: Actor) -> Tour:
    """Record that a consultant received the customer of a code, with the intention, A to D (CH-21).

    It needs a live binding, a closed deal or a visitor's scan. The broker is notified.

    :raises Invalid: for an unknown intention.
    :raises NotFound: for an unknown code.
    :raises Denied: 403 by rule; ``tour.not_received``.
    """
    subject, values, verdict = _reception(token, actor)
    if intention not in choices.INTENTION:
        raise Invalid(intention=_("Not one of the choices"))
    verdict.enforce()
    tour = Tour(**values, consultant_id=actor.id, intention=intention, created_at=clock.now())
    db.session.add(tour)
    db.session.flush()
    audit.record(actor, "tour.record", tour, N_("Toured, intention %(intention)s"), intention=intention)
    audit.record(
        actor,
        f"{subject.__audit__}.tour",
        subject,
        N_("Toured, intention %(intention)s"),
        intention=intention,
    )
    notify_person(
        tour.broker_id,
        N_("%(name)s (%(code)s) has been shown around"),
        actor,
        about=subject,
        name=tour.name,
        code=tour.code,
    )
    return tour


def preview_tour(token: str, *, actor: Actor) -> tuple[ScanPreview, Decision]:
    """Look up a code for a consultant and judge whether a tour can be recorded now; write nothing (CH-21).

    :raises NotFound: for an unknown code.
    :raises Denied: for those who are not consultants of the project.
    """
    subject, values, verdict = _reception(token, actor)
    if not verdict and verdict.status == PERSON:
        verdict.enforce()
    return preview_at(subject, values["project_id"]), verdict


def latest_own_tours(code: str, *, actor: Actor) -> Sequence[Tour]:
    """Return the consultant's latest tours of a customer, shown before they record another."""
    mine = select(Tour).where(Tour.code == code, Tour.consultant_id == actor.id)
    newest_first = mine.order_by(Tour.created_at.desc(), Tour.id.desc()).limit(_LATEST)
    return db.session.scalars(scoped(newest_first)).all()


def _reception(token: str, actor: Actor) -> tuple[Referral | Visitor, dict[str, Any], Decision]:
    """Return the customer of a code, the values of a tour of them, and whether the actor may record it."""
    subject = find_scanned(token, actor=actor, may_be_assigned=True)
    profile = get_work_profile(actor)
    values = _referral_values(subject) if isinstance(subject, Referral) else _visitor_values(subject, profile)
    received = values.pop("received")
    verdict = can_tour(
        actor,
        values["project_id"] or 0,
        profile,
        received=received,
        why_not="" if received else _why_not(subject),
    )
    return subject, values, verdict


def _why_not(subject: Referral | Visitor) -> Sentence:
    """Say why a broker's customer cannot be received, beyond that the code was not scanned."""
    if not isinstance(subject, Referral):
        return ""
    if preview_at(subject, subject.project_id).is_protected:
        return PROTECTED_BY_ANOTHER
    return PROTECTION_OVER if subject.present_state == "expired" else ""


def _referral_values(referral: Referral) -> dict[str, Any]:
    live = select(Binding.id).where(Binding.referral_id == referral.id, is_live(clock.now()))
    binding_id = db.session.scalar(live)
    return {
        "company_id": referral.company_id,
        "project_id": referral.project_id,
        "referral_id": referral.id,
        "code": referral.code,
        "name": referral.name,
        "name_key": referral.name_key,
        "phone": " / ".join(one.masked for one in referral.fragments),
        "broker_id": referral.broker_id,
        "binding_id": binding_id,
        "received": binding_id is not None,
    }


def _visitor_values(visitor: Visitor, profile: WorkProfile) -> dict[str, Any]:
    """Return the tour's values of a visitor: their project is that of their latest scan where the consultant
    works.
    """
    latest = (
        select(OnsiteScan)
        .where(OnsiteScan.visitor_id == visitor.id, OnsiteScan.project_id.in_(profile.consults_at))
        .order_by(OnsiteScan.created_at.desc(), OnsiteScan.id.desc())
        .limit(1)
    )
    scan = db.session.scalars(scoped(latest)).one_or_none()
    return {
        "company_id": scan.company_id if scan else None,
        "project_id": scan.project_id if scan else next(iter(profile.consults_at), None),
        "visitor_id": visitor.id,
        "code": visitor.code,
        "name": visitor.name,
        "name_key": visitor.name_key,
        "phone": str(visitor.phone),
        "received": scan is not None,
    }


def follow_ups_of(tour: Tour) -> Select[TourFollowUp]:
    """Select the follow-ups of a tour."""
    return (
        select(TourFollowUp).where(TourFollowUp.tour_id == tour.id).options(joinedload(TourFollowUp.author))
    )


def count_follow_ups(tour_ids: Sequence[int]) -> dict[int, int]:
    """Count the follow-ups of each tour, in one statement."""
    counted = select(TourFollowUp.tour_id, func.count()).where(TourFollowUp.tour_id.in_(tour_ids))
    return dict(db.session.execute(counted.group_by(TourFollowUp.tour_id)).all())


@transactional
def follow_tour(pk: int, *, content: str, actor: Actor) -> TourFollowUp:
    """Add a follow-up to a tour; a tour has any number (CH-21).

    :raises Invalid: without a text.
    :raises Denied: ``tour.not_yours``.
    """
    tour = get_tour(pk, actor=actor, lock=True)
    text = clean(content)
    if not text:
        raise Invalid(content=_("This field is required"))
    if len(text) > MAX_CONTENT:
        raise Invalid(content=_("At most %(n)s characters", n=MAX_CONTENT))
    can_follow_tour(actor, tour).enforce()
    made = TourFollowUp(
        company_id=tour.company_id, tour_id=tour.id, author_id=actor.id, content=text, created_at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    audit.record(actor, "tour.follow_up", tour, N_("Followed up"))
    return made
