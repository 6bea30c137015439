"""Who may keep a customer's bank accounts, and see their numbers (CUST-12, ACC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.permissions import BankAccountPermission
from app.customers.shared.policies import Facts, can_edit_all
from app.kernel.errors import ALLOW, Decision, conflict, forbidden

if TYPE_CHECKING:
    from app.customers.accounts.models import BankAccount
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor


def can_edit_accounts(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """CUST-12, CUST-21: the owner, the team, a superior or the administrator."""
    return can_edit_all(actor, customer, facts)


def can_make_default(actor: Actor, account: BankAccount, facts: Facts) -> Decision:
    """CUST-12: who may edit the accounts, of one that is not the default already."""
    verdict = can_edit_accounts(actor, account.customer, facts)
    if verdict and account.is_default:
        return conflict("account.is_default", _("This is the default account already"))
    return verdict


def can_open_account(actor: Actor, customer: Customer, facts: Facts) -> Decision:
    """ACC-10: bank accounts open to the owner, or the holder of a platform customer, and to Finance.

    An administrator has every permission, Finance's too: they open accounts where the setting lets them
    reveal numbers.
    """
    is_owner = (customer.owner_id or customer.private_holder_id) == actor.id
    is_finance = actor.may(BankAccountPermission.OPEN) and not actor.is_admin
    if is_owner or is_finance or (actor.is_admin and facts.admin_reveals):
        return ALLOW
    return forbidden("account.owner_and_finance", _("Bank accounts open to the owner and to Finance only"))
