"""Search for customers by a part of their name (CUST-13).

No usual index helps a search for two characters inside a name, which is what people type of a Chinese name.
So a table keeps the pieces of each name: its first character, and each pair of neighbours. The pieces are
updated with every customer that the session writes; :func:`rebuild` adds those of rows written past it (bulk
loads).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, event, insert, inspect, select

from app.customers.listing.models import CustomerGram
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.folding import search_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

_C, _G = Customer.__table__.c, CustomerGram.__table__.c
_PAIR = 2
_BATCH = 5_000


def pieces(*names: str | None) -> set[str]:
    """Return the pieces by which the names can be found."""
    found: set[str] = set()
    for name in names:
        text = search_key(name or "")
        found.update(text[:1])
        found.update(text[at : at + _PAIR] for at in range(len(text) - 1))
    return found


def name_contains(text: str) -> list[ColumnElement[bool]]:
    """Return conditions for a list of customers: the name or the short name contains the text; a single
    character finds names that begin with it. They join the pieces to the customers.
    """
    wanted = search_key(text)
    conditions = [_G.customer_id == _C.id, _G.gram == wanted[:_PAIR]]
    if len(wanted) > _PAIR:
        conditions.append(_C.name_search.contains(wanted, autoescape=True))
    return conditions


def _rows(pk: int, created_at: Any, grams: Iterable[str]) -> list[dict[str, Any]]:
    return [{"customer_id": pk, "gram": gram, "created_at": created_at} for gram in sorted(grams)]


def _write(connection: Connection, customer: Customer) -> None:
    rows = _rows(customer.id, customer.created_at, pieces(customer.name, customer.short_name))
    if rows:
        connection.execute(insert(CustomerGram), rows)


def _after_insert(_mapper: Any, connection: Connection, customer: Customer) -> None:
    _write(connection, customer)


def _after_update(_mapper: Any, connection: Connection, customer: Customer) -> None:
    state: Any = inspect(customer)
    if any(state.attrs[name].history.has_changes() for name in ("name", "short_name")):
        connection.execute(delete(CustomerGram).where(CustomerGram.customer_id == customer.id))
        _write(connection, customer)


event.listen(Customer, "after_insert", _after_insert)
event.listen(Customer, "after_update", _after_update)


def write_pieces(records: Iterable[Mapping[str, Any]]) -> None:
    """Write the pieces of customers that were just inserted past the session."""
    rows = [
        row
        for one in records
        for row in _rows(one["id"], one["created_at"], pieces(one["name"], one["short_name"]))
    ]
    if rows:
        db.session.execute(insert(CustomerGram), rows)


def rebuild() -> int:
    """Write the pieces of customers that have none, committing by batch; return how many it wrote."""
    table = Customer.__table__
    missing = ~select(CustomerGram.gram).where(CustomerGram.customer_id == table.c.id).exists()
    mended = last = 0
    while True:
        statement = (
            select(table.c.id, table.c.created_at, table.c.name, table.c.short_name)
            .where(table.c.id > last, missing)
            .order_by(table.c.id)
            .limit(_BATCH)
        )
        with unscoped("every customer is found by its name, whoever may see it"):
            batch = db.session.execute(statement).all()
        rows = [row for pk, at, *names in batch for row in _rows(pk, at, pieces(*names))]
        if rows:
            db.session.execute(insert(CustomerGram), rows)
        db.session.commit()
        if not batch:
            return mended
        mended, last = mended + len(batch), batch[-1][0]
