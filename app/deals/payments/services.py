"""What people do with instalments and receipts (CUST-16, CUST-18): each change under the customer's lock."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.customers.shared.notifications import notify_about
from app.deals.contracts.queries import facts_for_contract, lock_contract
from app.deals.credit.currencies import complaint_of, money, smallest_unit
from app.deals.credit.services import check_exposure
from app.deals.payments import policies
from app.deals.payments.choices import RECEIPT_METHOD
from app.deals.payments.models import Payment, Receipt
from app.deals.payments.queries import (
    corrected_ids,
    facts_for_payment,
    find_receipt,
    lock_payment,
    sums_of,
    total_received,
)
from app.deals.payments.schedule import due_days, split_evenly
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Decision, Invalid, conflict
from app.kernel.translation import N_
from app.notices.services import finish_todo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.deals.contracts.models import Contract
    from app.kernel.access.actor import Actor


@transactional
def create_payment(*, contract_id: int, amount: Decimal, due_on: date | None = None, actor: Actor) -> Payment:
    """Plan an instalment of a contract; without a due day, the signing plus the customer's payment days
    (CUST-16).

    :raises Invalid: for an amount past what the contract has left, or no due day before the signing.
    :raises Denied: 403 by rule; 409 by the contract's state.
    """
    contract = lock_contract(contract_id, actor=actor)
    _check_amount(contract, amount, contract.amount - contract.planned)
    day = due_on or default_due_day(contract)
    if day is None:
        raise Invalid(due_on=_("Required until the contract is signed"))
    policies.can_plan(actor, contract, facts_for_contract(contract, actor)).enforce()
    made = _add(contract, amount, day, actor)
    _keep_sums(contract)
    audit.record(
        actor, "contract.instalment", contract, N_("Instalment of %(amount)s due on %(day)s"),
        amount=money(amount, contract.currency), day=day,
    )  # fmt: skip
    return made


def default_due_day(contract: Contract) -> date | None:
    """Return the signing plus the customer's payment days; None before the signing."""
    if contract.signed_at is None:
        return None
    return clock.to_local(contract.signed_at).date() + timedelta(days=contract.customer.payment_days or 0)


def _check_amount(contract: Contract, amount: Decimal, most: Decimal) -> None:
    """Check an instalment's amount; a contract without room is left to the policy.

    :raises Invalid: for one that the currency or the contract does not have.
    """
    wrong = complaint_of(amount, contract.currency)
    if amount <= 0:
        wrong = _("More than 0, with at most two decimals")
    elif wrong is None and 0 < most < amount:
        wrong = _("At most %(most)s: all instalments together are the contract", most=f"{most:,.2f}")
    if wrong is not None:
        raise Invalid(amount=wrong)


def _add(contract: Contract, amount: Decimal, due_on: date, actor: Actor) -> Payment:
    made = Payment(
        company_id=contract.company_id,
        contract_id=contract.id,
        contract=contract,
        customer_id=contract.customer_id,
        customer=contract.customer,
        owner_id=contract.owner_id,
        due_on=due_on,
        amount=amount,
        received=Decimal(0),
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    audit.record(
        actor, "payment.create", made, N_("Instalment of %(amount)s due on %(day)s"),
        amount=money(amount, contract.currency), day=due_on,
    )  # fmt: skip
    return made


def _keep_sums(contract: Contract) -> None:
    """Keep what the instalments come to on their locked contract: lists filter by it."""
    db.session.flush()
    sums = sums_of(contract)
    contract.note_payments(planned=sums.planned, received=sums.received, next_due_on=sums.next_due_on)


@transactional
def plan_payments(
    pk: int, *, parts: int, first_due_on: date | None = None, months: int = 1, actor: Actor
) -> Contract:
    """Split what a contract has left into equal instalments, so many months apart (CUST-16).

    They are rounded down, the last takes the rest; each month keeps the wished day where it has it.

    :raises Invalid: where an instalment would be 0, or no first day before the signing.
    :raises Denied: 403 by rule; 409 by the contract's state.
    """
    contract = lock_contract(pk, actor=actor)
    first = first_due_on or default_due_day(contract)
    if first is None:
        raise Invalid(first_due_on=_("Required until the contract is signed"))
    policies.can_plan(actor, contract, facts_for_contract(contract, actor)).enforce()
    left = contract.amount - contract.planned
    try:
        amounts = split_evenly(left, parts, smallest_unit(contract.currency))
    except ValueError:
        raise Invalid(parts=_("An instalment would be 0")) from None
    for amount, day in zip(amounts, due_days(first, parts, months), strict=True):
        _add(contract, amount, day, actor)
    _keep_sums(contract)
    message = N_("%(amount)s split into %(n)s instalments")
    audit.record(actor, "contract.plan", contract, message, amount=money(left, contract.currency), n=parts)
    return contract


@transactional
def update_payment(pk: int, *, values: Mapping[str, Any], actor: Actor) -> Payment:
    """Change the due day or the amount of an instalment that is not paid in full (CUST-16).

    :raises Invalid: for an amount past the contract, or below what came in.
    :raises Denied: 403 by rule; 409 by its state.
    """
    payment = lock_payment(pk, actor=actor)
    contract = payment.contract
    given = {name: values[name] for name in ("due_on", "amount") if name in values}
    empty = {name: _("This field is required") for name, value in given.items() if value is None}
    if empty:
        raise Invalid(**empty)
    amount = given.get("amount", payment.amount)
    _check_amount(contract, amount, contract.amount - contract.planned + payment.amount)
    if amount < payment.received:
        came = money(payment.received, contract.currency)
        raise Invalid(amount=_("%(received)s came in already", received=came))
    policies.can_edit_payment(actor, payment, facts_for_payment(payment, actor)).enforce()
    changes = {
        name: (getattr(payment, name), value)
        for name, value in given.items()
        if getattr(payment, name) != value
    }
    for name, (_before, after) in changes.items():
        setattr(payment, name, after)
    if changes:
        _drop_reminder(payment)
        _keep_sums(contract)
        log = {name: (str(before), str(after)) for name, (before, after) in changes.items()}
        audit.record(actor, "payment.update", payment, N_("Instalment edited"), log)
        _tell_owner(payment, N_("%(who)s edited an instalment of %(code)s with %(name)s"), actor)
    return payment


@transactional
def record_receipt(
    pk: int, *, received_on: date, amount: Decimal, method: str, note: str | None = None, actor: Actor
) -> Receipt:
    """Record money that came in for an instalment, at most what is unpaid of it (CUST-16).

    :raises Invalid: for a day in the future, another way, an amount past the instalment.
    :raises Denied: 403 by rule; 409 by the state of the contract, ``payment.paid``.
    """
    payment = lock_payment(pk, actor=actor)
    _check_receipt(payment, received_on, amount, method)
    policies.can_receive(actor, payment, facts_for_payment(payment, actor)).enforce()
    receipt = _write(payment, received_on, amount, method, note, actor)
    message = N_("%(amount)s came in on %(day)s")
    said = money(amount, payment.contract.currency)
    audit.record(actor, "payment.receive", payment, message, amount=said, day=received_on)
    _tell_owner(payment, N_("%(amount)s of %(name)s came in (%(code)s)"), actor, amount=said)
    return receipt


def _check_receipt(payment: Payment, received_on: date, amount: Decimal, method: str) -> None:
    wrong: dict[str, Any] = {}
    if received_on > clock.today():
        wrong["received_on"] = _("A receipt is not in the future")
    if not RECEIPT_METHOD.offers(method):
        wrong["method"] = _("Not one of the choices")
    complaint = complaint_of(amount, payment.contract.currency)
    if amount <= 0:
        complaint = _("More than 0, with at most two decimals")
    elif complaint is None and 0 < payment.unpaid < amount:
        complaint = _("At most %(most)s is unpaid", most=f"{payment.unpaid:,.2f}")
    if complaint is not None:
        wrong["amount"] = complaint
    if wrong:
        raise Invalid(**wrong)


@transactional
def take_back_receipt(pk: int, *, receipt_id: int, reason: str, actor: Actor) -> Receipt:
    """Take a wrong receipt back by a counter-entry; nothing is deleted (CUST-16).

    Of a signed contract that raises the exposure, and is refused where the credit does not reach (CUST-18).

    :raises Invalid: for no receipt of this instalment.
    :raises Denied: 403 by rule; ``receipt.corrected``, ``credit.exceeded``.
    """
    payment = lock_payment(pk, actor=actor)
    receipt = find_receipt(payment, receipt_id)
    if receipt is None:
        raise Invalid(receipt_id=_("Not a receipt of this instalment"))
    policies.can_take_back(actor, payment, facts_for_payment(payment, actor)).enforce()
    if receipt.corrects_id is not None or receipt.id in corrected_ids(payment):
        corrected().enforce()
    contract = payment.contract
    if contract.state == "signed":
        check_exposure(payment.customer, contract.currency, receipt.amount)
    made = _write(
        payment, receipt.received_on, -receipt.amount, receipt.method, reason, actor, corrects=receipt.id
    )
    message = N_("%(amount)s of %(day)s taken back: %(reason)s")
    said, day = money(receipt.amount, contract.currency), receipt.received_on
    audit.record(actor, "payment.take_back", payment, message, amount=said, day=day, reason=reason)
    _tell_owner(payment, N_("%(amount)s of %(name)s was taken back (%(code)s)"), actor, amount=said)
    return made


def corrected() -> Decision:
    """Return the refusal to take a receipt back twice."""
    return conflict("receipt.corrected", _("This receipt was taken back before"))


def _write(
    payment: Payment,
    received_on: date,
    amount: Decimal,
    method: str,
    note: str | None,
    actor: Actor,
    *,
    corrects: int | None = None,
) -> Receipt:
    """Write a receipt, and keep the sums of its instalment and contract."""
    made = Receipt(
        payment_id=payment.id,
        amount=amount,
        received_on=received_on,
        method=method,
        note=note or "",
        corrects_id=corrects,
        created_at=clock.now(),
        created_by_id=actor.id,
    )
    db.session.add(made)
    db.session.flush()
    payment.note_receipts(total_received(payment))
    _keep_sums(payment.contract)
    if payment.is_paid:
        _drop_reminder(payment)
    return made


def _drop_reminder(payment: Payment) -> None:
    """Close the to-do about its due day; another one follows where it is due."""
    finish_todo(payment.reminder_id)
    payment.reminder_id = None


def _tell_owner(payment: Payment, message: str, actor: Actor, **words: Any) -> None:
    """Notify the owner of what another person did."""
    if payment.owner_id != actor.id:
        customer, code = payment.customer, payment.contract.code
        notify_about(customer, payment.owner_id, message, actor, about=payment, code=code, **words)
