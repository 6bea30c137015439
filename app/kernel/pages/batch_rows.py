"""The rows of a batch (OFF-4): each is decided by the same service and policy as the single operation.

A refusal for one row does not affect the others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.errors import ALLOW, OUT_OF_REACH, Decision, Denied, Invalid, KepanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.operations import Operation

    Verdicts = Mapping[int, Decision]


def run_batch(operation: Operation, pks: Sequence[int], values: Mapping[str, Any], actor: Actor) -> Verdicts:
    """Apply the operation to each record: id → verdict.

    :raises Invalid: when the values are wrong for every record.
    """
    if operation.batch is not None and operation.batch.service is not None:
        return operation.batch.service(pks, actor=actor, **values)
    shares = shares_of(operation, pks, values, actor)
    verdicts = {pk: _one(operation, pk, shares[pk], actor) for pk in pks}
    if all(isinstance(verdict, Invalid) for verdict in verdicts.values()):
        raise next(verdict for verdict in verdicts.values() if isinstance(verdict, Invalid))
    return {
        pk: refusal_of(verdict) if isinstance(verdict, Invalid) else verdict
        for pk, verdict in verdicts.items()
    }


def shares_of(
    operation: Operation, pks: Sequence[int], values: Mapping[str, Any], actor: Actor
) -> dict[int, Mapping[str, Any]]:
    """Return the part of the form that applies to each record; all of it where kinds do not differ."""
    share = operation.batch.share if operation.batch else None
    parts = share(pks, values, actor) if share else {}
    return {pk: parts.get(pk, values) for pk in pks}


def do_row(operation: Operation, pk: int, values: Mapping[str, Any], actor: Actor) -> Decision:
    """Apply the operation to one record; a refusal that the service recorded is returned.

    :raises KepanError: for every other refusal.
    """
    result = operation.service(pk, actor=actor, **values)
    return result if isinstance(result, Decision) else ALLOW


def refusal_of(error: KepanError) -> Decision:
    """Return what a service raised as the verdict on a row."""
    if isinstance(error, Denied):
        return error.decision
    if error.status == OUT_OF_REACH.status:
        return OUT_OF_REACH
    message = error.message
    if isinstance(error, Invalid):
        message = " ".join(str(sentence) for sentence in error.fields.values())
    return Decision(allowed=False, code=error.code, message=message, status=error.status)


def _one(operation: Operation, pk: int, values: Mapping[str, Any], actor: Actor) -> Decision | Invalid:
    try:
        return do_row(operation, pk, values, actor)
    except Invalid as error:
        return error
    except KepanError as error:
        return refusal_of(error)
