"""What the importer chose for a table (CUST-26)."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["add", "update", "both"]
MODES: tuple[Mode, ...] = ("add", "update", "both")
MATCHES = ("phone", "code", "tax_id")


@dataclass(frozen=True)
class Options:
    """The chosen sheet and heading row (0: none), the mapping of columns, and how rows are written.

    ``heading_row`` is -1 where no headings were found and nobody has chosen yet; ``hidden`` says whether
    hidden rows count: ``all`` or ``visible``, empty while nobody was asked.
    """

    sheet: int = 0
    heading_row: int = -1
    mapping: Mapping[int, str] = field(default_factory=dict)
    mode: str = "add"
    match_by: str = "phone"
    kind: str = "individual"
    into_pool: bool = False
    department_id: int | None = None
    valid_rows_only: bool = False
    hidden: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the options as they are kept."""
        return asdict(self) | {"mapping": {str(place): name for place, name in self.mapping.items()}}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Options:
        """Return options that were kept."""
        return cls(**{**kept, "mapping": {int(place): name for place, name in kept["mapping"].items()}})
