"""PLAT-16: the packed rows are those that the services wrote, and loading neither loses nor adds any."""

from __future__ import annotations

import json
import lzma
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.channel.referrals.services import enter_referral
from app.cli.installation import initialise
from app.customers.creation.services import create_customer
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import Model, db
from app.org.sessions.actors import actor_by_username
from demo import loading
from demo.columns import FILE_COLUMNS, HISTORY, MADE, NOT_PACKED, Calendar, Dates, kind_by_type
from demo.history import PRESENT
from demo.packing import pack_demo, with_readable_values
from tests.support.channel.scene import check_invariants
from tests.support.processes.operate import fresh_installation, succeed
from tests.support.web.clients import apart

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask

pytestmark = pytest.mark.process

CUSTOMERS, REFERRALS = 40, 60
COMPUTED = {
    *MADE, *FILE_COLUMNS, "ab_user.password", "ab_user.email", "audit_head.seal", "operation_log.personal",
} - {"collision.place"}  # fmt: skip
NIGHT, NOON = datetime(2027, 2, 28, 16, 40, tzinfo=UTC), datetime(2027, 3, 1, 4, tzinfo=UTC)


def _content() -> dict[str, list[dict]]:
    """Return all rows, without values that encryption and randomness make different every time."""
    found = {}
    for table in Model.metadata.sorted_tables:
        columns = [
            column
            for column in table.columns
            if kind_by_type(column) != "secret" and f"{table.name}.{column.name}" not in COMPUTED
        ]
        rows = [dict(row) for row in db.session.connection().execute(select(*columns)).mappings()]
        if table.name == "operation_log":
            rows = with_readable_values(rows)
        found[table.name] = sorted(rows, key=lambda row: [*map(str, row.values())])
    return found


def _write(directory: Path) -> tuple[Path, dict[str, list[dict]]]:
    """Let the services write a small history. Return the packed file, and the content of the database."""
    file = directory / "history.jsonl.xz"
    with fresh_installation("sqlite", directory) as app:
        succeed(app, "init")
        apart(app, lambda: pack_demo(file, CUSTOMERS, REFERRALS))
        return file, apart(app, _content)


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, dict[str, list[dict]]]:
    """Write a small history."""
    return _write(tmp_path_factory.mktemp("written"))


def _load(app: Flask, file: Path, moment: datetime) -> None:
    with clock.frozen(moment):
        apart(app, initialise)
        apart(app, lambda: loading.load_demo(file))


@pytest.mark.long
def test_plat_16_a_packed_history_depends_on_no_installation(written, tmp_path):
    file, _content_there = written
    assert _write(tmp_path)[0].read_bytes() == file.read_bytes()


@pytest.mark.both
def test_plat_16_loading_gives_the_rows_that_the_services_wrote(database, written, tmp_path):
    file, expected = written
    shutil.copy(file.with_name("keys.json"), tmp_path / "keys.json")
    with fresh_installation(database.backend, tmp_path) as app:
        _load(app, file, PRESENT)
        found = apart(app, _content)
        assert "all chains hold" in succeed(app, "audit-verify")
    packed = {line["table"] for line in _lines(file) if "table" in line}
    assert len(packed) > 30
    for table in {*packed, "audit_head"}:
        assert found[table] == expected[table], table
    assert not found["outgoing_message"]


@pytest.mark.both
@pytest.mark.parametrize("moment", [NIGHT, NOON])
def test_plat_16_loading_on_another_day_is_valid_and_usable(database, written, tmp_path, moment):
    def look() -> None:
        check_invariants()
        customer, log = Model.metadata.tables["customer"].c, Model.metadata.tables["operation_log"].c
        connection = db.session.connection()
        for code, created in connection.execute(select(customer.code, customer.created_at)):
            assert code[3:11] == f"{clock.to_local(created):%Y%m%d}"
        assert moment - timedelta(days=1) < connection.execute(select(func.max(log.at))).scalar() <= moment

    def go_on() -> tuple[str, str]:
        broker, agent = actor_by_username("broker1"), actor_by_username("agent1")
        referral = enter_referral(
            family_name="王", given_name="新", phones=[("138", "0001")], report=True, actor=broker
        )
        customer = create_customer(
            pool="personal", kind="individual", name="王新", phone="13900000001", actor=agent
        )
        return referral.code, customer.code

    with fresh_installation(database.backend, tmp_path) as app, clock.frozen(moment):
        _load(app, written[0], moment)
        apart(app, look)
        assert all(f"{clock.to_local(moment):%Y%m%d}" in code for code in apart(app, go_on))
        assert "all chains hold" in succeed(app, "audit-verify")


@pytest.mark.both
def test_plat_16_an_interrupted_demo_leaves_nothing(database, written, tmp_path, monkeypatch):
    def stop(*_args):
        raise KeyboardInterrupt

    def count() -> int:
        with unscoped("test: everything"):
            return (
                db.session.connection()
                .execute(select(func.count()).select_from(Model.metadata.tables["ab_user"]))
                .scalar()
            )

    with fresh_installation(database.backend, tmp_path) as app:
        succeed(app, "init")
        with monkeypatch.context() as patched:
            patched.setattr(loading._Loader, "finish", stop)
            with pytest.raises(KeyboardInterrupt):
                apart(app, lambda: loading.load_demo(written[0]))
        assert apart(app, count) == 0
        assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
        assert f"{CUSTOMERS} customers" in apart(app, lambda: loading.load_demo(written[0]))


def _lines(file: Path) -> list[dict]:
    with lzma.open(file, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def test_plat_16_the_packed_history_has_the_columns_of_the_present_schema():
    """It fails after a migration that changes a table of the history: ``make demo-data``."""
    packed = {
        line["table"]: {*line["empty"], *(name for name, _kind, _values in line["columns"])}
        for line in _lines(HISTORY)
        if "table" in line
    }
    assert packed == {name: {*Model.metadata.tables[name].columns.keys()} for name in packed}
    assert not NOT_PACKED & packed.keys()


def test_plat_16_no_moment_changes_its_day_its_order_or_whether_it_is_over():
    for now in (NIGHT, NOON, NOON + timedelta(hours=11)):
        calendar = Calendar(PRESENT, now)
        moments = [PRESENT + timedelta(minutes=37 * step) for step in range(-200, 200)]
        moved = [calendar.moved(moment) for moment in moments]
        assert moved == sorted(set(moved))
        for before, after in zip(moments, moved, strict=True):
            assert (before <= PRESENT) == (after <= now)
            days = clock.to_local(after).date() - clock.to_local(before).date()
            assert days == clock.to_local(now).date() - clock.to_local(PRESENT).date()
            if abs(before - PRESENT) > timedelta(days=1):
                assert clock.to_local(after).time() == clock.to_local(before).time()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CUS202611190012", "CUS202702280012"),
        ("来访 2026-11-19 18:05，编号 CUS202611190012", "来访 2027-02-28 18:05，编号 CUS202702280012"),
        ({"day": ["2026-11-20", "1500000"]}, {"day": ["2027-03-01", "1500000"]}),
        ("客户CUS202611190012已建立", "客户CUS202702280012已建立"),
        ("20261120", "20270301"),
        ("13820261120", "13820261120"),
        ("+8620261119", "+8620261119"),
    ],
)
def test_plat_16_days_in_texts_and_codes_move_along(before, after):
    assert Dates(["CUS"]).moved(before, Calendar(PRESENT, NOON)) == after
