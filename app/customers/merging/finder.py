"""Find pairs of files that are probably one customer (CUST-9).

The database brings together what has something in common: the same number, the same tax id but for its
punctuation, the same district.  Only within a district are names compared, and only those that share all but
one of their characters: the work grows with the number of customers, not with its square.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz
from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from app.customers.merging.models import DuplicatePair
from app.customers.shared.merges import contributed_pairs
from app.customers.shared.models import Customer
from app.customers.shared.settings import DEDUPE_MODE
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import end_reading, transactional
from app.kernel.folding import search_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Select

LIKE = 85  # percent, from which names are nearly the same
SHORT = 4  # characters: people's names of three differ in one character and are others
COMMON = 12  # files of one name in one district: a name that says nothing
BATCH = 500
_PUNCTUATION = re.compile(r"[\W_]+")
# The form of a firm says nothing about which firm it is; the longest first.
_FORMS = (
    "股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "分公司", "集团", "公司",
    "coltd", "ltd", "inc",
)  # fmt: skip
_A, _B = aliased(Customer), aliased(Customer)


@dataclass(frozen=True)
class Found:
    """Two live files of one company, and why they are probably one customer."""

    a_id: int
    b_id: int
    company_id: int
    reason: str
    score: int


def normal_name(name: str, kind: str) -> str:
    """Return a name without what does not tell customers apart: width, case, blanks, punctuation, and of an
    enterprise its legal form.
    """
    key = _PUNCTUATION.sub("", search_key(name))
    if kind == "enterprise":
        for form in _FORMS:
            short = key.removesuffix(form)
            if short and short != key:
                return short
    return key


def likeness(one: str, other: str) -> int:
    """Return how alike two normal names are, in percent."""
    return round(fuzz.ratio(one, other))


def _pairs(*conditions: Any) -> Select[Any]:
    """Select pairs of live files of one company, the older first."""
    statement: Select[Any] = select(_A.id, _B.id, _A.company_id)
    return statement.where(
        _A.deleted_at.is_(None),
        _B.deleted_at.is_(None),
        _A.company_id == _B.company_id,
        _A.kind == _B.kind,
        *conditions,
    )


def same_numbers() -> Iterator[Found]:
    """Files with one number, where no rule lets two people hold it (CUST-7): those of one owner, those of
    one department of which one is a platform customer; all where a number belongs to one customer.
    """
    platform = or_(_A.pool == "platform", _B.pool == "platform")
    here = or_(_A.owner_id == _B.owner_id, and_(platform, _A.department_id == _B.department_id))
    conditions = [_A.phone_index == _B.phone_index, _A.id < _B.id]
    if DEDUPE_MODE.read() != "global":
        conditions.append(here)
    yield from _found(_pairs(*conditions), "same_phone", 100)


def same_tax_ids() -> Iterator[Found]:
    """Files with one tax id, written differently."""
    plain = [
        func.upper(func.replace(func.replace(func.replace(one.tax_id, "-", ""), " ", ""), ".", ""))
        for one in (_A, _B)
    ]
    written = [_A.tax_id.is_not(None), _B.tax_id.is_not(None), _A.id < _B.id]
    yield from _found(_pairs(*written, plain[0] == plain[1]), "same_tax_id", 100)


def contributed() -> Iterator[Found]:
    """Pairs that other tables bring, as the numbers of contacts do."""
    for one in contributed_pairs():
        brought = one.pairs().subquery()
        first, last = brought.c[0], brought.c[1]
        ordered = or_(and_(_A.id == first, _B.id == last), and_(_A.id == last, _B.id == first))
        yield from _found(_pairs(ordered, _A.id < _B.id).distinct(), one.reason, one.score)


def _found(statement: Select[Any], reason: str, score: int) -> Iterator[Found]:
    with unscoped("duplicates are found whoever has them, and shown to who may open both (CUST-9)"):
        rows = db.session.execute(statement).all()
    for a_id, b_id, company_id in rows:
        yield Found(a_id, b_id, company_id, reason, score)


def same_names() -> Iterator[Found]:
    """Files of one district with the same or nearly the same name, one district after the other."""
    for company_id, district_id in _districts():
        yield from _alike(_names_in(company_id, district_id), company_id)
        end_reading()


def _districts() -> list[Any]:
    several = (
        select(Customer.company_id, Customer.district_id)
        .where(Customer.deleted_at.is_(None), Customer.district_id.is_not(None))
        .group_by(Customer.company_id, Customer.district_id)
        .having(func.count() > 1)
    )
    with unscoped("duplicates are found whoever has them, and shown to who may open both (CUST-9)"):
        return list(db.session.execute(several).all())


def _names_in(company_id: int, district_id: int) -> dict[tuple[str, str], list[int]]:
    """Return the files of a district by kind and normal name."""
    statement = select(Customer.id, Customer.kind, Customer.name).where(
        Customer.deleted_at.is_(None),
        Customer.company_id == company_id,
        Customer.district_id == district_id,
    )
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    with unscoped("duplicates are found whoever has them, and shown to who may open both (CUST-9)"):
        for pk, kind, name in db.session.execute(statement):
            key = normal_name(name, kind)
            if key:
                found[kind, key].append(pk)
    return found


def _alike(names: dict[tuple[str, str], list[int]], company_id: int) -> Iterator[Found]:
    for ids in names.values():
        if 1 < len(ids) <= COMMON:
            for a_id, b_id in combinations(sorted(ids), 2):
                yield Found(a_id, b_id, company_id, "same_name", 95)
    for one, other in _neighbours(names):
        score = likeness(one[1], other[1])
        if score >= LIKE:
            for a_id in names[one][:COMMON]:
                for b_id in names[other][:COMMON]:
                    yield Found(min(a_id, b_id), max(a_id, b_id), company_id, "similar_name", min(score, 94))


def _neighbours(names: Iterable[tuple[str, str]]) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """Return pairs of different names that are the same without one character of each."""
    shared: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for kind, name in names:
        if len(name) >= SHORT:
            for piece in {name, *(name[:at] + name[at + 1 :] for at in range(len(name)))}:
                shared[kind, piece].append((kind, name))
    return {
        (one, other)
        for group in shared.values()
        if 1 < len(group) <= COMMON
        for one, other in combinations(sorted(group), 2)
    }


_WAYS = (same_tax_ids, same_numbers, contributed, same_names)  # the surest first: it names the reason


def find_pairs() -> int:
    """Look for pairs and keep those that are new, in batches; open ones that are none any more go. Pairs that
    were dismissed stay as they are. Return how many are new.
    """
    began = clock.now()
    seen: set[tuple[int, int]] = set()
    new = 0
    batch: list[Found] = []
    for way in _WAYS:
        for one in way():
            if (one.a_id, one.b_id) in seen:
                continue
            seen.add((one.a_id, one.b_id))
            batch.append(one)
            if len(batch) == BATCH:
                new += keep_pairs(batch, began)
                batch = []
    new += keep_pairs(batch, began)
    forget_pairs(began)
    return new


def count_pairs() -> int:
    """Return how many pairs a run would add, for a dry run."""
    with unscoped("duplicates are found whoever has them, and shown to who may open both (CUST-9)"):
        known = {(a, b) for a, b in db.session.execute(select(DuplicatePair.a_id, DuplicatePair.b_id))}
    return len({(one.a_id, one.b_id) for way in _WAYS for one in way()} - known)


@transactional
def keep_pairs(found: list[Found], moment: datetime) -> int:
    """Keep pairs, each once; return how many are new."""
    if not found:
        return 0
    by_pair = {(one.a_id, one.b_id): one for one in found}
    table: Any = DuplicatePair.__table__
    of_these = table.c.a_id.in_([one.a_id for one in found])
    with unscoped("duplicates are found whoever has them, and shown to who may open both (CUST-9)"):
        known = {
            (row.a_id, row.b_id): row
            for row in db.session.execute(select(table).where(of_these).with_for_update())
            if (row.a_id, row.b_id) in by_pair
        }
        for pair, row in known.items():
            values: dict[str, Any] = {"seen_at": moment}
            if row.state == "merged":  # both are files of their own again
                values |= {"state": "open", "decided_at": None, "decided_by_id": None}
            if row.state != "dismissed":
                values |= {"reason": by_pair[pair].reason, "score": by_pair[pair].score}
            db.session.execute(update(table).where(table.c.id == row.id).values(**values))
        added = [one for pair, one in by_pair.items() if pair not in known]
        if added:
            db.session.execute(insert(table), [_row(one, moment) for one in added])
    return len(added)


def _row(one: Found, moment: datetime) -> dict[str, Any]:
    return {
        "company_id": one.company_id,
        "a_id": one.a_id,
        "b_id": one.b_id,
        "reason": one.reason,
        "score": one.score,
        "state": "open",
        "found_at": moment,
        "seen_at": moment,
    }


@transactional
def forget_pairs(before: datetime) -> int:
    """Delete open pairs that the look since then did not find any more."""
    table: Any = DuplicatePair.__table__
    with unscoped("duplicates are found whoever has them, and shown to who may open both (CUST-9)"):
        gone = delete(table).where(table.c.state == "open", table.c.seen_at < before)
        return len(db.session.execute(gone.returning(table.c.id)).all())
