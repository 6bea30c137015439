"""Parts of a customer, newest first: each is declared once as a tab of the detail, a collection of the API
and a section of the 360° view (CUST-15). Other contexts register their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from app.kernel.access.guard import unscoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.lists.paging import first_records
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.timelines import TimelineSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.pages.elements import Entry, TableTab, TimelineTab
    from app.org.shared.models import Staff

NEWEST = 20


@dataclass(frozen=True)
class HandOver:
    """A change of the person responsible for a customer, owner or handler."""

    customer: Customer
    former_id: int | None
    receiver: Staff
    actor: Actor


@dataclass
class Merge:
    """Two files of one customer become one (CUST-9).

    ``moved`` holds, by table and column, the ids of the rows that went to the survivor. ``chosen`` holds what
    was decided before (:class:`app.customers.shared.merges.Conflict`): key → the file whose own stays. Rows
    that a part changes, adds or deletes in either file come back with the undo of the merge by themselves.
    """

    survivor: Customer
    merged: Customer
    actor: Actor
    moved: dict[str, list[int]] = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)

    def wins(self, key: str) -> Customer:
        """Return the file whose own stays where a customer has it once; the survivor unless decided."""
        return self.merged if self.chosen.get(key) == self.merged.id else self.survivor

    def take(self, column: InstrumentedAttribute[Any], *conditions: ColumnElement[bool]) -> None:
        """Let the rows whose ``column`` names the merged customer name the survivor."""
        table = column.class_
        found = select(table.id).where(column == self.merged.id, *conditions)
        with unscoped("a merge takes along everything that belongs to the other file (CUST-9)"):
            ids = list(db.session.scalars(found))
            db.session.execute(update(table).where(id_in(table.id, ids)).values({column: self.survivor.id}))
        self.moved.setdefault(f"{table.__tablename__}.{column.key}", []).extend(ids)


def nothing(*_step: object) -> None:
    """Leave the rows of a part as they are."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What happens to rows of a customer (CUST-32), each in the caller's transaction.

    ``hand_over``: another person is responsible for the customer. ``unshelve``: it went off shelf.
    ``recycle``: it went into the public pool and has no owner. ``freeze``: a handover began.
    ``merge``: it became part of another file. ``erase``: it was deleted, and personal data goes.
    :func:`nothing` where a step does not concern the rows.
    """

    hand_over: Callable[[HandOver], None]
    unshelve: Callable[[Sequence[Customer], Actor], None]
    recycle: Callable[[Sequence[Customer], Actor], None]
    freeze: Callable[[Sequence[Customer], Actor], None]
    merge: Callable[[Merge], None]
    erase: Callable[[Sequence[Customer], Actor], None]


def history(column: InstrumentedAttribute[Any] | None) -> Answers:
    """Return the answers of rows that stay as they were written; a merge moves them by their ``column``."""
    merge = nothing if column is None else lambda step: step.take(column)
    return Answers(
        hand_over=nothing, unshelve=nothing, recycle=nothing, freeze=nothing, merge=merge, erase=nothing
    )  # fmt: skip


_answers: dict[str, Answers] = {}


def answer(key: str, answers: Answers) -> None:
    """Register answers for rows without a tab, while the contexts are loaded."""
    _answers[key] = answers


def hand_over(step: HandOver) -> None:
    """Hand over everything that belongs to the customer, in the caller's transaction."""
    for answers in _answers.values():
        answers.hand_over(step)


def unshelve_parts(customers: Sequence[Customer], actor: Actor) -> None:
    """End everything that belongs to unshelved customers, in the caller's transaction."""
    for answers in _answers.values():
        answers.unshelve(customers, actor)


def recycle_parts(customers: Sequence[Customer], actor: Actor) -> None:
    """End everything that belonged to the former owners of customers that went into the public pool."""
    for answers in _answers.values():
        answers.recycle(customers, actor)


def freeze_parts(customers: Sequence[Customer], actor: Actor) -> None:
    """Freeze everything that belongs to customers whose handover begins, in the caller's transaction."""
    for answers in _answers.values():
        answers.freeze(customers, actor)


def merge_parts(step: Merge) -> None:
    """Let everything that belongs to the merged file go to the survivor, in the caller's transaction."""
    for answers in _answers.values():
        answers.merge(step)


@dataclass(frozen=True)
class Lines:
    """How rows of a part appear in the joined timeline of the customer's page (OFF-1).

    ``entries`` shows loaded rows; ``options`` load what it reads of other tables. ``covers`` are the
    operations that these rows tell already: the timeline does not repeat them. ``rows`` selects the lines
    where they are not all rows of the part; ``moment`` is the column of their time where that is not the
    part's order, ``label`` names one of them where the tab's name would not do.
    """

    entries: Callable[[Sequence[Any]], Sequence[Entry]]
    options: tuple[Any, ...] = ()
    icon: str = "fa-circle-dot"
    tone: str = "gray"
    covers: tuple[str, ...] = ()
    rows: Callable[[Customer, Actor], Select[Any]] | None = None
    moment: Any = None
    label: Sentence = ""


@dataclass(frozen=True)
class CustomerPart:
    """Rows that belong to a customer.

    ``rows(customer, actor)`` selects the rows that the actor may see, ``records`` turns them into a list of
    ``record_type`` for the API, and ``options`` load what it reads of other tables; ``order`` is the column
    of the newest. ``event(record)`` returns who and what for the timeline of the 360° view, ``lines`` show
    the rows in the timeline of the page; a part without them is not in the timeline. ``answers`` say what
    happens to the rows when the customer is handed over or unshelved; a part without them stops the start
    (CUST-32). ``read`` is the permission that the tab needs, where that is not to read the customer itself;
    ``is_basic`` parts are also shown to people who know the customer only through a push (POOL-17).
    """

    key: str
    label: Sentence
    tab: Callable[[Customer, int], TableTab | TimelineTab]
    rows: Callable[[Customer, Actor], Select[Any]]
    order: Any
    records: Callable[[Iterable[Any]], list[Any]]
    record_type: Any
    event: Callable[[Any], tuple[str, str]] | None = None
    tab_key: str = ""
    position: int = 50
    read: Permission | None = None
    is_basic: bool = False
    answers: Answers | None = None
    lines: Lines | None = None
    options: tuple[Any, ...] = ()

    @property
    def spec(self) -> ListSpec:
        """Return how the API's collection is ordered."""
        return ListSpec((), {self.order.key: self.order}, f"-{self.order.key}")

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the actor may see such rows at all."""
        return self.read is None or actor.may(self.read)

    def newest(self, customer: Customer, actor: Actor) -> list[Any]:
        """Return the latest rows as the API shows them."""
        statement = self.rows(customer, actor)
        return self.records(first_records(statement, self.order, NEWEST, *self.options))

    def source(self, customer: Customer, actor: Actor) -> TimelineSource | None:
        """Return the rows as a source of the page's timeline; None for a part that is not in it."""
        lines = self.lines
        if lines is None:
            return None
        rows = (lines.rows or self.rows)(customer, actor)
        return TimelineSource(
            self.key,
            lines.label or self.label,
            rows,
            lines.moment or self.order,
            lines.entries,
            lines.options,
            lines.icon,
            lines.tone,
            self.tab_key or self.key,
        )


_parts: dict[str, CustomerPart] = {}


def register_parts(*parts: CustomerPart) -> None:
    """Register parts of the customer; contexts do so in their ``setup.py``.

    :raises TypeError: for a part that does not say what happens to its rows.
    """
    for part in parts:
        if part.answers is None:
            message = f"{part.key} does not say what becomes of its rows (CUST-32)"
            raise TypeError(message)
        answer(part.key, part.answers)
    _parts.update({part.key: part for part in parts})


def covered_operations() -> frozenset[str]:
    """Return the operations of the log that rows of parts tell in the page's timeline."""
    return frozenset(name for part in _parts.values() if part.lines for name in part.lines.covers)


def customer_parts() -> list[CustomerPart]:
    """Return all parts, in the order of the tabs."""
    return sorted(_parts.values(), key=lambda part: part.position)
