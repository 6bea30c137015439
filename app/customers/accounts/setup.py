"""Registration of bank accounts with the application (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import counts_as_edit
from app.customers.accounts.api import BankAccountApi
from app.customers.accounts.fields import LOGGED
from app.customers.accounts.operations import ON_ACCOUNTS, REMOVE
from app.customers.accounts.services import number_known, two_defaults
from app.customers.accounts.tabs import BANK_ACCOUNTS
from app.customers.accounts.views import BankAccountView
from app.customers.shared.fields import describe_logged
from app.customers.shared.parts import register_parts
from app.customers.shared.permissions import BankAccountPermission, CustomerPermission
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.setup import add_apis, add_views
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register bank accounts; the customer's own operation comes with the file's."""
    grant([BankAccountPermission.READ], [*CUSTOMER_WORKERS, FINANCE, AUDITOR], label=_("Bank accounts"))
    grant(
        [BankAccountPermission.UPDATE, BankAccountPermission.DELETE, BankAccountPermission.MAKE_DEFAULT],
        CUSTOMER_WORKERS,
    )
    grant([BankAccountPermission.REVEAL_NUMBER], [*CUSTOMER_WORKERS, FINANCE])
    grant([BankAccountPermission.OPEN], [FINANCE], words={"open": _("Open every account")})
    grant([CustomerPermission.ADD_BANK_ACCOUNT], CUSTOMER_WORKERS)
    refuses("uq_bank_account_default", two_defaults)
    refuses("uq_bank_account_number", number_known)
    counts_as_edit(
        "customer.add_bank_account",
        "customer.update_bank_account",
        "customer.make_default_account",
        "customer.delete_bank_account",
    )
    describe_logged(LOGGED)
    for action in ON_ACCOUNTS:
        add_operation(BankAccountView, BankAccountApi, action)
    add_operation(BankAccountView, None, REMOVE)
    register_parts(BANK_ACCOUNTS)
    add_views(app, BankAccountView)
    add_apis(app, BankAccountApi)
