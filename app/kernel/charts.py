"""Charts: plain data, drawn by ECharts where it is installed and shown as tables anyway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ECHARTS = "echarts.min.js"
WHOLE = 100


@dataclass(frozen=True)
class Bar:
    """A labelled number with its length in per cent of the longest, leading to what was counted."""

    label: str
    text: str
    value: int
    url: str
    length: int
    tone: str = "blue"
    detail: str = ""
    trend: str = ""

    def data(self) -> dict[str, Any]:
        """For the script."""
        return {
            "name": self.label,
            "value": self.value,
            "text": self.text,
            "url": self.url,
            "tone": self.tone,
        }


def length(number: int, top: int) -> int:
    """Per cent of the longest."""
    return round(number * WHOLE / top) if top else 0
