"""The tab of a customer's credit: limits, exposure, and the history of the limits (CUST-17, CUST-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.customers.shared.parts import Answers, CustomerPart, Lines, nothing
from app.customers.shared.queries import facts_of
from app.deals.credit.models import CreditLimitChange
from app.deals.credit.operations import SET_CREDIT
from app.deals.credit.permissions import CreditPermission
from app.deals.credit.policies import can_set_credit
from app.deals.credit.queries import changes_of, credit_of, limits_of
from app.deals.credit.serializers import CreditChangeRecord, change_records
from app.deals.credit.services import merge_credit
from app.deals.shared.currencies import money
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import local_time, tag
from app.kernel.pages.operations import operation_button
from app.kernel.pages.tabs import TIME, DetailTab, TabColumn, newest_page, table_of
from app.org.shared.models import Account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from markupsafe import Markup

    from app.customers.shared.models import Customer
    from app.deals.credit.policies import CreditLine
    from app.kernel.pages.elements import Button, TableTab

_LINES = (
    TabColumn("currency", _("Currency"), lambda row: row[0]),
    TabColumn("limit", _("Limit"), lambda row: _allowed(row[1]), number=True),
    TabColumn("exposure", _("Signed and unpaid"), lambda row: f"{row[1].exposure:,.2f}", number=True),
    TabColumn("remaining", _("Remaining"), lambda row: _remaining(row[1]), number=True),
    TabColumn("overdue", _("Overdue"), lambda row: row[1].overdue or None, number=True),
)
_CHANGES = (
    TIME,
    TabColumn("by", _("Who"), lambda row: row.created_by.display_name),
    TabColumn("currency", _("Currency"), lambda row: row.currency),
    TabColumn("before", _("Before"), lambda row: row.before, number=True),
    TabColumn("after", _("After"), lambda row: row.after, number=True),
    TabColumn("enabled", _("Credit checked"), lambda row: row.enabled),
    TabColumn("reason", _("Reason"), lambda row: row.reason, wide=True),
)


def _allowed(line: CreditLine) -> Decimal | None:
    return None if line.limit is None else line.allowed


def _remaining(line: CreditLine) -> str | Markup:
    text = f"{line.remaining:,.2f}"
    return tag(text, "red") if line.remaining < 0 else text


def credit_tab(customer: Customer, _page: int) -> TableTab:
    """Return the tab of limits, exposure and what remains, by currency."""
    credit = credit_of(customer)
    empty = (
        _("The credit is checked and no limit is set: every signing is refused")
        if credit.enabled
        else _("The credit of this customer is not checked")
    )
    return table_of(credit.lines.items(), _LINES, empty, buttons=_buttons(customer))


def changes_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the history of the limits."""
    rows, more = newest_page(changes_of(customer, current_actor()), CreditLimitChange, page)
    return table_of(rows, _CHANGES, _("No limit was set yet"), more=more)


def _buttons(customer: Customer) -> list[Button]:
    actor = current_actor()
    if not actor.may(CreditPermission.SET_CREDIT):
        return []
    verdict = can_set_credit(actor, customer, facts_of([customer], actor)[customer.id])
    return [operation_button("CustomerView", SET_CREDIT, customer, verdict)]


def _entries(rows: Sequence[CreditLimitChange]) -> list[Entry]:
    return [
        Entry(row.created_by.display_name, local_time(row.created_at), _change(row), row.reason)
        for row in rows
    ]


def _change(row: CreditLimitChange) -> str:
    if not row.currency:
        return gettext("Credit checked") if row.enabled else gettext("Credit no longer checked")
    none = gettext("none")
    before, after = (none if one is None else money(one, row.currency) for one in (row.before, row.after))
    return f"{before} → {after}"


def _told(row: CreditChangeRecord) -> tuple[str, str]:
    by = row["by"]["name"] if row["by"] else ""
    return by, f"{row['currency'] or ''} {row['before']} → {row['after']}".strip()


CREDIT_TAB = DetailTab("credit", _("Credit"), credit_tab, rows=lambda customer, _actor: limits_of(customer))
CREDIT = CustomerPart(
    "credit_changes",
    _("Limit history"),
    changes_tab,
    changes_of,
    CreditLimitChange.created_at,
    change_records,
    CreditChangeRecord,
    _told,
    position=18,
    answers=Answers(
        hand_over=nothing,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=merge_credit,
        erase=nothing,
    ),
    lines=Lines(
        _entries,
        (joinedload(CreditLimitChange.created_by).load_only(Account.first_name, Account.last_name),),
        "fa-scale-balanced",
        "gold",
        ("customer.set_credit",),
    ),
)
