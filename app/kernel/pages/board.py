"""The board of a list (OFF-5): its records as cards in columns by stage, moved by the record's operations.

A context declares the stages, and which operation leads from one to another; the board asks what that
operation asks, and refuses where its rule does.  Each column is one statement that reads its first cards in
the list's order; all counts are one more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_appbuilder.baseviews import expose
from flask_babel import gettext

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import BasicPermission
from app.kernel.errors import Decision, NotFound
from app.kernel.lists.asking import refuse_typed
from app.kernel.lists.counts import counts_up_to
from app.kernel.lists.paging import first_records
from app.kernel.lists.requests import Position, apply_filters, plain_value, read_list_request
from app.kernel.pages.elements import Button
from app.kernel.pages.list_page import mode_page
from app.kernel.pages.modes import BOARD
from app.kernel.pages.operations import operation_button, operations_of_resource
from app.kernel.pages.routes import permitted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.views import ScopedModelView


CARDS = 20
MOST = 9_999  # counted exactly
STAGE = "stage"  # argument of an operation's page that was opened by moving a card


@dataclass(frozen=True)
class Stage:
    """A column of a board: the records that meet ``condition()``, as an index finds them."""

    key: str
    label: Sentence
    tone: str
    condition: Callable[[], ColumnElement[bool]]


@dataclass(frozen=True)
class Board:
    """The declaration of a board.

    ``stage_of(record)`` is the key of the record's stage; ``way(actor, record, stage)`` names the operation
    that leads there, or is the refusal where none does; ``card(record)`` returns the lines below the title.
    Without ``by_tab`` the tabs of the list are its stages, and not shown.  ``notes(statement)`` returns
    stage → a line below its name, such as a total, for all stages in one statement.
    """

    stages: Sequence[Stage]
    stage_of: Callable[[Any], str]
    way: Callable[[Actor, Any, str], str | Decision]
    card: Callable[[Any], Sequence[Any]]
    by_tab: bool = True
    notes: Callable[[Select[Any]], Mapping[str, str]] | None = None


@dataclass(frozen=True)
class Card:
    """A record on the board."""

    id: int
    title: str
    url: str
    lines: Sequence[Any]
    moves_url: str


@dataclass(frozen=True)
class BoardColumn:
    """A stage with its first cards; ``more_url`` is the address of the next ones."""

    stage: Stage
    cards: Sequence[Card]
    more_url: str = ""
    count: str = ""
    note: str = ""


def wanted_stage(known: Sequence[str]) -> str:
    """Return the stage to which a card was moved before the operation's form opened; empty without one."""
    wanted = request.args.get(STAGE, "")
    return wanted if wanted in known else ""


def add_board(view: type[ScopedModelView], board: Board) -> None:
    """Add a board to a list.  Call it while the contexts are loaded, before the registration of views."""

    def page(self: ScopedModelView) -> str:
        """Show the board: the list's filters hold, each stage shows its first cards."""
        actor, asked = current_actor(), read_list_request(self.spec, request.args)
        refuse_typed(self.spec, asked)
        shown = mode_page(self, asked, BOARD, by_tab=board.by_tab)
        found = [] if shown.is_refused else _columns(self, board, asked, actor)
        return render_template("kernel/board.html", page=shown, columns=found)

    def column(self: ScopedModelView, stage: str) -> str:
        """Show the next cards of a stage, a part of the board."""
        actor, asked = current_actor(), read_list_request(self.spec, request.args)
        refuse_typed(self.spec, asked)
        asked.enforce()
        one = next((one for one in board.stages if one.key == stage), None)
        if one is None:
            raise NotFound
        statement = _filtered(self, board, asked, actor).where(one.condition())
        return render_template("kernel/board_column.html", column=_column(self, board, one, statement, asked))

    def moves(self: ScopedModelView, pk: int) -> str:
        """Show where a card can be moved, and why not elsewhere, a part of its menu."""
        return render_template("kernel/board_moves.html", moves=_moves(self, board, pk, current_actor()))

    routes = {"board": ("/board", page), "board_column": ("/board/<string:stage>", column)}
    routes["moves"] = "/<int:pk>/moves", moves
    for name, (address, route) in routes.items():
        route.__name__ = name
        setattr(view, name, expose(address, methods=["GET"])(permitted(BasicPermission.READ)(route)))
    view.include_route_methods = {*(view.include_route_methods or ()), *routes}


def _filtered(view: ScopedModelView, board: Board, asked: ListRequest, actor: Actor) -> Select[Any]:
    tab = view.open_tab() if board.by_tab else None
    scope = tab.scope if tab else type(view).scope
    return apply_filters(scope(actor), view.spec, asked, actor)


def _columns(view: ScopedModelView, board: Board, asked: ListRequest, actor: Actor) -> list[BoardColumn]:
    whole = _filtered(view, board, asked, actor)
    parts = {one.key: whole.where(one.condition()) for one in board.stages}
    counts = counts_up_to(parts, MOST)
    notes = board.notes(whole) if board.notes else {}
    asked = replace(asked, after=None, before=None)
    return [
        replace(
            _column(view, board, one, parts[one.key], asked),
            count=f"{MOST:,}+" if counts[one.key] > MOST else f"{counts[one.key]:,}",
            note=notes.get(one.key, ""),
        )
        for one in board.stages
    ]


def _column(
    view: ScopedModelView, board: Board, stage: Stage, statement: Select[Any], asked: ListRequest
) -> BoardColumn:
    order = view.spec.default_order
    by = view.spec.orders[order.removeprefix("-")]
    after = asked.after if asked.after and asked.after.order_by == order else None
    found = first_records(
        statement, by, CARDS + 1, *view.list_options, descending=order.startswith("-"), after=after
    )
    cards = [
        Card(
            one.id, view.record_title(one), view.record_url(one), [*board.card(one)],
            url_for(f"{view.endpoint}.moves", pk=one.id),
        )
        for one in found[:CARDS]
    ]  # fmt: skip
    more = ""
    if len(found) > CARDS:
        last = found[CARDS - 1]
        word = Position(order, getattr(last, plain_value(by).key), last.id).word()
        kept: dict[str, Any] = {
            name: request.args.getlist(name) for name in request.args if name not in {"page", "before"}
        }
        kept |= {"after": [word], "order_by": [order]}
        more = url_for(f"{view.endpoint}.board_column", stage=stage.key, **kept)
    return BoardColumn(stage, cards, more)


def _moves(view: ScopedModelView, board: Board, pk: int, actor: Actor) -> list[tuple[Stage, Button]]:
    """Return the other stages with the button that leads there, disabled with the reason where none does."""
    record = view.get_record(pk, actor)
    present, facts = board.stage_of(record), view.facts_for(record, actor)
    known = {one.name: one for one in operations_of_resource(view.class_permission_name)}
    found = []
    for stage in board.stages:
        if stage.key == present:
            continue
        way = board.way(actor, record, stage.key)
        label = gettext("To “%(stage)s”", stage=stage.label)
        if isinstance(way, Decision):
            button = Button(label, "", reason=way.reason)
        else:
            operation = known[way]
            verdict = operation.verdict(actor, view.class_permission_name, record, facts)
            made = operation_button(view.endpoint, operation, record, verdict)
            label = f"{label} · {operation.label}"
            button = replace(made, label=label, url=f"{made.url}?{STAGE}={stage.key}", primary=False)
        found.append((stage, button))
    return found
