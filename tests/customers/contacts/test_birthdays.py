"""CUST-29: birthdays of contacts and customers make a to-do for the owner in time."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.customers.contacts.birthdays import due_day, upcoming
from app.customers.contacts.jobs import watch_birthdays
from app.customers.contacts.services import add_contact, update_contact
from app.customers.contacts.settings import BIRTHDAY_DAYS
from app.customers.profile.services import update_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.fields.birthdays import NO_BIRTHDAY, Birthday, month_days_on, read_birthday
from app.kernel.workdays import is_workday
from tests.support.make import make_customer, make_platform_customer, shelve
from tests.support.traces import invalid, todos


def _run(year, month, day):
    with clock.frozen(datetime(year, month, day, 9, tzinfo=clock.LOCAL)):
        return next(iter(watch_birthdays().values()))


def _said(actor):
    return [(one.parameters["day"], one.due_at.astimezone(clock.LOCAL).date()) for one in todos(actor.id)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("1990-05-20", "1990-05-20"), ("1990年5月20日", "1990-05-20"), ("1990/5/20", "1990-05-20"),
        ("05-20", "05-20"), ("5月20日", "05-20"), ("--05-20", "05-20"), ("5.20", "05-20"), ("２-２９", "02-29"),
        ("", ""),
    ],
)  # fmt: skip
def test_cust_29_a_birthday_is_read_as_people_type_it(typed, kept):
    assert str(read_birthday(typed)) == kept


@pytest.mark.parametrize("typed", ["1990-02-29", "13-01", "2-30", "1890-01-01", "2999-01-01", "520", "五月"])
def test_cust_29_what_is_no_birthday_is_refused(typed):
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        read_birthday(typed)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2025, 12, 31)), st.booleans())
def test_cust_29_a_birthday_reads_itself(born, with_year):
    made = Birthday(born.month * 100 + born.day, born.year if with_year else None)
    assert read_birthday(str(made)) == made


@given(st.dates(min_value=date(2001, 1, 1), max_value=date(2099, 12, 31)))
def test_cust_29_every_birthday_is_kept_once_a_year(day):
    """29 February falls on 28 in other years."""
    own = day.month * 100 + day.day
    expected = {own, 229} if own == 228 and day.year % 4 else {own}
    assert set(month_days_on(day)) == expected


@given(
    st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31)), st.integers(min_value=0, max_value=30)
)
def test_cust_29_a_todo_is_due_on_a_working_day_and_announced_until_the_birthday(birthday, days):
    due = due_day(birthday, days)
    assert is_workday(due)
    assert (birthday - due).days >= days
    assert birthday in upcoming(due, days)
    assert birthday in upcoming(birthday, days)


def test_cust_29_owner_gets_one_todo_a_year_three_days_before(world):
    agent = world.actor("agent")
    made = make_customer(agent, birthday=read_birthday("02-29"))
    firm = make_customer(agent, kind="enterprise")
    contact = add_contact(firm.id, name="王芳", birthday=read_birthday("1990-03-01"), actor=agent)
    assert [_run(2027, 2, 24), _run(2027, 2, 25), _run(2027, 2, 25)] == [0, 1, 0]
    assert _run(2027, 2, 26) == 1
    assert _said(agent) == [
        ("2027-02-28", date(2027, 2, 25)),
        ("2027-03-01", date(2027, 2, 26)),  # on a working day: three days before is one here
    ]
    assert [one.customer_id for one in todos(agent.id)] == [made.id, firm.id]
    assert _run(2028, 2, 25) == 2, "the next year, both: the weekend brings the second one forward"
    update_contact(contact.id, values={"birthday": read_birthday("03-02")}, actor=agent)
    assert _run(2028, 2, 28) == 1, "a corrected day is announced again"


def test_cust_29_only_customers_in_work_with_somebody_responsible(world):
    agent = world.actor("agent")
    birthday = read_birthday("03-01")
    shelve(make_customer(agent, birthday=birthday))
    make_platform_customer(agent, state="following", birthday=birthday)
    off = make_customer(agent, birthday=birthday)
    update_customer(off.id, version=1, values={"enabled": False}, actor=agent)
    held = make_platform_customer(agent, state="private", birthday=birthday)
    assert _run(2027, 2, 26) == 1
    assert [one.customer_id for one in todos(agent.id)] == [held.id]


def test_cust_29_the_days_are_a_setting_and_a_dry_run_makes_none(world):
    agent = world.actor("agent")
    make_customer(agent, birthday=read_birthday("03-01"))
    BIRTHDAY_DAYS.store(0)
    db.session.commit()
    with clock.frozen(datetime(2027, 2, 26, 9, tzinfo=clock.LOCAL)):
        assert list(watch_birthdays(dry_run=True).values()) == [0]
    with clock.frozen(datetime(2027, 3, 1, 9, tzinfo=clock.LOCAL)):
        assert list(watch_birthdays(dry_run=True).values()) == [1]
        assert todos(agent.id) == []
    assert _run(2027, 3, 1) == 1


def test_cust_29_an_enterprise_has_no_birthday(world):
    agent = world.actor("agent")
    with invalid("birthday"):
        make_customer(agent, kind="enterprise", birthday=read_birthday("03-01"))
    made = make_customer(agent, kind="enterprise", birthday=NO_BIRTHDAY)
    with invalid("birthday"):
        update_customer(made.id, version=1, values={"birthday": read_birthday("03-01")}, actor=agent)
