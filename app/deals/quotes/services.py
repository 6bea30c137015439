"""Create, edit, send, accept, refuse and reopen quotes; one function gives all totals (CUST-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit import services as audit
from app.deals.quotes import choices, policies
from app.deals.quotes.lines import MOST_LINES, plain
from app.deals.quotes.models import Quote, QuoteLine
from app.deals.quotes.queries import get_quote
from app.deals.shared.currencies import DEFAULT
from app.deals.shared.money import ZERO, Amounts, amounts_of
from app.deals.shared.queries import facts_for
from app.deals.shared.services import EditedField, add_record, change_owner, keep_edit, notify_owner
from app.kernel import clock
from app.kernel.database.numbering import next_code
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Invalid
from app.kernel.translation import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date
    from decimal import Decimal

    from app.customers.shared.policies import Facts
    from app.deals.shared.money import Priced
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision

CODE_PREFIX = "QUO"
MAX_TOTAL = 10**12
FIELDS = {
    "title": EditedField(_("Title")),
    "currency": EditedField(_("Currency")),
    "valid_until": EditedField(_("Valid until")),
    "remark": EditedField(_("Remark")),
}
_MOST_LOGGED = 1000  # characters of the lines that the log keeps


@transactional
def create_quote(
    *,
    customer_id: int,
    title: str,
    lines: Sequence[Any] | None = None,
    amount: Decimal | None = None,
    currency: str | None = None,
    valid_until: date | None = None,
    remark: str | None = None,
    owner_id: int | None = None,
    actor: Actor,
) -> Quote:
    """Add a draft of a quote for a customer, with lines, or with one ``amount`` where there are none.

    :raises NotFound: when the customer is out of reach.
    :raises Denied: 403 for who may only read the customer; 409 ``customer.disabled``.
    :raises Invalid: for lines and an amount together, for a total past 10^12, for a wrong owner.
    """
    given = [*(lines or ())]
    amounts = _amounts(given, amount)
    values = {
        "code": next_code(CODE_PREFIX),
        "title": title,
        "currency": currency or DEFAULT,
        "valid_until": valid_until,
        "remark": remark,
        "status": choices.DRAFT,
        "net": amounts.net,
        "tax": amounts.tax,
        "amount": amounts.total,
        "lines": _rows(given),
    }
    made: Quote = add_record(Quote, customer_id, owner_id, values, actor=actor)
    return made


@transactional
def update_quote(pk: int, *, values: Mapping[str, Any], version: int | None = None, actor: Actor) -> Quote:
    """Edit a draft: fields, all ``lines`` at once, the ``amount`` of one without lines, and its owner.

    :raises Denied: 403 by rule; 409 once it was sent.
    :raises Stale: when another person saved in between.
    """
    record = _to_change(pk, policies.can_edit, actor)
    edited = dict(values)
    if "currency" in edited:
        edited["currency"] = edited["currency"] or DEFAULT
    more = change_owner(record, edited.pop("owner_id", None), actor=actor)
    if "lines" in edited or edited.get("amount") is not None:
        lines = edited["lines"] or [] if "lines" in edited else [*record.lines]
        more = {**more, **_set_lines(record, lines, edited.get("amount"))}
    keep_edit(record, FIELDS, edited, version=version, actor=actor, more=more)
    return record


@transactional
def add_line(pk: int, *, line: Priced, actor: Actor) -> QuoteLine:
    """Add a line at the end of a draft; the quote's amount is that of its lines from then on.

    :raises Denied: 403 by rule; 409 once it was sent.
    :raises Invalid: for a total past 10^12, or more than a hundred lines.
    """
    record = _to_change(pk, policies.can_edit, actor)
    if len(record.lines) >= MOST_LINES:
        raise Invalid(item=_("At most %(n)s lines", n=MOST_LINES))
    changes = _set_lines(record, [*record.lines, line], None)
    keep_edit(record, FIELDS, {}, version=None, actor=actor, more=changes)
    db.session.flush()
    return record.lines[-1]


@transactional
def send_quote(pk: int, *, actor: Actor) -> Quote:
    """Note that the draft was sent to the customer (CUST-16).

    :raises Denied: 403 by rule; 409 by its state, ``quote.empty`` without lines and amount.
    """
    record = _to_change(pk, policies.can_send, actor)
    record.send(clock.now())
    _note(record, "send", N_("Sent to the customer"), choices.DRAFT, actor)
    return record


@transactional
def accept_quote(pk: int, *, answer: str | None = None, actor: Actor) -> Quote:
    """Note that the customer accepted the quote (CUST-16).

    :raises Denied: 403 by rule; 409 by its state.
    """
    record = _to_change(pk, policies.can_answer, actor)
    record.accept(answer, clock.now())
    _note(record, "accept", N_("Accepted by the customer"), choices.SENT, actor)
    notify_owner(record, N_("The customer %(name)s accepted “%(title)s”"), actor)
    return record


@transactional
def refuse_quote(pk: int, *, answer: str | None = None, actor: Actor) -> Quote:
    """Note that the customer refused the quote (CUST-16).

    :raises Denied: 403 by rule; 409 by its state.
    """
    record = _to_change(pk, policies.can_answer, actor)
    record.refuse(answer, clock.now())
    _note(record, "refuse", N_("Refused by the customer"), choices.SENT, actor)
    notify_owner(record, N_("The customer %(name)s refused “%(title)s”"), actor)
    return record


@transactional
def reopen_quote(pk: int, *, actor: Actor) -> Quote:
    """Make a quote that was sent or answered a draft again (CUST-16).

    :raises Denied: 403 by rule; 409 ``quote.draft``.
    """
    record = _to_change(pk, policies.can_reopen, actor)
    before = record.status
    record.reopen()
    _note(record, "reopen", N_("Reopened"), before, actor)
    return record


def contract_values(record: Quote) -> dict[str, Any]:
    """Return what a contract takes over from a quote: customer, title, currency and the very total
    (CUST-16).

    The operation "make contract" belongs here: contracts stand below quotes and are called from this
    module.
    """
    return {
        "customer_id": record.customer_id,
        "title": record.title,
        "amount": record.amount,
        "currency": record.currency,
    }


def _to_change(pk: int, rule: Callable[[Actor, Quote, Facts], Decision], actor: Actor) -> Quote:
    record = get_quote(pk, actor=actor, lock=True)
    rule(actor, record, facts_for(record, actor)).enforce()
    return record


def _amounts(lines: Sequence[Priced], amount: Decimal | None) -> Amounts:
    """Return the amounts of lines, or of a quote without lines."""
    if lines and amount is not None:
        raise Invalid(amount=_("The lines give the amount; leave this empty"))
    found = amounts_of(lines) if lines else Amounts(net=ZERO if amount is None else amount)
    if found.total > MAX_TOTAL:
        raise Invalid(lines=_("The total is more than %(high)s", high=f"{MAX_TOTAL:,}"))
    return found


def _rows(lines: Sequence[Any]) -> list[QuoteLine]:
    return [
        QuoteLine(
            place=place,
            item=one.item,
            quantity=one.quantity,
            price=one.price,
            discount=one.discount,
            tax=one.tax,
        )
        for place, one in enumerate(lines, start=1)
    ]


def _set_lines(record: Quote, lines: Sequence[Any], amount: Decimal | None) -> dict[str, tuple[str, str]]:
    """Replace all lines and compute the amounts anew; return the changes as the log keeps them."""
    before = _logged(record.lines), f"{record.amount:.2f}"
    amounts, rows = _amounts(lines, amount), _rows(lines)
    record.lines.clear()
    db.session.flush()  # their places are free before others take them
    record.lines.extend(rows)
    record.set_amounts(amounts)
    after = _logged(rows), f"{record.amount:.2f}"
    pairs = zip(("lines", "amount"), before, after, strict=True)
    return {name: (was, now) for name, was, now in pairs if was != now}


def _logged(lines: Sequence[QuoteLine]) -> str:
    """Return lines as the log keeps them."""
    told = [
        f"{one.item} {plain(one.quantity)} × {plain(one.price)} −{plain(one.discount)}% +{plain(one.tax)}%"
        for one in lines
    ]
    return "; ".join(told)[:_MOST_LOGGED]


def _note(record: Quote, operation: str, message: str, before: str, actor: Actor) -> None:
    record.bump()
    audit.record(actor, f"quote.{operation}", record, message, {"status": (before, record.status)})
