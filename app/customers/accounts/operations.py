"""The operations on bank accounts, one declaration each (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.accounts import policies, services
from app.customers.accounts.forms import AccountForm
from app.customers.accounts.queries import get_account
from app.customers.accounts.serializers import BankAccountRecord, RevealedAccount, account_record
from app.customers.numbers.forms import RevealForm
from app.customers.numbers.operations import quota_left
from app.customers.numbers.services import remaining_reveals
from app.customers.shared.belongings import of_customer
from app.customers.shared.operations import tab_url
from app.customers.shared.permissions import BankAccountPermission
from app.kernel.access.current import current_actor
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer
from app.kernel.pages.elements import DetailPage
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.customers.accounts.models import BankAccount
    from app.customers.numbers.models import NumberReveal

TAB = "bank_accounts"


def _tab_of(account: BankAccount) -> str:
    return tab_url(account.customer_id, TAB)


def _show_number(reveal: NumberReveal) -> str:
    actor = current_actor()
    account = get_account(reveal.bank_account_id or 0, actor=actor)
    return render_template(
        "customers/reveal.html",
        page=DetailPage(account.bank, _tab_of(account), []),
        phone=services.revealed_account(reveal, actor),
        is_account=True,
        name=f"{account.bank} · {account.payee or account.customer.name}",
        viewer=actor.name,
        remaining=remaining_reveals(actor),
    )


def _number_record(reveal: NumberReveal) -> RevealedAccount:
    return {"account_number": services.revealed_account(reveal, current_actor())}


ADD_BANK_ACCOUNT = Operation(
    name="add_bank_account",
    label=_("Add a bank account"),
    icon="fa-building-columns",
    form=AccountForm,
    policy=policies.can_edit_accounts,
    service=services.add_account,
    answer=Answer(_("A bank account of %(name)s was added")),
    page=OperationPage(submit_label=_("Add"), goes_to=_tab_of, in_head=False),
    api=OperationApi(
        path="bank-accounts",
        summary="Add a bank account (CUST-12).",
        answer=account_record,
        returns=BankAccountRecord,
        status=CREATED,
    ),
)
MAKE_DEFAULT = Operation(
    name="make_default",
    label=_("Make default"),
    icon="fa-star",
    form=None,
    policy=policies.can_make_default,
    service=services.make_default_account,
    answer=Answer(_("%(name)s is the default account now")),
    page=OperationPage(goes_to=_tab_of, in_list=True),
    api=OperationApi(summary="Make it the customer's default account; the present one is one no more."),
)
REVEAL_NUMBER = Operation(
    name="reveal_number",
    label=_("Reveal number"),
    icon="fa-eye",
    form=RevealForm,
    policy=of_customer(policies.can_open_account),
    service=services.reveal_account,
    answer=Answer(_("The account number of %(name)s was revealed")),
    page=OperationPage(
        submit_label=_("Reveal"),
        hint=_("Every look is recorded with its purpose and counts against today's quota."),
        note=quota_left,
        done=_show_number,
        in_list=True,
    ),
    api=OperationApi(answer=_number_record, returns=RevealedAccount, refusals=(429,)),
)
REMOVE = Operation(
    name="remove",
    label=_("Delete"),
    icon="fa-trash-can",
    form=None,
    policy=of_customer(policies.can_edit_accounts),
    service=services.delete_account,
    answer=Answer(_("%(name)s was deleted")),
    permission=BankAccountPermission.DELETE,
    page=OperationPage(
        ask_about=lambda account: gettext("Delete the account at “%(name)s”?", name=account.bank),
        goes_to=_tab_of,
        in_list=True,
        is_danger=True,
    ),
)
ON_ACCOUNTS = (MAKE_DEFAULT, REVEAL_NUMBER)
