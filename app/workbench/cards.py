"""What the workbench shows at its top: figures, and what waits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.workbench.charts import Change


@dataclass(frozen=True)
class Figure:
    """A number that leads to its list, and how it stands against the period before."""

    label: str
    value: str
    url: str
    icon: str
    tone: str
    note: str
    change: Change | None = None


@dataclass(frozen=True)
class PendingItem:
    """What waits for this person, and where it is dealt with."""

    label: str
    value: str
    url: str
    icon: str

    @property
    def is_idle(self) -> bool:
        """Nothing waits."""
        return self.value == "0"
