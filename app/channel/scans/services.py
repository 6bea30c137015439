"""Scanning a viewing QR on site: binding, revisit, collision, walk-in (CH-13 … CH-15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload

from app.audit import services as audit
from app.channel.brokers.queries import get_work_profile
from app.channel.collisions.services import record_collisions
from app.channel.projects.models import Project
from app.channel.referrals.bindings import (
    add_binding,
    fragments_of,
    live_bindings,
    live_holders,
    lock_identity,
    similar_holders,
)
from app.channel.referrals.models import Binding, Referral
from app.channel.referrals.services import end_own_if_due
from app.channel.referrals.totals import update_totals
from app.channel.scans import policies
from app.channel.scans.assignments import assigned_referrals, assigned_visits
from app.channel.scans.code_proof import code_in, find_by_code, proved_code
from app.channel.scans.models import OnsiteScan
from app.channel.scans.places import consultant_of_scan, project_of_scan
from app.channel.shared.notifications import notify_person
from app.channel.shared.settings import PROTECTION_DAYS
from app.channel.visitors.models import Visitor
from app.kernel import clock
from app.kernel.access.guard import scoped, unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Denied, NotFound, conflict
from app.kernel.text import fold
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff


PROTECTED_BY_ANOTHER = _("This customer is protected by another broker")
_MAX_TOKEN = 500


@dataclass(frozen=True)
class ScanPreview:
    """The customer of a code, and what is known before a confirmation (CH-13).

    ``protected_until`` is set while another's binding lives; ``by_deal`` when that is a closed deal.
    ``similar`` are others' bindings of customers that are probably this one (CH-8). ``expected_result`` is
    the result of confirming now, or the reason of a refusal.
    """

    referral: Referral | None = None
    visitor: Visitor | None = None
    project_id: int | None = None
    protected_until: datetime | None = None
    by_deal: bool = False
    similar: tuple[Binding, ...] = ()
    expected_result: str | Decision = ""

    @property
    def is_protected(self) -> bool:
        """Tell whether another's binding lives."""
        return self.by_deal or self.protected_until is not None


@dataclass(frozen=True)
class Scanned:
    """The outcome of a scan. A ``collision`` is committed, and answered as a refusal; ``is_probable``: the
    customer is probably one who is bound to another broker (CH-8).
    """

    scan: OnsiteScan
    protected_until: datetime | None = None
    is_probable: bool = False

    @property
    def result(self) -> str:
        """Return ``bound``, ``revisit``, ``collision`` or ``walk_in``."""
        return self.scan.result

    @property
    def decision(self) -> Decision | None:
        """Return the refusal that a collision means for the person who scanned."""
        if self.result != "collision":
            return None
        until = self.protected_until
        return collision_refusal(self.scan.id, until.isoformat() if until else None)


def collision_refusal(scan_id: int, protected_until: str | None) -> Decision:
    """Return the refusal shown for a collision, which is committed all the same (CH-18)."""
    return conflict(
        "scan.collision",
        PROTECTED_BY_ANOTHER,
        result="collision",
        scan_id=scan_id,
        protected_until=protected_until,
    )


def extract_code(text: str) -> str:
    """Extract the token or code from a scanned or typed text."""
    return fold(text)[:_MAX_TOKEN].split("?")[0].rstrip("/").rsplit("/", 1)[-1]


def find_scanned(text: str, *, actor: Actor, may_be_assigned: bool = False) -> Referral | Visitor:
    """Find the referral or visitor of a token, a URL with one, or a word that :func:`prove_code` returned.

    :param may_be_assigned: the bare code is enough for customers that the consultant already receives
        (CH-30).
    :raises NotFound: when no one has the code.
    """
    word = extract_code(text)
    found = _find_by_token(word) if word else None
    if found is None and (proved := proved_code(word, actor)):
        found = find_by_code(proved)
    if found is None and may_be_assigned and (code := code_in(word)):
        found = _assigned(code, actor)
    if found is None:
        raise NotFound
    return found


def _find_by_token(word: str) -> Referral | Visitor | None:
    statement = select(Referral).where(Referral.qr_token == word).options(joinedload(Referral.broker))
    with unscoped("scan: the code itself is the way to the customer (CH-13)"):
        referral = db.session.scalars(statement).one_or_none()
        return referral or db.session.scalars(select(Visitor).where(Visitor.qr_token == word)).one_or_none()


def _assigned(code: str, actor: Actor) -> Referral | Visitor | None:
    own = assigned_referrals(actor).where(Referral.code == code, Referral.qr_token.is_not(None))
    referral = db.session.scalars(own.options(joinedload(Referral.broker))).one_or_none()
    if referral is not None:
        return referral
    visits = assigned_visits(actor).where(OnsiteScan.code == code)
    visit = db.session.scalars(visits.order_by(OnsiteScan.id.desc()).limit(1)).one_or_none()
    return visit.visitor if visit else None


def lookup(token: str, *, project_id: int | None = None, actor: Actor) -> ScanPreview:
    """Look up what the page shows before a confirmation; write nothing (CH-13, CH-21).

    :raises NotFound: for an unknown code.
    :raises Denied: for those who do not work at the project.
    """
    subject = find_scanned(token, actor=actor, may_be_assigned=True)
    profile = get_work_profile(actor)
    place = project_of_scan(subject, project_id, profile.onsite_at | profile.consults_at)
    policies.can_lookup(actor, place, profile).enforce()
    return preview_at(subject, place)


def preview_scan(token: str, *, project_id: int | None = None, actor: Actor) -> ScanPreview:
    """Look up a code for a confirmation; the actor has to be on-site staff of the project (CH-13).

    :raises Invalid: for a visitor, when the actor works at several projects and names none.
    """
    subject = find_scanned(token, actor=actor)
    profile = get_work_profile(actor)
    place = project_of_scan(subject, project_id, profile.onsite_at)
    policies.can_scan(actor, place, profile).enforce()
    return preview_at(subject, place)


def current_status(scan: OnsiteScan) -> ScanPreview:
    """Return the status of a scan's customer at this moment; a collided scan says until when (CH-14)."""
    subject = scan.referral or scan.visitor
    return preview_at(subject, scan.project_id) if subject else ScanPreview()


def preview_at(subject: Referral | Visitor, place: int) -> ScanPreview:
    """Return the status of a customer at a project at this moment."""
    expected_result: str | Decision
    if isinstance(subject, Referral):
        living = live_holders(place, subject.name_key, fragments_of(subject))
        others = [one for one in living if one.broker_id != subject.broker_id]
        similar = similar_holders(place, subject.name_key, fragments_of(subject), but=subject.broker_id)
        expected_result = policies.judge_scan(subject, [one.broker_id for one in living])
    else:
        others = live_holders(place, subject.name_key, [fragment_of_visitor(subject)])
        similar = similar_holders(place, subject.name_key, [fragment_of_visitor(subject)])
        expected_result = "collision" if others else "walk_in"
    return ScanPreview(
        referral=subject if isinstance(subject, Referral) else None,
        visitor=subject if isinstance(subject, Visitor) else None,
        project_id=place,
        protected_until=_protection_end(others),
        by_deal=any(one.state == "closed" for one in others),
        similar=tuple(similar),
        expected_result=expected_result,
    )


@transactional
def scan(
    *, token: str, consultant_id: int | None = None, project_id: int | None = None, actor: Actor
) -> Scanned:
    """Confirm a scan: write an ``OnsiteScan``, assign the consultant, bind or not (CH-13 … CH-15).

    The first scan binds for the protection period of the setting. The same broker's code again is a revisit.
    While another's binding lives, nothing is bound: scan and collision are committed, and the result says so.
    ``project_id`` matters for visitors, where the actor works at several projects.

    :raises Invalid: without a consultant of the project.
    :raises NotFound: for an unknown code.
    :raises Denied: 403 by rule; ``referral.expired`` when it has to be reported again.
    """
    subject = find_scanned(token, actor=actor)
    profile = get_work_profile(actor)
    place = project_of_scan(subject, project_id, profile.onsite_at)
    consultant = consultant_of_scan(subject, consultant_id, place)
    policies.can_scan(actor, place, profile).enforce()
    lock_identity(place, subject.name_key)
    by_code = bool(proved_code(extract_code(token), actor))
    if isinstance(subject, Visitor):
        project = db.session.get_one(Project, place)
        return _scan_visitor(subject, consultant, project, actor, by_code=by_code)
    return _scan_referral(subject, consultant, actor, by_code=by_code)


def _scan_referral(seen: Referral, consultant: Staff, actor: Actor, *, by_code: bool) -> Scanned:
    end_own_if_due(seen)
    locked = select(Referral).where(Referral.id == seen.id).with_for_update(of=Referral)
    locked = locked.options(joinedload(Referral.broker))
    referral = db.session.scalars(scoped(locked.execution_options(populate_existing=True))).one()
    before = referral.furthest_stage
    bindings = live_bindings(referral.project_id, referral.name_key, fragments_of(referral))
    result = _judge(referral, bindings)
    if result == "bound":
        bindings = _bind(referral)
        result = "bound" if referral.state == "bound" else _judge(referral, bindings)
    others = [one for one in bindings if one.broker_id != referral.broker_id]
    own = next((one for one in bindings if one.broker_id == referral.broker_id), None)
    collided = result == "collision"
    if not collided:
        referral.assigned_consultant_id = consultant.id
    made = _write(
        actor,
        result,
        consultant,
        company_id=referral.company_id,
        project_id=referral.project_id,
        referral_id=referral.id,
        code=referral.code,
        name=referral.name,
        name_key=referral.name_key,
        phone=" / ".join(one.masked for one in referral.fragments),
        broker=referral.broker,
        bound_broker_id=others[0].broker_id if collided else None,
        binding_id=own.id if own and not collided else None,
        by_code=by_code,
    )
    if collided:
        record_collisions(others, referral=referral, occasion="scan", actor=actor)
    similar = _record_similar(referral, result, actor)
    _log(referral, result, consultant.id, actor)
    update_totals((referral, before))
    return Scanned(made, _protection_end(others) if collided else referral.protected_until, bool(similar))


def _record_similar(referral: Referral, result: str, actor: Actor) -> list[Binding]:
    """Record collisions with customers that are probably this one (CH-8); a revisit adds none."""
    identity = referral.project_id, referral.name_key, fragments_of(referral)
    found = similar_holders(*identity, but=referral.broker_id)
    if result != "revisit":
        record_collisions(found, kind="probable", referral=referral, occasion="scan", actor=actor)
    return found


def _judge(referral: Referral, bindings: Sequence[Binding]) -> str:
    result = policies.judge_scan(referral, [one.broker_id for one in bindings])
    if isinstance(result, Decision):
        raise Denied(result)
    return result


def _bind(referral: Referral) -> list[Binding]:
    """Bind, unless a simultaneous scan was first: the keys decide (CH-14).

    Return the bindings that live now: the new one, or those of the first scan.
    """
    begins = clock.now()
    ends = begins + timedelta(days=PROTECTION_DAYS.read())
    try:
        binding = add_binding(referral, state="live", begins=begins, ends=ends)
    except IntegrityError:
        return live_bindings(referral.project_id, referral.name_key, fragments_of(referral))
    referral.bind(binding)
    return [binding]


def _scan_visitor(
    visitor: Visitor, consultant: Staff, project: Project, actor: Actor, *, by_code: bool
) -> Scanned:
    """Record a visit without a broker, unless a broker's customer matches the visitor (CH-15)."""
    bindings = live_bindings(project.id, visitor.name_key, [fragment_of_visitor(visitor)])
    result = "collision" if bindings else "walk_in"
    made = _write(
        actor,
        result,
        consultant,
        company_id=project.company_id,
        project_id=project.id,
        visitor_id=visitor.id,
        code=visitor.code,
        name=visitor.name,
        name_key=visitor.name_key,
        phone=str(visitor.phone),
        bound_broker_id=bindings[0].broker_id if bindings else None,
        by_code=by_code,
    )
    record_collisions(bindings, visitor=visitor, occasion="scan", actor=actor)
    similar = similar_holders(project.id, visitor.name_key, [fragment_of_visitor(visitor)])
    record_collisions(similar, kind="probable", visitor=visitor, occasion="scan", actor=actor)
    audit.record(actor, f"visitor.{result}", visitor, N_("Received at %(project)s"), project=project.name)
    _notify_consultant(consultant.id, visitor, made, actor)
    return Scanned(made, _protection_end(bindings), bool(similar))


def _write(actor: Actor, result: str, consultant: Staff, **values: Any) -> OnsiteScan:
    made = OnsiteScan(
        **values, staff_id=actor.id, consultant=consultant, result=result, created_at=clock.now()
    )
    db.session.add(made)
    db.session.flush()
    return made


def _log(referral: Referral, result: str, consultant_id: int, actor: Actor) -> None:
    messages = {
        "bound": N_("Scanned on site: bound"),
        "revisit": N_("Scanned on site: revisit"),
        "collision": N_("Scanned on site: protected by another broker"),
    }
    changed = {"state": ("reported", "bound")} if result == "bound" else None
    audit.record(actor, f"referral.{result}", referral, messages[result], changed)
    if result == "collision":
        return
    if result == "bound":
        notify_person(
            referral.broker_id,
            N_("%(name)s (%(code)s) is bound to you now"),
            actor,
            about=referral,
            name=referral.name,
            code=referral.code,
        )
    _notify_consultant(consultant_id, referral, referral, actor)


def _notify_consultant(
    consultant_id: int, subject: Referral | Visitor, about: Referral | OnsiteScan, actor: Actor
) -> None:
    notify_person(
        consultant_id,
        N_("%(name)s (%(code)s) has arrived and is yours to receive"),
        actor,
        about=about,
        name=subject.name,
        code=subject.code,
    )


def fragment_of_visitor(visitor: Visitor) -> str:
    """Return the first three and last four digits of the visitor's number (CH-15)."""
    return (visitor.phone.masked or "")[:3] + (visitor.phone.last4 or "")


def _protection_end(bindings: Sequence[Binding]) -> datetime | None:
    """Return the end of the protection: the last end of the bindings; None for a deal."""
    running = [one.expires_at for one in bindings if one.state == "live"]
    return max(running, default=None)
