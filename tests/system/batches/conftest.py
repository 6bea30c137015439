"""Long batches of few rows, and a hook before each row."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.pages import batches as pages
from app.system.batches import work as working
from app.system.batches.models import Batch, BatchRow
from app.system.runs import executor
from app.system.runs.models import BackgroundRun
from tests.support.make import make_customer, shelve
from tests.support.web.batches import REMARK, path
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def long(monkeypatch) -> None:
    """More than two rows are a long batch; progress is written at once."""
    monkeypatch.setattr(pages, "MAX_AT_ONCE", 2)
    monkeypatch.setattr(executor, "_PAUSE", 0)


@pytest.fixture
def before_row(monkeypatch) -> Callable[[Callable[[int], None]], None]:
    """``before_row(act)``: call ``act(n)`` before the n-th row of a long batch, from 1."""

    def hook(act: Callable[[int], None]) -> None:
        present, seen = working._present, []

        def counted(actor):
            seen.append(actor)
            act(len(seen))
            return present(actor)

        monkeypatch.setattr(working, "_present", counted)

    return hook


@pytest.fixture
def shelved(world) -> list[Any]:
    """Return id and name of five personal customers of the agent, off shelf."""
    made = [shelve(make_customer(world.actor("agent"), name=f"客户{n}")) for n in range(1, 6)]
    return [SimpleNamespace(id=one.id, name=one.name) for one in made]


@pytest.fixture
def begin(app, shelved, long) -> Callable[..., int]:
    """Begin to shelve the five in the background; return the batch's id."""

    def start(**values: Any) -> int:
        answer = Browser(app, "agent").post(path("shelve", *shelved), REMARK | values)
        assert answer.status_code == 303, answer.get_data(as_text=True)[:400]
        return int(answer.location.rsplit("/", 1)[-1])

    return start


@pytest.fixture
def states(world) -> Callable[[int], list[str]]:
    """Return the states of a batch's rows in their order, as they are committed."""

    def read(pk: int) -> list[str]:
        db.session.rollback()
        rows = select(BatchRow.code, BatchRow.state).where(BatchRow.batch_id == pk).order_by(BatchRow.place)
        found = [code or state for code, state in db.session.execute(rows)]
        db.session.rollback()
        return found

    return read


@pytest.fixture
def run_of(world) -> Callable[[int], BackgroundRun]:
    """Return the background run of a batch, as it is committed."""

    def read(pk: int) -> BackgroundRun:
        db.session.rollback()
        db.session.expire_all()
        run = db.session.get_one(BackgroundRun, db.session.get_one(Batch, pk).run_id)
        db.session.refresh(run)
        db.session.rollback()
        return run

    return read
