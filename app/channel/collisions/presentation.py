"""Two referrals side by side, with all their events: the evidence for a decision (CH-19)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from markupsafe import Markup

from app.channel.brokers.presentation import broker_cell
from app.channel.collisions.choices import COLLISION_KIND, COLLISION_OUTCOME
from app.channel.referrals.choices import EVENT
from app.channel.referrals.presentation import fragments, referral_cell, state_tag, time_left
from app.channel.referrals.timeline import NO_REFERRAL, describe_event, history_of, icon_of, visits_of
from app.kernel import clock
from app.kernel.pages.elements import Item
from app.kernel.pages.formatting import code_tag, join_html, local_time, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from app.channel.collisions.models import Collision
    from app.channel.referrals.models import Referral
    from app.channel.referrals.timeline import Event
    from app.channel.visitors.models import Visitor
    from app.kernel.pages.elements import Button


BOUND, OTHER, BOTH, ELSEWHERE = "bound", "other", "both", "elsewhere"


@dataclass(frozen=True)
class Side:
    """One side of a collision: the broker or visitor, and the stage they reached."""

    key: str
    label: str
    name: Any
    tags: list[Markup]
    items: list[Item]


@dataclass(frozen=True)
class Moment:
    """A line of the common timeline; ``lane`` says which side it belongs to."""

    time: str
    lane: str
    title: str
    icon: str
    tone: str
    who: str
    text: str
    code: Any = ""


@dataclass(frozen=True)
class CollisionPage:
    """The content of the page."""

    title: str
    back_url: str
    tags: list[Markup]
    buttons: list[Button]
    notes: list[str]
    is_protected: bool
    decision: list[Item]
    sides: list[Side]
    moments: list[Moment] = field(default_factory=list)


def side_by_side(collision: Collision, back_url: str, buttons: list[Button]) -> CollisionPage:
    """Build the page: both sides with their facts, and their timelines aligned by time."""
    bound = collision.bound_referral
    history = history_of(bound)
    events, referrals = history.events, history.referrals
    other = collision.referral
    if other is not None and other.id not in referrals:  # under a similar name (CH-8)
        others = history_of(other)
        seen = {(event.kind, event.record.id) for event in events}
        added = [event for event in others.events if (event.kind, event.record.id) not in seen]
        events = sorted([*events, *added], key=lambda event: event.at)
        referrals = {**referrals, **others.referrals}
    if collision.visitor is not None:
        events = sorted([*events, *visits_of(collision.visitor)], key=lambda event: event.at)
    return CollisionPage(
        title=f"{bound.name} {fragments(bound)}",
        back_url=back_url,
        tags=[kind_tag(collision), status_tag(collision)],
        buttons=buttons,
        notes=_notes(collision),
        is_protected=collision.binding.lives_at(clock.now()),
        decision=_decision(collision),
        sides=_sides(collision, events),
        moments=[_moment(collision, event, referrals) for event in events],
    )


def status_tag(collision: Collision) -> Markup:
    """Return a tag that says whether the collision is open, or how it was decided."""
    if collision.is_open:
        return tag(gettext("To be decided"), "red")
    return code_tag(COLLISION_OUTCOME, collision.outcome)


def kind_tag(collision: Collision) -> Markup:
    """Return a tag for a probable collision; empty for a certain one (CH-8)."""
    return Markup("") if collision.kind == "certain" else code_tag(COLLISION_KIND, collision.kind)


def state_tags(collision: Collision) -> Markup:
    """Return the tags of status and kind."""
    return status_tag(collision) + kind_tag(collision)


def _notes(collision: Collision) -> list[str]:
    """Say which broker was bound first, and how long that protects the customer."""
    binding, bound = collision.binding, collision.bound_referral
    first = gettext(
        "Bound first: %(broker)s (%(code)s), %(time)s",
        broker=bound.broker.name,
        code=bound.code,
        time=local_time(binding.bound_at),
    )
    notes = [first]
    if binding.referral_id != bound.id:
        now = binding.referral
        notes.append(gettext("Given to %(broker)s (%(code)s) since", broker=now.broker.name, code=now.code))
    if binding.state == "closed":
        return [*notes, gettext("The deal is closed: the customer stays reserved.")]
    if not binding.lives_at(clock.now()):
        ended = binding.ended_at or binding.expires_at
        return [*notes, gettext("The protection was over on %(time)s", time=local_time(ended))]
    left = time_left(binding.expires_at)
    until = gettext("Protected until %(time)s: %(left)s", time=local_time(binding.expires_at), left=left)
    return [*notes, until]


def _decision(collision: Collision) -> list[Item]:
    """List the decision; nothing while the collision is open."""
    if collision.is_open:
        return []
    by = collision.handled_by
    return [
        Item(gettext("Outcome"), code_tag(COLLISION_OUTCOME, collision.outcome)),
        Item(gettext("Handled at"), local_time(collision.handled_at)),
        Item(gettext("Handled by"), by.display_name if by else ""),
        Item(gettext("Note"), collision.note, wide=True),
    ]


def _sides(collision: Collision, events: Sequence[Event]) -> list[Side]:
    bound, other = collision.bound_referral, collision.referral
    counts = Counter((event.referral_id, event.kind) for event in events)
    left = _referral_side(BOUND, gettext("Bound broker"), bound, other, counts)
    if other is not None:
        return [left, _referral_side(OTHER, gettext("Reporting broker"), other, bound, counts)]
    return [left, *([_visitor_side(collision.visitor, counts)] if collision.visitor else [])]


def _referral_side(
    key: str, label: str, one: Referral, rival: Referral | None, counts: Counter[tuple[int, str]]
) -> Side:
    def when(label: str, name: str) -> Item:
        mine: datetime | None = getattr(one, name)
        theirs: datetime | None = getattr(rival, name) if rival else None
        first = mine is not None and theirs is not None and mine < theirs
        marks = [tag(gettext("Earlier"), "green")] if first else []
        return Item(label, join_html([local_time(mine), *marks]) if mine else "")

    return Side(
        key,
        label,
        broker_cell(one.broker),
        [state_tag(one)],
        [
            Item(gettext("Full name"), one.name),
            Item(gettext("Broker's phone"), one.broker.phone),
            Item(gettext("Customer code"), referral_cell(one)),
            Item(gettext("Phone fragment"), fragments(one)),
            when(gettext("Entered at"), "created_at"),
            when(gettext("First reported"), "reported_at"),
            when(gettext("Bound since"), "bound_at"),
            Item(gettext("Protected until"), local_time(one.protected_until)),
            *(Item(label, counts[one.id, kind]) for label, kind in _counted()),
        ],
    )


def _visitor_side(visitor: Visitor, counts: Counter[tuple[int, str]]) -> Side:
    return Side(
        OTHER,
        gettext("Walk-in visitor"),
        visitor.name,
        [tag(gettext("Walk-in"), "cyan")],
        [
            Item(gettext("Customer code"), visitor.code),
            Item(gettext("Phone fragment"), visitor.phone.masked),
            Item(gettext("Registered"), local_time(visitor.created_at)),
            *(Item(label, counts[NO_REFERRAL, kind]) for label, kind in _counted()[1:3]),
        ],
    )


def _counted() -> list[tuple[str, str]]:
    return [
        (gettext("Times reported"), "report"),
        (gettext("Times scanned"), "scan"),
        (gettext("Times received"), "tour"),
        (gettext("Fees paid"), "fee"),
    ]


def _moment(collision: Collision, event: Event, known: Mapping[int, Referral]) -> Moment:
    who, text = describe_event(event)
    lane = _lane(collision, event)
    third = known.get(event.referral_id) if lane == ELSEWHERE else None
    return Moment(
        time=local_time(event.at),
        lane=lane,
        title=EVENT.label(event.kind),
        icon=icon_of(event.kind),
        tone=EVENT.tone(event.kind),
        who=who,
        text=text,
        code=referral_cell(third) if third else "",
    )


def _lane(collision: Collision, event: Event) -> str:
    """Return the lane of an event: the bound side, the other side, both, or a third code of the same
    customer.
    """
    ours = {collision.bound_referral_id: BOUND, collision.referral_id or NO_REFERRAL: OTHER}
    lanes = {ours.get(pk, ELSEWHERE) for pk in event.referral_ids}
    if lanes == {BOUND, OTHER}:
        return BOTH
    return lanes.pop() if len(lanes) == 1 else ELSEWHERE
