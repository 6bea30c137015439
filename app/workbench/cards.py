"""Figures at the top of the workbench."""

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
