"""To-dos for birthdays of customers and their contacts (CUST-29).

A birthday is a day in Asia/Shanghai, never an instant.  The record keeps the birthday for which the last
to-do was made, so that a second run makes none.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import contains_eager

from app.customers.contacts.models import Contact
from app.customers.contacts.settings import BIRTHDAY_DAYS
from app.customers.shared.models import Customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.fields.birthdays import month_days_on
from app.kernel.translation import N_
from app.kernel.workdays import is_workday
from app.notices import services as notices

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import Select

BATCH = 200
OF_CUSTOMER = N_("Birthday of %(name)s on %(day)s")
OF_CONTACT = N_("Birthday of %(contact)s, contact of %(name)s, on %(day)s")
_LONGEST_HOLIDAY = 15  # days off in a row, at the very most
_EVENING = time(18)


def due_day(birthday: date, days: int) -> date:
    """Return when the to-do is due: so many days before, or on the working day before that."""
    day = birthday - timedelta(days=days)
    while not is_workday(day):
        day -= timedelta(days=1)
    return day


def upcoming(today: date, days: int) -> dict[date, tuple[int, ...]]:
    """Return the birthdays whose to-dos are due by today and that are not past: day → as they are stored."""
    ahead = (today + timedelta(days=n) for n in range(days + _LONGEST_HOLIDAY))
    return {day: month_days_on(day) for day in ahead if due_day(day, days) <= today}


def remind_of_birthdays(batch: int = BATCH) -> int:
    """Make the to-dos that are due, each batch in a transaction of its own; return their number."""
    done = 0
    for day, stored in upcoming(clock.today(), BIRTHDAY_DAYS.get()).items():
        for select_born in (_customers_born, _contacts_born):
            while found := _remind(select_born(stored, day), day, batch):
                done += found
    return done


def count_birthdays() -> int:
    """Count the records for which a to-do would be made."""
    with unscoped("birthdays of all customers, whoever owns them (CUST-29)"):
        return sum(
            db.session.scalar(select(func.count()).select_from(select_born(stored, day).subquery())) or 0
            for day, stored in upcoming(clock.today(), BIRTHDAY_DAYS.get()).items()
            for select_born in (_customers_born, _contacts_born)
        )


@transactional
def _remind(born: Select[Any], day: date, batch: int) -> int:
    model = born.column_descriptions[0]["entity"]
    with unscoped("birthdays of all customers, whoever owns them (CUST-29)"):
        waiting = born.limit(batch).with_for_update(of=model, skip_locked=True)
        found = db.session.scalars(waiting.execution_options(populate_existing=True)).unique().all()
    for record in found:
        record.birthday_noted_on = day
        _add_todo(record, day)
    return len(found)


def _add_todo(record: Customer | Contact, day: date) -> None:
    customer = record if isinstance(record, Customer) else record.customer
    owner_id = customer.owner_id or customer.private_holder_id or customer.handler_id
    if owner_id is None:
        return
    due = datetime.combine(due_day(day, BIRTHDAY_DAYS.get()), _EVENING, clock.LOCAL)
    names = {"name": customer.name, "day": day}
    message = OF_CUSTOMER
    if isinstance(record, Contact):
        message, names["contact"] = OF_CONTACT, record.name
    notices.add_todo(owner_id, message, due_at=due, customer_id=customer.id, **names)


def _in_work() -> tuple[Any, ...]:
    """Return the conditions of customers for whom somebody works (POOL-8, CUST-2)."""
    responsible = or_(
        Customer.owner_id.is_not(None),
        Customer.private_holder_id.is_not(None),
        Customer.handler_id.is_not(None),
    )
    return (
        Customer.deleted_at.is_(None),
        Customer.enabled.is_(True),
        Customer.follow_status != "off_shelf",
        responsible,
    )


def _customers_born(stored: tuple[int, ...], day: date) -> Select[Any]:
    return select(Customer).where(*_born(Customer, stored, day), *_in_work()).order_by(Customer.id)


def _contacts_born(stored: tuple[int, ...], day: date) -> Select[Any]:
    born = select(Contact).join(Contact.customer).where(*_born(Contact, stored, day), *_in_work())
    return born.options(contains_eager(Contact.customer)).order_by(Contact.id)


def _born(model: type[Any], stored: tuple[int, ...], day: date) -> tuple[Any, ...]:
    columns = model.__table__.c
    noted = columns.birthday_noted_on
    return columns.birth_month_day.in_(stored), or_(noted.is_(None), noted < day)
