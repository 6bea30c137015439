"""A kind of work whose steps are controlled by the test."""

from __future__ import annotations

from io import BytesIO

import pytest

from app.kernel.database.session import db
from app.system.runs import executor
from app.system.runs import services as runs
from app.system.runs.models import BackgroundRun
from app.system.runs.services import Result, RunKind, start_run


class Steps:
    """Work of three steps; ``between`` is called before each."""

    def __init__(self) -> None:
        self.between = lambda _step: None
        self.allowed = True
        self.seen: list[tuple[dict, str]] = []

    def work(self, arguments, actor, meter) -> Result:
        self.seen.append((dict(arguments), actor.username))
        meter.expect(3)
        for step in range(3):
            self.between(step)
            meter.at(step)
        return Result(BytesIO(b"made"), "结果.txt", "text/plain")


@pytest.fixture
def steps(monkeypatch) -> Steps:
    """Register the kind ``steps``; every report of progress is written at once."""
    made = Steps()
    kind = RunKind("steps", "Steps", made.work, lambda _arguments, _actor: made.allowed)
    monkeypatch.setitem(runs._kinds, "steps", kind)
    monkeypatch.setattr(executor, "_PAUSE", 0)
    return made


@pytest.fixture
def begin(world, steps):
    """Start a run as a person."""

    def start(username: str = "agent", **arguments) -> int:
        run = start_run("steps", title="三步", arguments=arguments, actor=world.actor(username))
        return run.id

    return start


@pytest.fixture
def stored(world):
    """Return a run as it is committed."""

    def read(pk: int) -> BackgroundRun:
        db.session.rollback()
        db.session.expire_all()
        found = db.session.get_one(BackgroundRun, pk)
        db.session.commit()
        return found

    return read
