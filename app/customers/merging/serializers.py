"""REST API records of merges and of pairs that are probably one customer (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypedDict, cast

from app.customers.merging.choices import PAIR_REASON, PAIR_STATE
from app.customers.merging.judging import judge_pair
from app.customers.shared.queries import get_customer
from app.customers.shared.serializers import CustomerRecord, customer_record
from app.kernel.access.current import current_actor
from app.kernel.api.base import Verdict, decision_record, iso, named
from app.kernel.api.schemas import Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.merging.models import CustomerMerge, DuplicatePair
    from app.customers.merging.services import Merged
    from app.customers.merging.undo import Unmerged
    from app.customers.shared.models import Customer


class OptionRecord(TypedDict):
    """What one of the files has."""

    id: int
    value: str


class DifferenceRecord(TypedDict):
    """A field, or something that a customer has once, in which files differ; ``chosen`` is whose stays."""

    field: str
    label: str
    options: list[OptionRecord]
    chosen: int
    is_conflict: bool


class MergedRecord(CustomerRecord):
    """The survivor as it is now, or would be (``dry_run``), and where the files differed."""

    dry_run: bool
    merged: list[Named]
    differences: list[DifferenceRecord]


class UnmergedRecord(CustomerRecord):
    """The file as it is now; ``restored`` came back, and what was changed since stayed with the survivor."""

    restored: Named
    kept_fields: list[str]
    kept_rows: dict[str, int]


class FileRecord(TypedDict):
    """One file of a pair."""

    id: int
    code: str
    name: str
    phone: str | None
    owner: Named | None
    department: Named | None
    created_at: Moment | None


class PairRecord(TypedDict):
    """Two files that are probably one customer; ``merge`` says whether the caller may merge them now."""

    id: int
    reason: Annotated[str, PAIR_REASON]
    score: int
    state: Annotated[str, PAIR_STATE]
    a: FileRecord
    b: FileRecord
    merge: Verdict
    found_at: Moment | None
    decided_at: Moment | None


class MergeRecord(TypedDict):
    """A file that became part of this one."""

    id: int
    merged: Named
    code: str
    by: Named
    created_at: Moment | None


class DismissedRecord(TypedDict):
    """The pairs that were declared different customers."""

    ids: list[int]


def merged_record(result: Merged) -> MergedRecord:
    """Return the API's answer to a merge."""
    survivor = result.customer
    if not result.is_rehearsal:
        survivor = get_customer(survivor.id, actor=current_actor())
    found: dict[str, Any] = {
        **customer_record(survivor),
        "dry_run": result.is_rehearsal,
        "merged": [named(one) for one in result.merged],
        "differences": [
            {
                "field": one.key,
                "label": str(one.label),
                "options": [{"id": pk, "value": text} for pk, text in one.options.items()],
                "chosen": one.chosen,
                "is_conflict": one.is_conflict,
            }
            for one in result.differences
        ],
    }
    return cast("MergedRecord", found)


def unmerged_record(result: Unmerged) -> UnmergedRecord:
    """Return the API's answer to the undo of a merge."""
    found: dict[str, Any] = {
        **customer_record(get_customer(result.asked_id, actor=current_actor())),
        "restored": named(result.restored),
        "kept_fields": result.kept_fields,
        "kept_rows": result.kept_rows,
    }
    return cast("UnmergedRecord", found)


def _file(customer: Customer) -> FileRecord:
    return {
        "id": customer.id,
        "code": customer.code,
        "name": customer.name,
        "phone": customer.phone.masked if customer.phone else None,
        "owner": named(customer.owner),
        "department": named(customer.department),
        "created_at": iso(customer.created_at),
    }


def pair_records(pairs: Iterable[DuplicatePair]) -> list[PairRecord]:
    """Return the API records of pairs, each with the verdict for the caller."""
    actor = current_actor()
    return [
        {
            "id": pair.id,
            "reason": pair.reason,
            "score": pair.score,
            "state": pair.state,
            "a": _file(pair.a),
            "b": _file(pair.b),
            "merge": decision_record(judge_pair(pair, actor)),
            "found_at": iso(pair.found_at),
            "decided_at": iso(pair.decided_at),
        }
        for pair in pairs
    ]


def merge_records(rows: Iterable[CustomerMerge]) -> list[MergeRecord]:
    """Return the API records of merges into a file."""
    return [
        {
            "id": row.id,
            "merged": {"id": row.merged_id, "name": row.merged.name},
            "code": row.merged.code,
            "by": {"id": row.by_id, "name": row.by.display_name},
            "created_at": iso(row.created_at),
        }
        for row in rows
    ]
