"""The tab of the reveals of a customer's number (ACC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.audit.queries import source_label
from app.customers.numbers.models import NumberReveal
from app.customers.numbers.permissions import NumberLookupPermission
from app.customers.numbers.queries import reveals_of
from app.customers.numbers.serializers import RevealRecord, reveal_records
from app.customers.shared.parts import CustomerPart, Lines, history
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button, Entry
from app.kernel.pages.formatting import local_time
from app.kernel.pages.tabs import TIME, TabColumn, newest_table
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab


def _whose(row: NumberReveal) -> str:
    """Say whose number it was, where it was not the customer's own."""
    of_contact = row.contact.name if row.contact is not None else ""
    if row.bank_account_id is not None:
        of_contact = gettext("Bank account")
    return " ".join(filter(None, (of_contact, row.number_masked)))


_REVEALS = (
    TIME,
    TabColumn("who", _("Who"), lambda row: row.staff.name),
    TabColumn("department", _("Department"), lambda row: row.department.name),
    TabColumn("number", _("Number viewed"), _whose),
    TabColumn("purpose", _("Purpose"), lambda row: row.purpose, wide=True),
    TabColumn("source", _("From address"), lambda row: source_label(row.source)),
)


def reveals_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of reveals of the number."""
    empty = _("Nobody looked at this number yet")
    buttons = []
    if current_actor().may(NumberLookupPermission.READ):
        buttons = [Button(gettext("Number look-ups"), url_for("NumberLookupView.list"))]
    return newest_table(reveals_of(customer), NumberReveal, page, _REVEALS, empty, buttons=buttons)


def _entries(rows: Sequence[NumberReveal]) -> list[Entry]:
    return [Entry(row.staff.name, local_time(row.created_at), _what_for(row)) for row in rows]


def _what_for(row: NumberReveal) -> str:
    return " · ".join(filter(None, (_whose(row), row.purpose)))


REVEALS = CustomerPart(
    "reveals",
    _("Number views"),
    reveals_tab,
    lambda customer, _actor: reveals_of(customer),
    NumberReveal.created_at,
    reveal_records,
    RevealRecord,
    lambda row: (row["staff"]["name"], row["purpose"]),
    position=90,
    answers=history(NumberReveal.customer_id),
    lines=Lines(
        _entries,
        (joinedload(NumberReveal.staff).load_only(Staff.name), joinedload(NumberReveal.contact)),
        "fa-eye",
        covers=("customer.reveal_phone", "customer.reveal_contact", "customer.reveal_account"),
    ),
)
