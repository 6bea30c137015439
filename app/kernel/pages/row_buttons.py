"""Buttons that every row of a list has: what does not depend on the row is resolved once for the page.

A view names them in ``row_offers``; a button's policy is asked for each row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import address_around

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


@dataclass(frozen=True)
class RowOffer:
    """A button of every row: it leads to ``before`` + the record's id + ``after``.

    ``policy`` decides for each row, and a refusal disables the button with its reason; without one it is
    always enabled.  ``question(record)`` must be confirmed first, if it is not empty.  With ``when(record)``
    only those rows have the button for which it is meant.
    """

    label: str
    before: str
    after: str = ""
    icon: str = ""
    mode: str = "link"
    danger: bool = False
    primary: bool = False
    policy: Callable[[Actor, Any, Any], Decision] | None = None
    question: Callable[[Any], str] | None = field(default=None, compare=False)
    when: Callable[[Any], bool] | None = None

    @classmethod
    def at(cls, endpoint: str, label: str, *, anchor: str = "", **how: Any) -> RowOffer:
        """Return an offer that leads to an endpoint of the record, or to a place on its page."""
        before, after = address_around(endpoint)
        return cls(label, before, f"{after}{anchor}", **how)

    def button(self, record: Any, reason: str) -> Button:
        """Return the button of one record, disabled if there is a reason."""
        return Button(
            self.label,
            f"{self.before}{record.id}{self.after}",
            self.icon,
            self.mode,
            self.question(record) if self.question else "",
            self.danger,
            self.primary,
            reason,
        )

    def is_meant_for(self, record: Any) -> bool:
        """Tell whether the record's row has the button at all."""
        return self.when is None or self.when(record)

    def reason(self, record: Any, actor: Actor, facts: Any) -> str:
        """Return why the record's button is refused; empty where it is not."""
        return self.policy(actor, record, facts).reason if self.policy else ""
