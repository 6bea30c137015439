"""Parts that other subjects add to a referral: a tab of its page, lines of its timeline, an API collection.

Scans, tours, fees and collisions register theirs in their own ``setup.py``: referrals import none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Select

    from app.channel.referrals.models import Referral
    from app.channel.visitors.models import Visitor
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.pages.elements import Button
    from app.kernel.pages.tabs import DetailTab


@dataclass(frozen=True)
class Collection:
    """A part in the REST API.

    ``records`` turns rows into a list of ``record_type``; ``options`` load what they need; reading also
    requires the permission ``read`` if there is one.
    """

    path: str
    summary: str
    record_type: Any
    records: Callable[[Iterable[Any]], list[Any]]
    options: tuple[Any, ...] = ()
    read: Permission | None = None


def _no_buttons(_referral: Referral, _actor: Actor) -> list[Button]:
    return []


@dataclass(frozen=True)
class ReferralPart:
    """Rows of ``model`` that belong to referrals.

    ``kind`` is their code in the timeline (:data:`choices.EVENT`). ``select(ids)`` returns the rows of
    referrals that the actor can open. ``belongs_to`` names the column of the referral that a row belongs to,
    ``other`` the column of a second one that it concerns. ``describe(row)`` returns who did it and what it
    was; ``people`` load what it reads of other tables. ``of_visitor`` selects the rows of a walk-in visitor;
    ``buttons`` appear in the head of the page.
    """

    kind: str
    icon: str
    model: Any
    select: Callable[[Sequence[int]], Select[Any]]
    describe: Callable[[Any], tuple[str, str]]
    tab: DetailTab
    collection: Collection | None = None
    belongs_to: str = "referral_id"
    other: str = ""
    of_visitor: Callable[[Visitor], Select[Any]] | None = None
    buttons: Callable[[Referral, Actor], list[Button]] = _no_buttons
    people: tuple[Any, ...] = ()


_parts: dict[str, ReferralPart] = {}


def register_parts(*parts: ReferralPart) -> None:
    """Register parts of the referral; the page shows their tabs in this order."""
    _parts.update({part.kind: part for part in parts})


def referral_parts() -> list[ReferralPart]:
    """Return all parts, in the order of their tabs."""
    return [*_parts.values()]


def part_of(kind: str) -> ReferralPart | None:
    """Return the part whose rows have that kind in the timeline, or None."""
    return _parts.get(kind)
