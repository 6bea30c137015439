"""Names of tags and categories, from the process's memory: a page of customers needs no statement for them
(CUST-23, CUST-24).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sqlalchemy import select

from app.customers.labels.models import Category, Tag
from app.kernel.database.cache import CachedValue
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal


class NamedTag(NamedTuple):
    """A tag as cells show it."""

    id: int
    name: str
    tone: str


class NamedCategory(NamedTuple):
    """A category as cells show it, with what its customers inherit; sorted by ``path``."""

    id: int
    name: str
    path: str
    credit_ceiling: Decimal | None
    payment_days: int | None
    service_standard: str | None


E = TypeVar("E", NamedTag, NamedCategory)


class Labels(Generic[E]):
    """All tags, or all categories, by id; read again once any of them has changed."""

    def __init__(self, entry: type[E], order: Any, *columns: Any) -> None:
        self._entry: Any = entry
        self._statement = select(*columns).order_by(order)
        self._kept: CachedValue[Mapping[int, E]] = CachedValue(self._load)

    def _load(self) -> Mapping[int, E]:
        return {row[0]: self._entry._make(row) for row in db.session.execute(self._statement)}

    def all(self) -> Mapping[int, E]:
        """Return all of them, in order."""
        return self._kept.get()

    def get(self, pk: int | None) -> E | None:
        """Return one of them, or None."""
        return None if pk is None else self.all().get(pk)

    def name(self, pk: int) -> str:
        """Return the name, or an empty text."""
        found = self.get(pk)
        return "" if found is None else found.name

    def named_in(self, ids: str | None) -> list[E]:
        """Return those whose ids a text lists with commas between, in order."""
        if not ids:
            return []
        wanted, known = {int(pk) for pk in ids.split(",")}, self.all()
        return [known[pk] for pk in known if pk in wanted] if len(wanted) > 1 else _one(known, *wanted)


def _one(known: Mapping[int, E], pk: int) -> list[E]:
    return [known[pk]] if pk in known else []


_T, _C = Tag.__table__.c, Category.__table__.c
TAGS = Labels(NamedTag, _T.id, _T.id, _T.name, _T.tone)
CATEGORIES = Labels(
    NamedCategory, _C.path,
    _C.id, _C.name, _C.path, _C.credit_ceiling, _C.payment_days, _C.service_standard,
)  # fmt: skip


def get_category_name_map(ids: Iterable[int]) -> dict[int, str]:
    """Return the names of many categories by id in one query (CUST-24)."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    return dict(db.session.execute(select(_C.id, _C.name).where(_C.id.in_(wanted))).all())


def category_label(pk: int) -> str:
    """Return a category's name with those above it: ``渠道 / 经销商``."""
    found = CATEGORIES.get(pk)
    if found is None:
        return ""
    return " / ".join(CATEGORIES.name(int(one)) for one in found.path.split("/") if one)


def below(pk: int) -> list[int]:
    """Return the category and all below it."""
    found = CATEGORIES.get(pk)
    if found is None:
        return [pk]
    return [one.id for one in CATEGORIES.all().values() if one.path.startswith(found.path)]


class Terms(NamedTuple):
    """What a customer inherits from its categories (CUST-24): the lowest ceiling (CNY) and the shortest
    payment, and each service standard.
    """

    credit_ceiling: Decimal | None
    payment_days: int | None
    service_standards: tuple[str, ...]


def inherited_terms(categories: Iterable[NamedCategory]) -> Terms:
    """Return what the categories say together; each inherits what it leaves open from the one above."""
    found = [_own_terms(one) for one in categories]
    ceilings = [one.credit_ceiling for one in found if one.credit_ceiling is not None]
    days = [one.payment_days for one in found if one.payment_days is not None]
    texts = dict.fromkeys(one.service_standard for one in found if one.service_standard)
    return Terms(min(ceilings, default=None), min(days, default=None), tuple(texts))


def _own_terms(category: NamedCategory) -> NamedCategory:
    for one in reversed([int(pk) for pk in category.path.split("/") if pk][:-1]):
        above = CATEGORIES.get(one)
        if above is not None:
            category = category._replace(
                credit_ceiling=_first(category.credit_ceiling, above.credit_ceiling),
                payment_days=_first(category.payment_days, above.payment_days),
                service_standard=category.service_standard or above.service_standard,
            )
    return category


def _first(own: Any, above: Any) -> Any:
    return above if own is None else own
