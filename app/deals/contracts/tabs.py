"""The tab of a customer's contracts, and what becomes of them with the customer (CUST-15, CUST-32)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.customers.shared.parts import Answers, CustomerPart, Lines, nothing
from app.customers.shared.queries import facts_of
from app.deals.contracts.hanging import erase_contracts, hand_over_contracts, merge_contracts
from app.deals.contracts.models import Contract
from app.deals.contracts.permissions import ContractPermission
from app.deals.contracts.presentation import (
    amount_text,
    new_contract_button,
    paid_cell,
    payment_tags,
    state_tags,
)
from app.deals.contracts.queries import contracts_of
from app.deals.contracts.serializers import ContractRecord, contract_records
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import join_html, local_time, record_address
from app.kernel.pages.tabs import TIME, TabColumn, newest_table
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab

_CONTRACTS = (
    TabColumn("code", _("Contract number"), lambda row: row.code),
    TabColumn("title", _("Title"), lambda row: row.title),
    TabColumn("status", _("State"), lambda row: join_html(state_tags(row))),
    TabColumn("amount", _("Amount"), amount_text, number=True),
    TabColumn("paid", _("Paid"), paid_cell),
    TabColumn("ends_on", _("Ends on"), lambda row: row.ends_on),
    TabColumn("owner", _("Owner"), lambda row: row.owner.name),
    TIME,
)


def contracts_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's contracts, with the button that draws up another one."""
    actor = current_actor()
    return newest_table(
        contracts_of(customer, actor),
        Contract,
        page,
        _CONTRACTS,
        _("No contract with this customer yet"),
        url_of=lambda row: record_address("ContractView.show", row.id),
        buttons=new_contract_button(customer, actor, facts_of([customer], actor)[customer.id]),
    )


def _entries(rows: Sequence[Contract]) -> list[Entry]:
    return [
        Entry(
            row.owner.name,
            local_time(row.created_at),
            f"{row.title} · {amount_text(row)}",
            row.code,
            [*state_tags(row), *payment_tags(row)],
        )
        for row in rows
    ]


def _told(row: ContractRecord) -> tuple[str, str]:
    owner = row["owner"]["name"] if row["owner"] else ""
    return owner, f"{row['code']} {row['title']} · {row['amount']:,.2f} {row['currency']}"


CONTRACTS = CustomerPart(
    "contracts",
    _("Contracts"),
    contracts_tab,
    contracts_of,
    Contract.created_at,
    contract_records,
    ContractRecord,
    _told,
    position=14,
    read=ContractPermission.READ,
    answers=Answers(
        hand_over=hand_over_contracts,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=merge_contracts,
        erase=erase_contracts,
    ),
    lines=Lines(
        _entries,
        (joinedload(Contract.owner).load_only(Staff.name),),
        "fa-file-contract",
        "green",
    ),
)
