"""One step for all handovers of a batch, with a result per customer (HAND-1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

from app.handover.handovers import operations
from app.handover.handovers.queries import handovers_in_batch
from app.kernel.api.schemas import Named
from app.kernel.errors import Denied, NotFound
from app.kernel.pages.operations import Operation, OperationApi

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.handover.handovers.models import Handover
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


class BatchResult(TypedDict):
    """What became of one customer's handover; ``code`` and ``message`` say why it was refused."""

    id: int
    customer: Named
    done: bool
    code: str
    message: str


class BatchResults(TypedDict):
    """A result for each handover of the batch that the caller sees."""

    items: list[BatchResult]


@dataclass(frozen=True)
class Outcome:
    """A handover of the batch, and why it was refused, if it was."""

    handover_id: int
    customer_id: int
    name: str
    refusal: Decision | None = None


def act_on_batch(service: Callable[..., Any], pk: int, *, actor: Actor, **values: Any) -> list[Outcome]:
    """Do one step with every handover of a batch, each in a transaction of its own.

    :raises NotFound: when the actor sees none of the batch.
    """
    known = [(one.id, one.customer_id, one.name_of_customer) for one in _visible(pk, actor)]
    return [Outcome(*one, _try(partial(service, one[0], actor=actor, **values))) for one in known]


def _visible(pk: int, actor: Actor) -> Sequence[Handover]:
    found = handovers_in_batch(pk, actor=actor)
    if not found:
        raise NotFound
    return found


def _try(step: Callable[[], Any]) -> Decision | None:
    try:
        step()
    except Denied as error:
        return error.decision
    return None


def results_record(outcomes: Sequence[Outcome]) -> BatchResults:
    """Return the API record of what a step did."""
    return {"items": [_record(one) for one in outcomes]}


def _record(outcome: Outcome) -> BatchResult:
    refusal = outcome.refusal  # which is false: it is compared with None
    return {
        "id": outcome.handover_id,
        "customer": {"id": outcome.customer_id, "name": outcome.name},
        "done": refusal is None,
        "code": "" if refusal is None else refusal.code,
        "message": "" if refusal is None else str(refusal.message),
    }


def _on_batch(one: Operation) -> Operation:
    """Return the step as an operation of the batch."""
    api = OperationApi(
        answer=results_record,
        returns=BatchResults,
        summary=f"{one.api.summary} For all of the batch, with a result per customer (HAND-1).",
    )
    return replace(one, service=partial(act_on_batch, one.service), api=api, batch=None)


ON_BATCHES = tuple(
    _on_batch(one)
    for one in (
        operations.COMPLETE,
        operations.APPROVE,
        operations.CONFIRM,
        operations.SEND_BACK,
        operations.DECLINE,
        operations.CANCEL,
    )
)
