"""Kinds of notifications that a person chooses channels for: contexts declare theirs (OFF-10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence


SECURITY = "security"
CUSTOMER = "customer"
OTHER = "other"


@dataclass(frozen=True)
class NoticeKind:
    """A kind of notification.

    An urgent one always leaves by e-mail where there is a confirmed address, and quiet hours do not delay it.
    ``needs`` is the permission of those who get any.
    """

    name: str
    label: Sentence
    is_urgent: bool = False
    needs: Permission | None = None


_kinds: dict[str, NoticeKind] = {}


def declare_notice_kind(kind: NoticeKind) -> None:
    """Declare a kind; the order of declaration is that of the page."""
    _kinds[kind.name] = kind


def kinds_for(actor: Actor) -> list[NoticeKind]:
    """Return the kinds that concern the actor, urgent ones first."""
    found = [kind for kind in _kinds.values() if kind.needs is None or actor.may(kind.needs)]
    return sorted(found, key=lambda kind: not kind.is_urgent)


def urgent_kinds() -> list[str]:
    """Return the names of the urgent kinds."""
    return [kind.name for kind in _kinds.values() if kind.is_urgent]


def is_urgent(name: str) -> bool:
    """Return True if quiet hours do not delay this kind."""
    return name in _kinds and _kinds[name].is_urgent


def declare_own_kinds() -> None:
    """Declare the kinds that belong to no context."""
    declare_notice_kind(NoticeKind(SECURITY, _("Security"), is_urgent=True))
    declare_notice_kind(NoticeKind(CUSTOMER, _("Customer")))
    declare_notice_kind(NoticeKind(OTHER, _("Other notices")))
