"""The tabs of instalments: of a customer, of a contract, and the receipts of one (CUST-15, CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.parts import Answers, CustomerPart, nothing
from app.deals.contracts.queries import facts_for_contract
from app.deals.payments.choices import RECEIPT_METHOD
from app.deals.payments.hanging import hand_over_payments, merge_payments
from app.deals.payments.models import Payment, Receipt
from app.deals.payments.permissions import PaymentPermission
from app.deals.payments.presentation import (
    amount_text,
    new_payment_button,
    status_cell,
    take_back_button,
)
from app.deals.payments.queries import (
    corrected_ids,
    facts_for_payment,
    payments_of,
    payments_of_contract,
    receipts_of,
)
from app.deals.payments.serializers import PaymentRecord, payment_records
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import record_address
from app.kernel.pages.tabs import DetailTab, TabColumn, newest_table, one_page, table_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.deals.contracts.models import Contract
    from app.kernel.pages.elements import TableTab

_DUE = TabColumn("due_on", _("Due on"), lambda row: row.due_on)
_REST = (
    TabColumn("amount", _("Amount"), amount_text, number=True),
    TabColumn("received", _("Amount received"), lambda row: row.received, number=True),
    TabColumn("unpaid", _("Unpaid"), lambda row: row.unpaid, number=True),
    TabColumn("status", _("State"), status_cell),
    TabColumn("owner", _("Owner"), lambda row: row.owner.name),
)
_CODE = TabColumn("code", _("Contract number"), lambda row: row.contract.code)
_RECEIPTS = (
    TabColumn("received_on", _("Received on"), lambda row: row.received_on),
    TabColumn("amount", _("Amount"), lambda row: row.amount, number=True),
    TabColumn("method", _("Way of payment"), lambda row: RECEIPT_METHOD.label(row.method)),
    TabColumn("note", _("Note"), lambda row: row.note, wide=True),
    TabColumn("by", _("Recorded by"), lambda row: row.created_by.display_name),
    TabColumn("time", _("Time"), lambda row: row.created_at),
)


def payments_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's instalments, newest first."""
    return newest_table(
        payments_of(customer, current_actor()),
        Payment,
        page,
        (_DUE, _CODE, *_REST),
        _("No instalment of this customer yet"),
        url_of=lambda row: record_address("PaymentView.show", row.id),
    )


def contract_payments_tab(contract: Contract, page: int) -> TableTab:
    """Return the tab of a contract's instalments, in the order of their due days."""
    actor = current_actor()
    rows, more = one_page(payments_of_contract(contract).order_by(Payment.due_on, Payment.id), page)
    return table_of(
        rows,
        (_DUE, *_REST),
        _("No instalment yet; split the contract, or plan one"),
        more=more,
        url_of=lambda row: record_address("PaymentView.show", row.id),
        buttons=new_payment_button(contract, actor, facts_for_contract(contract, actor)),
    )


def receipts_tab(payment: Payment, page: int) -> TableTab:
    """Return the tab of an instalment's receipts, newest first, counter-entries included."""
    actor, gone = current_actor(), corrected_ids(payment)
    facts = facts_for_payment(payment, actor)
    return newest_table(
        receipts_of(payment),
        Receipt,
        page,
        _RECEIPTS,
        _("Nothing came in yet"),
        buttons_of=lambda row: take_back_button(payment, row, gone, actor, facts),
    )


def _told(row: PaymentRecord) -> tuple[str, str]:
    owner = row["owner"]["name"] if row["owner"] else ""
    return owner, f"{row['contract']['name']} · {row['due_on']} · {row['amount']:,.2f} {row['currency']}"


CONTRACT_TAB = DetailTab(
    "payments",
    _("Instalments"),
    contract_payments_tab,
    PaymentPermission.READ,
    lambda contract, _actor: payments_of_contract(contract),
)
RECEIPTS_TAB = DetailTab(
    "receipts", _("Receipts"), receipts_tab, rows=lambda payment, _actor: receipts_of(payment)
)
PAYMENTS = CustomerPart(
    "payments",
    _("Payments"),
    payments_tab,
    payments_of,
    Payment.created_at,
    payment_records,
    PaymentRecord,
    _told,
    position=16,
    read=PaymentPermission.READ,
    answers=Answers(
        hand_over=hand_over_payments,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=merge_payments,
        erase=nothing,
    ),
)
