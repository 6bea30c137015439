"""The board of opportunities by stage, with won and lost ones at its end (CUST-16, OFF-5)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from sqlalchemy import and_

from app.deals.opportunities.choices import LOST, OPEN, STAGE, STATUS, WON
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.queries import sums_by_stage, total_amounts
from app.deals.opportunities.views import card_lines
from app.deals.shared.presentation import totals
from app.kernel.pages.board import Board, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement, Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

_O = Opportunity.__table__.c
_WAYS = {WON: "win", LOST: "lose"}


def _at(stage: str) -> ColumnElement[bool]:
    return and_(_O.status == OPEN, _O.stage == stage)


def _closed(status: str) -> ColumnElement[bool]:
    return _O.status == status


def _way(_actor: Actor, record: Opportunity, stage: str) -> str | Decision:
    """Between stages by moving, to the end by winning or losing, and back by reopening."""
    if not record.is_open:
        return _WAYS.get(stage, "reopen")
    return _WAYS.get(stage, "move")


def _notes(statement: Select[Any]) -> Mapping[str, str]:
    """Return the total of each column; of open stages also what it weighs by its probability."""
    parts: dict[str, dict[tuple[str, str], Mapping[str, Any]]] = {}
    for (status, stage), amounts in sums_by_stage(statement).items():
        parts.setdefault(stage if status == OPEN else status, {})[status, stage] = amounts
    found = {}
    for key, sums in parts.items():
        whole, likely = total_amounts(sums)
        weighed = gettext("weighted %(amount)s", amount=totals(likely)) if likely else ""
        found[key] = "\n".join(filter(None, (totals(whole), weighed)))
    return found


BOARD = Board(
    stages=[
        *(Stage(code, label, STAGE.tone(code), partial(_at, code)) for code, label in STAGE.labels.items()),
        *(
            Stage(code, STATUS.labels[code], STATUS.tone(code), partial(_closed, code))
            for code in (WON, LOST)
        ),
    ],
    stage_of=lambda record: record.stage if record.is_open else record.status,
    way=_way,
    card=card_lines,
    notes=_notes,
)
