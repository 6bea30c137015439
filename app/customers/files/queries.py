"""Queries of a customer's files (CUST-2, PLAT-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.customers.shared.models import Customer
from app.customers.shared.queries import get_customer
from app.kernel.database.session import db
from app.kernel.files.attachments import Attachment, files_of

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


def open_customer(pk: int, actor: Actor) -> Customer:
    """Return the customer of a file if the actor can open them."""
    return get_customer(pk, actor=actor)


def files_of_customer(customer: Customer) -> list[Attachment]:
    """List the files of a customer, newest first."""
    return [*db.session.scalars(customer_files(customer))][::-1]


def customer_files(customer: Customer) -> Select[Attachment]:
    """Select the files of a customer."""
    return files_of(Customer.__files__, [customer.id])
