"""REST API records of tags (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.kernel.api.base import iso
from app.kernel.api.schemas import Moment
from app.system.dictionaries.forms import TONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.customers.labels.models import Tag


class TagRecord(TypedDict):
    """A tag (CUST-23)."""

    id: int
    name: str
    tone: Annotated[str, TONE]
    predefined: bool
    created_at: Moment | None


class TagVerdict(TypedDict):
    """What became of one customer: done, or the code and sentence of the refusal."""

    id: int
    allowed: bool
    code: str
    message: str
    tags: list[str]


class TagVerdicts(TypedDict):
    """What became of each customer, in the order asked."""

    items: list[TagVerdict]


def tag_record(tag: Tag) -> TagRecord:
    """Return the API record of a tag."""
    return {
        "id": tag.id,
        "name": tag.name,
        "tone": tag.tone,
        "predefined": tag.is_predefined,
        "created_at": iso(tag.created_at),
    }


def tag_records(rows: Iterable[Tag]) -> list[TagRecord]:
    """Return the API records of tags."""
    return [tag_record(one) for one in rows]
