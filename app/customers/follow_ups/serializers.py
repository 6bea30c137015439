"""REST API records of follow-ups (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.customers.shared import choices
from app.customers.shared.follow_ups import FollowUp
from app.kernel.api.base import iso, named
from app.kernel.api.files import FileRecord, file_record
from app.kernel.api.schemas import Moment, Named
from app.kernel.files.attachments import files_by_subject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.files.attachments import Attachment


class FollowUpRecord(TypedDict):
    """One contact with a customer (POOL-18)."""

    id: int
    customer_id: int
    author: Named | None
    content: str
    method: Annotated[str, choices.METHOD]
    method_label: str
    files: list[FileRecord]
    next_contact_at: Moment | None
    created_at: Moment | None


def follow_up_records(rows: Iterable[FollowUp]) -> list[FollowUpRecord]:
    """Return the API records of follow-ups, with their files in one further statement."""
    given = [*rows]
    files = files_by_subject(FollowUp.__files__, [row.id for row in given])
    return [follow_up_record(row, files[row.id]) for row in given]


def follow_up_record(row: FollowUp, files: Iterable[Attachment] = ()) -> FollowUpRecord:
    """Return the API record of a follow-up."""
    return {
        "id": row.id,
        "customer_id": row.customer_id,
        "author": named(row.author),
        "content": row.content,
        "method": row.method,
        "method_label": choices.METHOD.label(row.method),
        "files": [file_record(one) for one in files],
        "next_contact_at": iso(row.next_contact_at),
        "created_at": iso(row.created_at),
    }
