"""Finding a person in a chooser by anything people know of them, one's own store first (OFF-6).

Every way of finding is a bounded range of an index: of the words of staff (name and its pinyin, number), of
logins, of numbers, of the people of the departments so named.  Who is offered stays the matter of the
statement that comes in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, literal_column, or_, select, union_all

from app.kernel.fields.choices import rows_wanted, search_text
from app.kernel.lists.search import begins, contains
from app.kernel.lists.words import BEGINS, INSIDE, folded, in_range
from app.kernel.text import read_code
from app.org.departments.queries import departments_of
from app.org.shared.models import Account, Department, Staff
from app.org.staff.finding import STAFF_WORDS

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause, Select

    from app.kernel.access.actor import Actor

_WALKED = 2_000  # rows looked at of each way of finding: one letter more finds the others
_LAST_LETTERS = "z" * 24  # sorts after all that follows in a login or number, in every collation


def choices_of_people(actor: Actor, statement: Select[Staff]) -> Select[Staff]:
    """Narrow a statement of staff to those whom the typed text finds, those of the actor's department first.

    Two branches are read, each in the order of names and only as far as the asked page.
    """
    if search_text():
        statement = statement.where(Staff.id.in_(_found(actor, search_text())))
    statement = statement.order_by(None)
    own, other = Staff.department_id == actor.department_id, Staff.department_id != actor.department_id
    branches = [(0, own), (1, other)] if actor.department_id is not None else [(1, None)]
    near = [_branch(statement, rank, where) for rank, where in branches]
    found = union_all(*near).subquery()
    return (
        select(Staff)
        .join(found, found.c.id == Staff.id)
        .order_by(found.c.rank, found.c.name_sort, found.c.id)
        .execution_options(**statement.get_execution_options())
    )


def person_label(staff: Staff, *, with_company: bool = False) -> str:
    """Return what tells a person apart from others of the same name: number and department."""
    parts = [staff.name, staff.employee_no, staff.department.name]
    return " · ".join([*parts, staff.department.company.name] if with_company else parts)


def _branch(statement: Select[Staff], rank: int, where: ColumnElement[bool] | None) -> Select[Any]:
    mark: Any = literal_column(str(rank)).label("rank")
    if where is not None:
        statement = statement.where(where)
    columns = statement.with_only_columns(Staff.id, Staff.name_sort, mark)
    return select(columns.order_by(Staff.name_sort, Staff.id).limit(rows_wanted()).subquery())


def _found(actor: Actor, typed: str) -> Select[Any]:
    """Select the ids of people whom the text names, whoever may see them."""
    ways = [*_by_word(typed), _by_number(typed)]
    if actor.staff_id is not None:  # people from outside learn neither logins nor how a company is organised
        ways += [_by_login(typed), _of_departments(actor, typed)]
    every: FromClause = union_all(*[select(way.limit(_WALKED).subquery()) for way in ways]).subquery()
    return select(every.c.id)


def _by_word(typed: str) -> list[Select[Any]]:
    """Select by name and pinyin; digits only by the name, because the words hold the end of the phone too."""
    word = STAFF_WORDS.table.c
    text = folded(typed)
    if not text or text.isdecimal():
        return [select(Staff.id.label("id")).where(begins(Staff.name, typed)).order_by(Staff.name_search)]
    words = select(word.record_id.label("id")).where(in_range(STAFF_WORDS, text))
    return [words.where(word.place == place).order_by(word.word) for place in (BEGINS, INSIDE)]


def _by_number(typed: str) -> Select[Any]:
    return select(Staff.id.label("id")).where(_in_plain_range(Staff.employee_no, read_code(typed)))


def _by_login(typed: str) -> Select[Any]:
    """Select by login, as it is written or in small letters."""
    account = select(Account.id.label("id"))
    written = [_in_plain_range(Account.username, one) for one in dict.fromkeys((typed, typed.lower()))]
    return account.where(or_(*written))


def _in_plain_range(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a login or number begins so; its unique index follows the database's own
    order, which no pattern can use, but a range can.
    """
    if not text.isascii():
        return and_(column == text)
    within = and_(column >= text, column <= text + _LAST_LETTERS)
    return and_(within, func.substr(column, 1, len(text)) == text)


def _of_departments(actor: Actor, typed: str) -> Select[Any]:
    """Select the people of the departments that the actor may name, by a part of the name."""
    named = departments_of(actor).order_by(None).where(contains(Department.name, typed))
    inside = Staff.department_id.in_(named.with_only_columns(Department.id))
    return select(Staff.id.label("id")).where(inside).order_by(Staff.department_id, Staff.id)
