"""Add, edit and delete bank accounts of a customer, and reveal their numbers (CUST-12, ACC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.accounts.models import BankAccount
from app.customers.accounts.policies import can_edit_accounts, can_make_default, can_open_account
from app.customers.accounts.queries import get_account
from app.customers.numbers.services import record_reveal
from app.customers.shared.belongings import take_belongings, unmark_others
from app.customers.shared.log_values import to_log_text
from app.customers.shared.queries import facts_for, get_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Invalid, conflict
from app.kernel.fields.account_numbers import NO_ACCOUNT_NUMBER, seal_account_number
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.customers.numbers.models import NumberReveal
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor

_MARK = "✓"


@transactional
def add_account(
    pk: int, *, bank: str, account_number: str, is_default: bool = False, actor: Actor, **fields: Any
) -> BankAccount:
    """Add a bank account to the customer (CUST-12); a default one un-makes the present default.

    :raises Invalid: for a number that is none.
    :raises Denied: by rule; ``account.known`` for a number that the customer has already.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    values = _read({"bank": bank, "account_number": account_number, **fields})
    can_edit_accounts(actor, customer, facts_for(customer, actor)).enforce()
    if is_default:
        unmark_others(BankAccount, "is_default", customer)
    made = BankAccount(
        **values,
        customer=customer,
        company_id=customer.company_id,
        is_default=is_default,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    logged = {"account_number": ("", str(made.number))}
    if is_default:
        logged["account_is_default"] = ("", _MARK)
    message = N_("Bank account added: %(bank)s")
    audit.record(actor, "customer.add_bank_account", customer, message, logged, bank=bank)
    return made


@transactional
def update_account(pk: int, *, values: Mapping[str, Any], actor: Actor) -> BankAccount:
    """Edit fields of a bank account; each changed field is logged in the customer's log.

    ``values`` holds only what is to change.
    """
    account = get_account(pk, actor=actor, lock=True)
    is_default = values.get("is_default", account.is_default)
    found = _read({name: value for name, value in values.items() if name != "is_default"})
    can_edit_accounts(actor, account.customer, facts_for(account.customer, actor)).enforce()
    changed = {}
    for name, value in found.items():
        before = getattr(account, name)
        if to_log_text(before) != to_log_text(value) or before != value:
            changed[name] = to_log_text(before), to_log_text(value)
            setattr(account, name, value)
    if is_default != account.is_default:
        changed["is_default"] = ("", _MARK) if is_default else (_MARK, "")
        _mark(account, is_default=is_default)
    if changed:
        logged = {f"account_{name}": pair for name, pair in changed.items()}
        message = N_("Bank account edited: %(bank)s")
        audit.record(
            actor, "customer.update_bank_account", account.customer, message, logged, bank=account.bank
        )
    return account


@transactional
def make_default_account(pk: int, *, actor: Actor) -> BankAccount:
    """Make it the customer's default account; the present one is one no more (CUST-12)."""
    account = get_account(pk, actor=actor, lock=True)
    can_make_default(actor, account, facts_for(account.customer, actor)).enforce()
    _mark(account, is_default=True)
    message = N_("Default bank account: %(bank)s")
    audit.record(actor, "customer.make_default_account", account.customer, message, bank=account.bank)
    return account


@transactional
def delete_account(pk: int, *, actor: Actor) -> BankAccount:
    """Delete a bank account; the looks at its number stay."""
    account = get_account(pk, actor=actor, lock=True)
    can_edit_accounts(actor, account.customer, facts_for(account.customer, actor)).enforce()
    logged = {"account_number": (str(account.number), "")}
    message = N_("Bank account deleted: %(bank)s")
    audit.record(actor, "customer.delete_bank_account", account.customer, message, logged, bank=account.bank)
    db.session.delete(account)
    return account


@transactional
def reveal_account(pk: int, *, purpose: str, actor: Actor) -> NumberReveal:
    """Reveal the number of a bank account: within the day's quota, in the customer's ledger (ACC-10).

    :raises Denied: 403 by rule, 429 past the quota.
    """
    account = get_account(pk, actor=actor, lock=True)
    customer = account.customer
    can_open_account(actor, customer, facts_for(customer, actor)).enforce()
    made = record_reveal(
        customer, purpose, actor, bank_account_id=account.id, number_masked=str(account.number)
    )
    message = N_("Number of bank account %(bank)s revealed: %(purpose)s")
    audit.record(actor, "customer.reveal_account", customer, message, bank=account.bank, purpose=purpose)
    return made


def revealed_account(reveal: NumberReveal, actor: Actor) -> str:
    """Return the full number of a reveal that this actor has just recorded."""
    return get_account(reveal.bank_account_id or 0, actor=actor).number.reveal()


def _mark(account: BankAccount, *, is_default: bool) -> None:
    if is_default:
        unmark_others(BankAccount, "is_default", account.customer)
    account.set_default(is_default=is_default)
    db.session.flush()


def _read(values: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(values)
    if "account_number" in found:
        try:
            found["number"] = seal_account_number(found.pop("account_number") or "")
        except ValueError:
            raise Invalid(account_number=NO_ACCOUNT_NUMBER) from None
    return found


def merge_accounts(step: Merge) -> None:
    """Let bank accounts of a merged customer go to the survivor; an equal number stays behind (CUST-9)."""
    take_belongings(step, BankAccount, "is_default", lambda account: account.number.index)


def two_defaults() -> Decision:
    """Refuse the second of two people who make different accounts the default one at once."""
    message = _("Somebody chose another default at this moment; look again")
    return conflict("account.default_taken", message)


def number_known() -> Decision:
    """Refuse an account number that the customer has already."""
    message = _("The customer has this account already")
    return conflict("account.known", message, field="account_number")
