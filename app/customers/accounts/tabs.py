"""The tab of a customer's bank accounts, and their place in the 360° view (CUST-12, CUST-15)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.accounts.fields import LABELS
from app.customers.accounts.models import BankAccount
from app.customers.accounts.operations import ADD_BANK_ACCOUNT, MAKE_DEFAULT, REMOVE, REVEAL_NUMBER, TAB
from app.customers.accounts.policies import can_edit_accounts
from app.customers.accounts.queries import accounts_of
from app.customers.accounts.serializers import BankAccountRecord, account_records
from app.customers.accounts.services import merge_accounts
from app.customers.shared.belongings import erase_belongings
from app.customers.shared.parts import Answers, CustomerPart, nothing
from app.customers.shared.permissions import BankAccountPermission
from app.customers.shared.queries import facts_for
from app.customers.shared.tabs import form_button
from app.customers.shared.views import belonging_buttons
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import join_html, tag
from app.kernel.pages.tabs import TabColumn, one_page, table_of

if TYPE_CHECKING:
    from typing import Any

    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab


def _bank(account: BankAccount) -> Any:
    return join_html([account.bank, tag(gettext("Default"), "blue")]) if account.is_default else account.bank


_ACCOUNTS = (
    TabColumn("bank", LABELS["bank"], _bank),
    TabColumn("number", LABELS["number"], lambda account: str(account.number)),
    TabColumn("payee", LABELS["payee"], lambda account: account.payee),
    TabColumn("code", LABELS["bank_code"], lambda account: account.bank_code),
    TabColumn("address", LABELS["bank_address"], lambda account: account.bank_address, wide=True),
    TabColumn("contact", LABELS["bank_contact"], lambda account: account.bank_contact),
)


def accounts_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of bank accounts: the default one first, then the newest first."""
    actor = current_actor()
    facts = facts_for(customer, actor)
    ordered = accounts_of(customer).order_by(BankAccount.is_default.desc(), BankAccount.id.desc())
    rows, more = one_page(ordered, page)
    return table_of(
        rows,
        _ACCOUNTS,
        _("No bank account yet"),
        more=more,
        buttons_of=partial(
            belonging_buttons,
            "BankAccountView",
            actor=actor,
            facts=facts,
            edit=BankAccountPermission.UPDATE,
            may_edit=can_edit_accounts,
            operations=(REVEAL_NUMBER, MAKE_DEFAULT, REMOVE),
        ),
        buttons=form_button(ADD_BANK_ACCOUNT, customer, actor, facts),
    )


def _describe(record: BankAccountRecord) -> tuple[str, str]:
    return record["created_by"]["name"], gettext("Bank account added: %(bank)s", bank=record["bank"])


BANK_ACCOUNTS = CustomerPart(
    TAB,
    _("Bank accounts"),
    accounts_tab,
    lambda customer, _actor: accounts_of(customer),
    BankAccount.is_default,
    account_records,
    BankAccountRecord,
    _describe,
    position=22,
    read=BankAccountPermission.READ,
    answers=Answers(
        hand_over=nothing,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=merge_accounts,
        erase=erase_belongings(BankAccount),
    ),
)
