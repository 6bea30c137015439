"""Reading tags (CUST-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import with_expression

from app.customers.labels.models import CustomerTag, Tag
from app.customers.labels.queries import TAGS
from app.customers.tags.policies import TagFacts
from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.kernel.folding import search_key
from app.kernel.text import read_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.kernel.access.actor import Actor

USED = exists().where(CustomerTag.tag_id == Tag.id).correlate(Tag)
WITH_USE = (with_expression(Tag.is_used, USED),)


def visible_tags(_actor: Actor | None) -> Select[Tag]:
    """Select every tag: the words are no secret."""
    return select(Tag)


def get_tag(pk: int, *, lock: bool = False) -> Tag:
    """Return a tag.

    :raises NotFound: when there is none.
    """
    return get_one(select(Tag).where(Tag.id == pk).options(*WITH_USE), lock=lock)


def tag_facts(tags: Sequence[Tag]) -> Mapping[int, TagFacts]:
    """Return what the rules read about a page of tags, in one statement."""
    used = select(Tag.id).where(Tag.id.in_([one.id for one in tags]), USED)
    found = set(db.session.scalars(used)) if tags else set()
    return {one.id: TagFacts(one.id in found) for one in tags}


def tag_by_name(name: str) -> int | None:
    """Return the id of the tag of that name, whatever its width, case and blanks."""
    return db.session.scalar(select(Tag.id).where(Tag.name_search == search_key(name)))


def tag_meant(text: str) -> int:
    """Return the id of the tag whose name or number was given; 0 for a word that is no tag."""
    found = tag_by_name(text)
    if found is not None:
        return found
    return read_id(text) if text.isascii() and text.isdigit() else 0


def held_tags(customer_ids: Iterable[int]) -> dict[int, dict[int, CustomerTag]]:
    """Return the tags of customers: customer → tag → row."""
    ids = [*customer_ids]
    found: dict[int, dict[int, CustomerTag]] = {pk: {} for pk in ids}
    for row in db.session.scalars(select(CustomerTag).where(CustomerTag.customer_id.in_(ids))):
        found[row.customer_id][row.tag_id] = row
    return found


def tag_names(pks: Iterable[int]) -> dict[int, str]:
    """Return names by id, for the chooser."""
    return {pk: TAGS.name(pk) for pk in pks}


def chosen_tags(pks: Iterable[int]) -> Select[Any]:
    """Select these tags locked: none is deleted before rows that name it are saved."""
    return select(Tag).where(Tag.id.in_([*pks])).order_by(Tag.id).with_for_update(key_share=True, read=True)
