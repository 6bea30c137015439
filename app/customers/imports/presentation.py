"""Imports as pages show them (CUST-26)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.imports.models import FATE
from app.customers.imports.targets import TARGETS, known_headings
from app.customers.shared.queries import openable_names
from app.kernel.sheets.headings import table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.imports.models import ImportRow
    from app.customers.imports.options import Options
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.sheets.tables import Sheet

LEFT_OUT: dict[str, Sentence] = {
    "import.total": _("A line of totals"),
    "import.sample": _("A sample line"),
    "import.hint": _("A line of hints"),
}
_EXAMPLES = 3


@dataclass(frozen=True)
class ShownColumn:
    """A column of the table with some values, and its target."""

    place: int
    letters: str
    heading: str
    examples: str
    target: str
    is_hidden: bool


@dataclass(frozen=True)
class ShownRow:
    """A row and its fate."""

    number: int
    fate: str
    tone: str
    customer: str
    url: str
    messages: list[str]


def shown_columns(sheets: Sequence[Sheet], options: Options) -> list[ShownColumn]:
    """Return the columns with a heading or a value."""
    table = table_of(sheets[options.sheet], options.heading_row, known_headings())
    found = []
    for column in table.columns:
        values = [row.cells[column.place].text for row in table.rows[:20] if column.place in row.cells]
        if not values and not column.heading:
            continue
        target = options.mapping.get(column.place, "")
        examples = _hidden_numbers(values[:_EXAMPLES]) if target == "phone" else values[:_EXAMPLES]
        found.append(
            ShownColumn(
                column.place, column.letters, column.heading, gettext(", ").join(v[:20] for v in examples),
                target, column.is_hidden,
            )
        )  # fmt: skip
    return found


def _hidden_numbers(values: Sequence[str]) -> list[str]:
    return [f"{value[:3]}****{value[-4:]}" if len(value) > 7 else "****" for value in values]  # noqa: PLR2004


def shown_rows(rows: Sequence[ImportRow], actor: Actor) -> list[ShownRow]:
    """Return rows with the customers that the actor can open, in one statement."""
    names = openable_names([row.customer_id for row in rows if row.customer_id], actor)
    return [
        ShownRow(
            row.row,
            FATE.label(row.fate),
            FATE.tone(row.fate),
            names.get(row.customer_id or 0, ""),
            f"/customers/{row.customer_id}" if row.customer_id in names else "",
            [message_text(one) for one in row.messages],
        )
        for row in rows
    ]


def message_text(message: dict[str, Any]) -> str:
    """Return an error or a remark with the name of its column."""
    text = message["message"] or str(LEFT_OUT.get(message["code"], ""))
    if message["field"] in TARGETS:
        label = TARGETS[message["field"]].label
        return gettext("%(label)s: %(value)s", label=label, value=text)
    return text
