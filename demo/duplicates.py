"""Duplicates of the demo data: firms that were entered twice under two spellings (CUST-9)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.customers.merging.finder import find_pairs
from app.customers.profile.services import update_customer
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.org.shared.models import District

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor

_FIRMS = 12  # two of them are one firm
_FORM = "有限公司"


def write_duplicates(actors: Mapping[str, Actor]) -> None:
    """Give every second of the latest firms the name of the one before it, and look for pairs."""
    admin = actors["admin"]
    district_id = db.session.scalars(select(District.id).where(District.parent_id.is_not(None))).first()
    statement = select(Customer.id, Customer.version, Customer.name).where(
        Customer.kind == "enterprise", Customer.pool == "personal", Customer.name.endswith(_FORM)
    )
    with unscoped("demo: customers of everybody"):
        firms = db.session.execute(statement.order_by(Customer.id.desc()).limit(_FIRMS)).all()
    for first, second in zip(firms[::2], firms[1::2], strict=False):
        for firm, name in ((first, first.name), (second, first.name.removesuffix(_FORM))):
            values = {"name": name, "district_id": district_id}
            update_customer(firm.id, version=firm.version, values=values, actor=admin)
    find_pairs()
