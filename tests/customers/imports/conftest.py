"""Tables kept and written for tests of imports."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from app.customers.imports.services import keep_read_table, write_import
from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.system.runs import executor
from tests.support.tables import HEAD, sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.customers.imports.models import ImportBatch


@pytest.fixture
def keep(world) -> Callable[..., ImportBatch]:
    """Keep a table: rows, ``head``, ``by`` whom; further keywords are options."""

    def run(
        *rows: Sequence[str], head: Sequence[str] = HEAD, by: str = "agent", **options: Any
    ) -> ImportBatch:
        return keep_read_table("客户.xlsx", [sheet(*rows, head=head)], actor=world.actor(by), **options)

    return run


@pytest.fixture
def imported(world, keep) -> Callable[..., ImportBatch]:
    """Keep a table and write it at once."""

    def run(*rows: Sequence[str], by: str = "agent", **more: Any) -> ImportBatch:
        return write_import(keep(*rows, by=by, **more).id, actor=world.actor(by))

    return run


@pytest.fixture
def run_all(app, world) -> Callable[[], None]:
    """Work on all waiting background runs, as the runner does."""
    token = lease.acquire("test", 60)

    def run() -> None:
        db.session.remove()
        executor.work(token, Event())

    return run
