"""Cards at the top of the workbench: figures, and pending tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.workbench.charts import Change


@dataclass(frozen=True)
class Figure:
    """A number that links to its list, with its change against the period before."""

    label: str
    value: str
    url: str
    icon: str
    tone: str
    note: str
    change: Change | None = None


@dataclass(frozen=True)
class PendingItem:
    """A count of pending tasks, with a link to them."""

    label: str
    value: str
    url: str
    icon: str

    @property
    def is_idle(self) -> bool:
        """Tell whether nothing is pending."""
        return self.value == "0"
