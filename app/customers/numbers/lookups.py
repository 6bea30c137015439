"""Lookups of whole numbers (ACC-17): each comparison of a typed number with stored ones uses up one budget.

Each person has a number of lookups an hour and a day. Each lookup is stored with its masked number and its
answer; a person who misses often, or tries the hidden digits of one number, is blocked for an hour and
reported to their manager.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import exists, func, not_, or_, select

from app.customers.numbers.models import NumberLookup
from app.customers.shared.models import Customer
from app.customers.shared.settings import lookups_a_day, lookups_an_hour
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db, transaction_intent
from app.kernel.database.transactions import end_reading, keep_if_refused, lock, transactional
from app.kernel.errors import QUOTA, Decision, Denied
from app.kernel.fields.phones import MASKED_MOBILE, PhoneNumber
from app.kernel.keys import keys
from app.kernel.translation import N_
from app.notices import services as notices
from app.notices.choices.kinds import SECURITY
from app.org.staff.queries import nearest_superior

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

MISSES_AN_HOUR = 20  # more misses than these block the person
SIMILAR_NUMBERS = 3  # more numbers than these that differ only in the four hidden digits block the person
WHILE_TYPING = "look_up"
_NO_NUMBER = "-"  # begins the index of a text that is no number: a tax id or a name (CUST-33)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def sealed_text(text: str, masked: str) -> PhoneNumber:
    """Return a tax id or a name as the ledger keeps what was asked: masked, and under a blind index.

    It counts against the budget; an unknown one is no missed number, because names are not guessed digit by
    digit.
    """
    index = _NO_NUMBER + keys().index(text)[1:]
    return PhoneNumber(None, index, masked, None)


def spend_lookup(number: PhoneNumber, way: str, actor: Actor, *, hit: bool) -> None:
    """Count one lookup in a transaction of its own: call it before the answer, outside any operation.

    :raises Denied: 429 past the budget, or while the person is blocked.
    """
    end_reading()
    with transaction_intent(to_change=True):
        transactional(record_lookup)(number, way, actor, hit=hit)


@contextmanager
def typed_number(number: PhoneNumber, way: str, actor: Actor) -> Iterator[None]:
    """Wrap the rules that compare a number within an operation with those of other customers: a typed one, or
    a customer's own with those of the colleague who is to receive it.

    A refused operation costs one lookup, whatever the reason: the answer says whether the number is known. A
    successful one costs nothing.

    :raises Denied: 429 past the budget, or while the person is blocked.
    """
    _check_budget(actor)
    found: list[bool] = []
    keep_if_refused(lambda: record_lookup(number, way, actor, hit=bool(found)))
    try:
        yield
    except Denied:
        found.append(True)
        raise


def record_lookup(number: PhoneNumber, way: str, actor: Actor, *, hit: bool) -> None:
    """Count one lookup in the caller's transaction, under the person's lock.

    :raises Denied: 429 past the budget, or while the person is blocked.
    """
    misses = _check_budget(actor) + (not hit)
    made = NumberLookup(
        account_id=actor.id,
        way=way,
        phone_index=number.index,
        phone_masked=number.masked,
        hit=hit,
        stops=False,
        source=actor.source[:64],
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    if misses > MISSES_AN_HOUR:
        _stop(made, actor, N_("%(who)s asked for more than %(n)s unknown numbers within an hour"))
    elif _tries_digits(made):
        _stop(made, actor, N_("%(who)s tried the hidden digits of a number"))


def _check_budget(actor: Actor) -> int:
    """Refuse past the budget; return the misses of the hour. The person's lock lasts until the commit."""
    lock(f"lookups:{actor.id}")
    now = clock.now()
    hour, day = now - _HOUR, clock.start_of_day()
    within = NumberLookup.created_at > hour
    counts = select(
        func.count().filter(within),
        func.count().filter(NumberLookup.created_at >= day),
        func.count().filter(within, NumberLookup.stops),
        func.count().filter(
            within, NumberLookup.hit.is_(False), not_(NumberLookup.phone_index.startswith(_NO_NUMBER))
        ),
    ).where(NumberLookup.account_id == actor.id, NumberLookup.created_at >= min(hour, day), _costs())
    with unscoped("a person's own new customers are counted, not shown (ACC-17)"):
        in_hour, in_day, stops, misses = db.session.execute(counts).one()
    if stops:
        _refused("customer.lookups_stopped", _("Your number look-ups are stopped for an hour")).enforce()
    if in_hour >= lookups_an_hour(actor) or in_day >= lookups_a_day(actor):
        _refused("customer.lookup_quota", _("Your number look-ups are used up; try again later")).enforce()
    return int(misses)


def _costs() -> ColumnElement[bool]:
    """Leave out what was asked while typing where the person then created the customer: that tells no more
    than saving it, which costs nothing.
    """
    created = exists().where(
        Customer.phone_index == NumberLookup.phone_index, Customer.created_by_id == NumberLookup.account_id
    )
    return or_(NumberLookup.way != WHILE_TYPING, NumberLookup.hit, ~created)


_refused = partial(Decision, False, status=QUOTA)  # noqa: FBT003 - a refusal


def _tries_digits(made: NumberLookup) -> bool:
    """Tell whether the person's numbers of a day with the same visible digits as this one are too many."""
    if not MASKED_MOBILE.fullmatch(made.phone_masked):
        return False
    same = select(func.count(NumberLookup.phone_index.distinct())).where(
        NumberLookup.account_id == made.account_id,
        NumberLookup.phone_masked == made.phone_masked,
        NumberLookup.created_at > made.created_at - _DAY,
    )
    return (db.session.scalar(same) or 0) >= SIMILAR_NUMBERS


def _stop(made: NumberLookup, actor: Actor, message: str) -> None:
    made.stops = True
    superior_id = nearest_superior(actor.id)
    if superior_id is not None:
        notices.notify(superior_id, message, kind=SECURITY, who=actor.name, n=MISSES_AN_HOUR)
