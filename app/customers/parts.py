"""Parts of a customer, newest first: each is declared once as a tab of the detail, a collection of the API
and a section of the 360° view (CUST-15). Other contexts register their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import GenericAlias
from typing import TYPE_CHECKING, Any, TypedDict

from flask import Response, jsonify

from app.customers.queries import get_customer, get_fully_open_customer, sees_history
from app.customers.records import CustomerRecord, customer_record
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.api.schemas import Moment
from app.kernel.lists.paging import first_records
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sqlalchemy import Select

    from app.customers.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.pages.elements import TableTab, TimelineTab
    from app.org.shared.models import Staff

NEWEST = 20


class Event(TypedDict):
    """A step of the customer's timeline; ``id`` is the row's of the part."""

    part: str
    id: int
    at: Moment
    who: str
    text: str


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
    the customer is handed over or unshelved; a part without them stops the start (CUST-32). ``resource`` is
    what one must be allowed to read to have the tab, where that is not the customer itself; ``is_basic``
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
    resource: str = ""
    is_basic: bool = False
    answers: Answers | None = None

    @property
    def spec(self) -> ListSpec:
        """Return how the API's collection is ordered."""
        return ListSpec((), {self.order.key: self.order}, f"-{self.order.key}")

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the actor may see such rows at all."""
        return not self.resource or actor.has_permission("read", self.resource)

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


def add_parts_to_api(api: type[KepanApi]) -> None:
    """Add every part and the 360° view to the API: after the contexts were loaded, before registration."""
    for part in customer_parts():
        setattr(api, f"get_{part.key}", _collection(part))
    shape: dict[str, Any] = {"customer": CustomerRecord, "timeline": list[Event]}
    shape |= {part.key: GenericAlias(list, (part.record_type,)) for part in customer_parts()}
    make: Any = TypedDict  # built here because its parts are known only now
    shown = make("CustomerOverview", shape)
    described = endpoint("read", returns=shown)
    api.overview = expose("/<int:pk>/360", methods=["GET"])(described(_overview))


def _collection(part: CustomerPart) -> Any:
    def call(self: KepanApi, pk: int) -> Response:
        actor = current_actor()
        reach = get_customer if part.is_basic else get_fully_open_customer
        statement = part.rows(reach(pk, actor=actor), actor)
        return self.list_answer(statement, part.spec, part.records)

    call.__name__ = f"get_{part.key}"
    call.__doc__ = f"{part.key.replace('_', ' ').capitalize()} of a customer, newest first."
    described = endpoint("read", lists=part.spec, returns=part.record_type)
    return expose(f"/<int:pk>/{part.key.replace('_', '-')}", methods=["GET"])(described(call))


def _overview(_self: KepanApi, pk: int) -> Response:
    """The customer, the latest of every part in the caller's scope, and the timeline (CUST-15).

    Of a customer that was only offered to them most parts are empty (POOL-17).
    """
    actor = current_actor()
    customer = get_customer(pk, actor=actor)
    known = sees_history(customer, actor)
    shown = {part for part in customer_parts() if part.is_for(actor) and (known or part.is_basic)}
    found = {part.key: part.newest(customer, actor) if part in shown else [] for part in customer_parts()}
    record = customer_record(customer, in_full=known)
    return jsonify(customer=record, timeline=_timeline(found), **found)


def _timeline(found: dict[str, list[Any]]) -> list[Event]:
    events: list[Event] = []
    for part in customer_parts():
        describe = part.event
        for record in found[part.key] if describe else ():
            who, text = describe(record)  # type: ignore[misc]
            events.append(
                {"part": part.key, "id": record["id"], "at": record["created_at"], "who": who, "text": text}
            )
    return sorted(events, key=lambda event: (event["at"], event["id"]), reverse=True)
