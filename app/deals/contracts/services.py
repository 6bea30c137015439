"""What people do with contracts (CUST-16, CUST-18): each change under the lock of the customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.profile.services import win_customer
from app.customers.shared.notifications import notify_about
from app.customers.shared.queries import colleague_for, facts_for, get_customer
from app.deals.contracts import policies
from app.deals.contracts.models import Contract
from app.deals.contracts.parts import contract_closed
from app.deals.contracts.queries import facts_for_contract, lock_contract
from app.deals.credit.currencies import CURRENCY, DEFAULT, complaint_of
from app.deals.credit.policies import can_sign_despite_overdue
from app.deals.credit.queries import credit_of
from app.deals.credit.services import MOST, check_exposure
from app.deals.credit.settings import OVERDUE_STOPS_SIGNING
from app.kernel import clock
from app.kernel.database.numbering import next_code
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid, Stale, conflict
from app.kernel.translation import N_
from app.notices.services import finish_todo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

    from app.kernel.access.actor import Actor

CODE_PREFIX = "CON"
EDITABLE = ("title", "amount", "currency", "starts_on", "ends_on", "company_path_id")
_NEVER_EMPTY = ("title", "amount", "currency")


@transactional
def create_contract(
    *,
    customer_id: int,
    title: str,
    amount: Decimal,
    currency: str | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    owner_id: int | None = None,
    company_path_id: int | None = None,
    quote_id: int | None = None,
    actor: Actor,
) -> Contract:
    """Draw up a contract with a customer; it belongs to the actor unless a colleague is named (CUST-16).

    :raises Invalid: for a wrong amount or currency, an end before the start, a person who is no colleague.
    :raises Denied: 403 for who cannot act on the customer; 409 for a disabled one.
    """
    customer = get_customer(customer_id, actor=actor, lock=True)
    policies.can_create_contract(actor, customer, facts_for(customer, actor)).enforce()
    wanted = currency or DEFAULT
    _check(amount, wanted, starts_on, ends_on)
    owner = colleague_for(customer, owner_id, field="owner_id", actor=actor) if owner_id else None
    contract = Contract(
        company_id=customer.company_id,
        code=next_code(CODE_PREFIX),
        customer_id=customer.id,
        customer=customer,
        owner_id=owner.id if owner else actor.id,
        state="draft",
        title=title,
        amount=amount,
        currency=wanted,
        starts_on=starts_on,
        ends_on=ends_on,
        company_path_id=company_path_id,
        quote_id=quote_id,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(contract)
    db.session.flush()
    audit.record(actor, "contract.create", contract, N_("Contract %(code)s created"), code=contract.code)
    _tell_owner(contract, N_("%(who)s drew up the contract %(code)s with %(name)s for you"), actor)
    return contract


def _check(amount: Decimal, currency: str, starts_on: date | None, ends_on: date | None) -> None:
    """Check values of a contract.

    :raises Invalid: for each that is wrong.
    """
    wrong: dict[str, Any] = {}
    if currency not in CURRENCY:
        wrong["currency"] = _("Not one of the choices")
    elif not 0 <= amount <= MOST:
        wrong["amount"] = _("Not an acceptable value")
    elif (complaint := complaint_of(amount, currency)) is not None:
        wrong["amount"] = complaint
    if starts_on is not None and ends_on is not None and ends_on < starts_on:
        wrong["ends_on"] = _("A contract does not end before it starts")
    if wrong:
        raise Invalid(**wrong)


@transactional
def update_contract(
    pk: int, *, values: Mapping[str, Any], version: int | None = None, actor: Actor
) -> Contract:
    """Edit a draft or signed contract; ``values`` holds only what is to change (CUST-16).

    Of a signed one, a higher amount and another currency are checked against the credit (CUST-18).

    :raises Invalid: for wrong values, an amount below what its instalments come to.
    :raises Stale: when another person saved since ``version``.
    :raises Denied: 403 by rule; 409 by its state; ``credit.exceeded``.
    """
    contract = lock_contract(pk, actor=actor)
    _check_edit(contract, values)
    policies.can_edit_contract(actor, contract, facts_for_contract(contract, actor)).enforce()
    if version is not None and version != contract.version:
        raise Stale(contract.version)
    changes = {
        name: (getattr(contract, name), value)
        for name, value in values.items()
        if getattr(contract, name) != value
    }
    _check_money(contract, changes)
    for name, (_before, after) in changes.items():
        setattr(contract, name, after)
    if "ends_on" in changes:
        _drop_reminder(contract)
    if changes:
        contract.bump()
        log = {name: (_text(before), _text(after)) for name, (before, after) in changes.items()}
        audit.record(actor, "contract.update", contract, N_("Contract edited"), log)
        _tell_owner(contract, N_("%(who)s edited the contract %(code)s with %(name)s"), actor)
    return contract


def _check_edit(contract: Contract, values: Mapping[str, Any]) -> None:
    unknown = [name for name in values if name not in EDITABLE]
    if unknown:
        raise Invalid(**{name: _("This cannot be edited") for name in unknown})
    empty = [name for name in _NEVER_EMPTY if name in values and values[name] is None]
    if empty:
        raise Invalid(**{name: _("This field is required") for name in empty})
    new = {name: values.get(name, getattr(contract, name)) for name in EDITABLE}
    _check(new["amount"], new["currency"], new["starts_on"], new["ends_on"])


def _check_money(contract: Contract, changes: Mapping[str, tuple[Any, Any]]) -> None:
    """Check another amount or currency against instalments and credit."""
    amount = changes.get("amount", (None, contract.amount))[1]
    currency = changes.get("currency", (None, contract.currency))[1]
    if amount < contract.planned:
        raise Invalid(
            amount=_("Its instalments come to %(planned)s already", planned=f"{contract.planned:,.2f}")
        )
    if "currency" in changes and contract.planned:
        sentence = _("Its instalments are in the present currency; the currency stays")
        conflict("contract.has_instalments", sentence, field="currency").enforce()
    if contract.state == "signed":
        raised = amount if "currency" in changes else amount - contract.amount
        check_exposure(contract.customer, currency, raised)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


@transactional
def sign_contract(pk: int, *, actor: Actor) -> Contract:
    """Sign a contract within the customer's credit (CUST-18); the customer is won (CUST-10, CUST-16).

    :raises Denied: 403 by rule; 409 by its state, ``credit.exceeded``, ``credit.overdue``.
    """
    contract = lock_contract(pk, actor=actor)
    policies.can_sign_contract(actor, contract, facts_for_contract(contract, actor)).enforce()
    if OVERDUE_STOPS_SIGNING.get():
        can_sign_despite_overdue(credit_of(contract.customer), overdue_stops=True).enforce()
    check_exposure(contract.customer, contract.currency, contract.unpaid)
    contract.sign(clock.now())
    contract.bump()
    win_customer(contract.customer, code=contract.code, actor=actor)
    _note(contract, "sign", "draft", N_("Contract signed"), actor)
    _tell_owner(contract, N_("%(who)s signed the contract %(code)s with %(name)s"), actor)
    return contract


@transactional
def end_contract(pk: int, *, reason: str | None = None, actor: Actor) -> Contract:
    """End a signed contract: it is in force no more, and adds nothing to the exposure.

    :raises Denied: 403 by rule; 409 by its state.
    """
    contract = lock_contract(pk, actor=actor)
    policies.can_end_contract(actor, contract, facts_for_contract(contract, actor)).enforce()
    contract.end(clock.now(), reason or "")
    contract.bump()
    _drop_reminder(contract)
    _note(contract, "end", "signed", N_("Contract ended: %(reason)s"), actor, reason=reason or "—")
    _tell_owner(contract, N_("%(who)s ended the contract %(code)s with %(name)s"), actor)
    return contract


@transactional
def reopen_contract(pk: int, *, actor: Actor) -> Contract:
    """Reopen an ended contract, where the credit still allows what is unpaid of it (CUST-18).

    :raises Denied: 403 by rule; 409 by its state, ``credit.exceeded``.
    """
    contract = lock_contract(pk, actor=actor)
    policies.can_reopen_contract(actor, contract, facts_for_contract(contract, actor)).enforce()
    check_exposure(contract.customer, contract.currency, contract.unpaid)
    contract.reopen()
    contract.bump()
    _note(contract, "reopen", "ended", N_("Contract reopened"), actor)
    _tell_owner(contract, N_("%(who)s reopened the contract %(code)s with %(name)s"), actor)
    return contract


@transactional
def void_contract(pk: int, *, reason: str | None = None, actor: Actor) -> Contract:
    """Void a draft or signed contract under which no money came in: it counts as never made.

    :raises Denied: 403 by rule; 409 by its state, ``contract.has_receipts``.
    """
    contract = lock_contract(pk, actor=actor)
    policies.can_void_contract(actor, contract, facts_for_contract(contract, actor)).enforce()
    before = contract.state
    contract.void(clock.now(), reason or "")
    contract.bump()
    _drop_reminder(contract)
    contract_closed(contract)
    _note(contract, "void", before, N_("Contract voided: %(reason)s"), actor, reason=reason or "—")
    _tell_owner(contract, N_("%(who)s voided the contract %(code)s with %(name)s"), actor)
    return contract


def _note(contract: Contract, deed: str, before: str, message: str, actor: Actor, **words: str) -> None:
    states = {"state": (before, contract.state)}
    audit.record(actor, f"contract.{deed}", contract, message, states, **words)


def _tell_owner(contract: Contract, message: str, actor: Actor) -> None:
    """Notify the owner of what another person did."""
    if contract.owner_id != actor.id:
        customer = contract.customer
        notify_about(customer, contract.owner_id, message, actor, about=contract, code=contract.code)


def _drop_reminder(contract: Contract) -> None:
    """Close the to-do about its end; another one follows where it is due."""
    finish_todo(contract.reminder_id)
    contract.reminder_id = None
