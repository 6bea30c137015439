"""Parts of a customer, newest first: each is declared once as a tab of the detail, a collection of the API
and a section of the 360° view (CUST-15). Other contexts register their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.kernel.lists.paging import first_records
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Sentence
    from app.kernel.pages.elements import TableTab, TimelineTab
    from app.org.shared.models import Staff

NEWEST = 20


@dataclass(frozen=True)
class HandOver:
    """A change of the person responsible for a customer, owner or handler."""

    customer: Customer
    former_id: int | None
    receiver: Staff
    actor: Actor


@dataclass(frozen=True)
class Answers:
    """What happens to a customer's rows (CUST-32) when it is handed over, and when it is unshelved.

    :data:`STAY` where nothing happens to them: history keeps its author.
    """

    hand_over: Callable[[HandOver], None]
    unshelve: Callable[[Sequence[Customer], Actor], None]


STAY = Answers(hand_over=lambda _step: None, unshelve=lambda _customers, _actor: None)
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


@dataclass(frozen=True)
class CustomerPart:
    """Rows that belong to a customer.

    ``rows(customer, actor)`` selects the rows that the actor may see, ``records`` turns them into a list of
    ``record_type`` for the API; ``order`` is the column of the newest. ``event(record)`` returns who and what
    for the timeline; a part without it is not in the timeline. ``answers`` say what happens to the rows when
    the customer is handed over or unshelved; a part without them stops the start (CUST-32). ``read`` is
    the permission that the tab needs, where that is not to read the customer itself; ``is_basic``
    parts are also shown to people who know the customer only through a push (POOL-17).
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
        return self.records(first_records(statement, self.order, NEWEST))


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


def customer_parts() -> list[CustomerPart]:
    """Return all parts, in the order of the tabs."""
    return sorted(_parts.values(), key=lambda part: part.position)
