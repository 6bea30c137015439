"""The collections of a customer's parts in the REST API, and the 360° view (CUST-15)."""

from __future__ import annotations

from types import GenericAlias
from typing import Any, TypedDict

from flask import Response, jsonify

from app.customers.shared.parts import CustomerPart, customer_parts
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import get_customer, get_fully_open_customer, sees_history
from app.customers.shared.serializers import CustomerRecord, customer_record
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.api.schemas import Moment


class Event(TypedDict):
    """A step of the customer's timeline; ``id`` is the row's of the part."""

    part: str
    id: int
    at: Moment
    who: str
    text: str


def add_parts_to_api(api: type[KepanApi]) -> None:
    """Add every part and the 360° view to the API: after the contexts were loaded, before registration."""
    for part in customer_parts():
        setattr(api, f"get_{part.key}", _collection(part))
    shape: dict[str, Any] = {"customer": CustomerRecord, "timeline": list[Event]}
    shape |= {part.key: GenericAlias(list, (part.record_type,)) for part in customer_parts()}
    make: Any = TypedDict  # built here because its parts are known only now
    shown = make("CustomerOverview", shape)
    described = endpoint(CustomerPermission.READ, returns=shown)
    api.overview = expose("/<int:pk>/360", methods=["GET"])(described(_overview))


def _collection(part: CustomerPart) -> Any:
    def call(self: KepanApi, pk: int) -> Response:
        actor = current_actor()
        reach = get_customer if part.is_basic else get_fully_open_customer
        statement = part.rows(reach(pk, actor=actor), actor)
        return self.list_answer(statement, part.spec, part.records, *part.options)

    call.__name__ = f"get_{part.key}"
    call.__doc__ = f"{part.key.replace('_', ' ').capitalize()} of a customer, newest first."
    described = endpoint(CustomerPermission.READ, lists=part.spec, returns=part.record_type)
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
