"""A table of ``docs/policies.md`` and its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from app.kernel.errors import PERSON

if TYPE_CHECKING:
    from app.kernel.errors import Decision

NOBODY = "–"


class Grid(NamedTuple):
    """One table: a row per relation, a column per state."""

    title: str
    corner: str
    columns: list[str]
    rows: dict[str, list[str]]


def cell(verdict: Decision | None) -> str:
    """Format one answer for a table."""
    if verdict is None:
        return NOBODY
    if verdict:
        return "✓"
    short = verdict.code.partition(".")[2]
    return short if verdict.status == PERSON else f"**{short}**"
