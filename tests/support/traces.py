"""The rows that an operation left behind, and checks that a refused one left nothing."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from app.audit.models import OperationLog
from app.customers.accounts.models import BankAccount
from app.customers.company_paths.models import CompanyPath
from app.customers.contacts.models import Contact
from app.customers.duplicates.models import PhoneClaim
from app.customers.numbers.models import NumberReveal
from app.customers.shared.models import Customer, CustomerDistrict, FollowUp, Push
from app.customers.shipping_marks.models import ShippingMark
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.notices.models import Notification, Todo
from app.pool.shelving.models import ShelfLog

if TYPE_CHECKING:
    from collections.abc import Iterator

_TABLES = [
    model.__table__
    for model in (
        Customer, CustomerDistrict, PhoneClaim, FollowUp, NumberReveal, Push, ShelfLog, OperationLog,
        Notification, Todo, Contact, BankAccount, CompanyPath, ShippingMark,
    )
]  # fmt: skip
_STATES = [Customer.__table__, Push.__table__]


def row_counts() -> dict[str, int]:
    """Return the number of rows of every table that an operation on a customer may write to."""
    db.session.commit()
    columns = [
        select(func.count()).select_from(table).scalar_subquery().label(table.name) for table in _TABLES
    ]
    with db.engine.connect() as connection:
        return dict(connection.execute(select(*columns)).mappings().one())


def stored(pk: int) -> dict[str, Any]:
    """Return the customer's row as it is committed, past every session."""
    table = Customer.__table__
    db.session.commit()  # SQLite has one writer, and outside a GET request every reader is one
    with db.engine.connect() as connection:
        return dict(connection.execute(select(table).where(table.c.id == pk)).mappings().one())


def states() -> dict[str, list[Any]]:
    """Return every customer and every push, column by column, as they are committed."""
    db.session.commit()
    with db.engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(table.c.id))]
            for table in _STATES
        }


def changed_columns(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return the present values of a row that differ from before; both as :func:`stored` returns them."""
    return {name: after[name] for name in after if after[name] != before[name]}


@contextmanager
def nothing_written() -> Iterator[None]:
    """Check that the block commits no row to any of the tables, and changes no customer and no push."""
    before = row_counts(), states()
    yield
    assert not db.session.dirty, "a refused operation left changed objects in the session"
    assert (row_counts(), states()) == before


@contextmanager
def denied(code: str, status: int = 409) -> Iterator[pytest.ExceptionInfo[Denied]]:
    """Check that a rule refuses the block, which leaves nothing behind."""
    with nothing_written(), pytest.raises(Denied) as caught:
        yield caught
    assert (caught.value.code, caught.value.status) == (code, status)
    assert str(caught.value.message)


@contextmanager
def invalid(*fields: str) -> Iterator[pytest.ExceptionInfo[Invalid]]:
    """Check that the block refuses exactly these fields, and leaves nothing behind."""
    with nothing_written(), pytest.raises(Invalid) as caught:
        yield caught
    assert sorted(caught.value.fields) == sorted(fields)
    assert all(str(sentence) for sentence in caught.value.fields.values())


def operations(customer: Customer, operation: str = "") -> list[OperationLog]:
    """Return the customer's log, oldest first."""
    statement = select(OperationLog).where(
        OperationLog.record_type == "customer", OperationLog.record_id == customer.id
    )
    if operation:
        statement = statement.where(OperationLog.operation == operation)
    return list(db.session.scalars(statement.order_by(OperationLog.number)))


def shelf_log(customer: Customer) -> list[ShelfLog]:
    """Return the customer's moves onto and off the shelf, oldest first."""
    rows = select(ShelfLog).where(ShelfLog.customer_id == customer.id).order_by(ShelfLog.id)
    return list(db.session.scalars(rows))


def notifications(recipient_id: int) -> list[Notification]:
    """Return a person's inbox, oldest first."""
    rows = select(Notification).where(Notification.recipient_id == recipient_id).order_by(Notification.id)
    return list(db.session.scalars(rows))


def todos(assignee_id: int) -> list[Todo]:
    """Return a person's to-dos, oldest first."""
    return list(db.session.scalars(select(Todo).where(Todo.assignee_id == assignee_id).order_by(Todo.id)))


def claims(customer: Customer) -> list[str]:
    """Return the scopes in which the customer's number is claimed."""
    rows = select(PhoneClaim.scope).where(PhoneClaim.customer_id == customer.id).order_by(PhoneClaim.scope)
    return list(db.session.scalars(rows))
