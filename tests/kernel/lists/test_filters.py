"""CUST-13 (part): filters read their own arguments, report errors in words, and narrow exactly."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from app.kernel.database.session import db
from app.kernel.lists.filters import (
    MAX_TEXT,
    ChoiceFilter,
    ContainsFilter,
    DateRangeFilter,
    EqualsFilter,
    FlagFilter,
    ReferenceFilter,
)
from app.kernel.text import MAX_ID
from app.notices.models import TODO_STATE, Todo

pytestmark = pytest.mark.both

TITLE = ContainsFilter("title", "Title", Todo.message)
EXACT = EqualsFilter("exact", "Exact", Todo.message)
STATE = ChoiceFilter("state", "State", Todo.state, TODO_STATE)
WHO = ReferenceFilter("who", "Who", Todo.assignee_id)
DUE = DateRangeFilter("due", "Due", Todo.due_at)
LATE = FlagFilter("late", "Late", lambda: Todo.done_at.is_(None))
MIDNIGHT = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("one", "args", "value"),
    [
        (TITLE, {}, None),
        (TITLE, {"title": "   "}, None),
        (TITLE, {"title": " 王\u200b小明 "}, "王小明"),
        (EXACT, {"exact": "ＣＵＳ１"}, "CUS1"),
        (TITLE, {"title": "x" * MAX_TEXT}, "x" * MAX_TEXT),
        (STATE, {"state": "open"}, "open"),
        (STATE, {"state": ""}, None),
        (WHO, {"who": "１２"}, 12),
        (WHO, {"who": str(MAX_ID)}, MAX_ID),
        (DUE, {"due_from": "2026-01-31"}, (date(2026, 1, 31), None)),
        (DUE, {"due_to": "２０２６-０２-０１"}, (None, date(2026, 2, 1))),
        (DUE, {"due_from": "2026-01-31", "due_to": "2026-01-31"}, (date(2026, 1, 31), date(2026, 1, 31))),
        (DUE, {"due_from": "", "due_to": ""}, None),
        (DUE, {"due_from": "2026-01-31T08:00:00+08:00"}, (MIDNIGHT, None)),
        (DUE, {"due_to": "2026-01-31T08:00:00 08:00"}, (None, MIDNIGHT)),
        (DUE, {"due_to": "2026-01-31T00:00:00Z"}, (None, MIDNIGHT)),
        *[(LATE, {"late": word}, True) for word in ("yes", "true", "True", "1")],
        *[(LATE, {"late": word}, False) for word in ("no", "false", "0")],
    ],
)
def test_cust_13_what_is_read(one, args, value):
    assert one.read(MultiDict(args)) == value


@pytest.mark.parametrize(
    ("one", "args"),
    [
        (TITLE, {"title": "x" * (MAX_TEXT + 1)}),
        (STATE, {"state": "nothing"}),
        (STATE, {"state": "Open"}),
        (WHO, {"who": "0"}),
        (WHO, {"who": "-1"}),
        (WHO, {"who": "1.5"}),
        (WHO, {"who": "one"}),
        (WHO, {"who": str(MAX_ID + 1)}),
        (WHO, {"who": "9" * 100}),
        (WHO, {"who": "1 OR 1=1"}),
        (DUE, {"due_from": "31.01.2026"}),
        (DUE, {"due_from": "2026-02-30"}),
        (DUE, {"due_to": "2026-01-31T10:00"}),
        (DUE, {"due_to": "0001-01-01"}),
        (DUE, {"due_to": "9999-12-31"}),
        (DUE, {"due_from": "now"}),
    ],
)
def test_cust_13_what_is_refused_with_a_sentence(bare, one, args):
    with pytest.raises(ValueError, match=r"(?s)^.*$") as caught:
        one.read(MultiDict(args))
    assert str(one.complaint(caught.value))


def _todo(world, message, due_at, state="open", who="agent"):
    db.session.add(
        Todo(
            assignee_id=world.actor(who).id, message=message, parameters={}, due_at=due_at, state=state,
            created_at=due_at,
        )
    )  # fmt: skip
    db.session.commit()


def _found(one, world, **args):
    value = one.read(MultiDict(args))
    statement = one.apply(select(Todo), value, world.actor("agent"))
    return sorted(todo.message for todo in db.session.scalars(statement))


def test_cust_13_both_days_are_included_and_are_shanghais(world):
    moments = {
        "before": datetime(2026, 1, 30, 15, 59, 59, 999999, tzinfo=UTC),
        "first": datetime(2026, 1, 30, 16, tzinfo=UTC),
        "last": datetime(2026, 2, 1, 15, 59, 59, 999999, tzinfo=UTC),
        "after": datetime(2026, 2, 1, 16, tzinfo=UTC),
    }
    for name, moment in moments.items():
        _todo(world, name, moment)
    assert _found(DUE, world, due_from="2026-01-31", due_to="2026-02-01") == ["first", "last"]
    assert _found(DUE, world, due_from="2026-02-02") == ["after"]
    assert _found(DUE, world, due_to="2026-01-30") == ["before"]
    assert _found(DUE, world, due_from="2026-02-02", due_to="2026-01-01") == []


def test_cust_13_contains_takes_wildcards_as_they_are_written(world):
    for message in ("100% sure", "100 sure", "a_b", "axb", "it's", "back\\slash"):
        _todo(world, message, datetime(2026, 1, 1, tzinfo=UTC))
    assert _found(TITLE, world, title="%") == ["100% sure"]
    assert _found(TITLE, world, title="a_b") == ["a_b"]
    assert _found(TITLE, world, title="'") == ["it's"]
    assert _found(TITLE, world, title="\\") == ["back\\slash"]
    assert _found(EXACT, world, exact="100") == []


def test_cust_13_choices_and_references_narrow_exactly(world):
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    _todo(world, "mine", moment)
    _todo(world, "done", moment, state="done")
    _todo(world, "theirs", moment, who="agent2")
    assert _found(STATE, world, state="done") == ["done"]
    assert _found(WHO, world, who=str(world.actor("agent2").id)) == ["theirs"]
    assert _found(WHO, world, who=str(MAX_ID)) == []
