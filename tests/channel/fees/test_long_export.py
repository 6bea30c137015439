"""CH-25, PLAT-6: a fee table of any length is exported in the background, in memory that does not grow."""

from __future__ import annotations

import os
import zipfile
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from threading import Event

import pytest
from openpyxl import load_workbook
from sqlalchemy import insert

from app.channel.fees.models import ViewingFee
from app.channel.fees.services import create_fee
from app.kernel.database.session import db
from app.kernel.exports import lists as export
from app.kernel.exports.views import ExportRequest, make_export
from app.kernel.jobs import lease
from app.system.runs import executor
from tests.support.channel.scene import START, again, picture
from tests.support.web.clients import ApiClient

MANY = 100_000
MOST_BYTES = 80 * 1024 * 1024


def _resident() -> int:
    """Return the bytes of memory that this process holds now."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


class Watching:
    """A meter that measures the memory at every step."""

    def __init__(self) -> None:
        self.total = self.steps = 0
        self.before = self.most = _resident()

    def expect(self, total: int) -> None:
        self.total = total

    def at(self, _done: int) -> None:
        self.steps += 1
        self.most = max(self.most, _resident())


@pytest.fixture
def fee(channel):
    referral = channel.bound("broker1")
    made = create_fee(
        referral_id=referral.id, amount=Decimal(300), screenshot=picture(), actor=channel.actor("secretary")
    )
    return again(made)


def _copy(fee: ViewingFee, number: int) -> None:
    """Copy the fee this many times."""
    names = [c.name for c in ViewingFee.__table__.columns if c.name not in {"id", "token", "created_at"}]
    kept = {name: getattr(fee, name) for name in names}
    rows = [{**kept, "token": f"copy-{n}", "created_at": START} for n in range(number)]
    db.session.execute(insert(ViewingFee.__table__), rows)
    db.session.commit()


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_ch_25_a_hundred_thousand_fees_take_no_more_memory(app, channel, fee):
    secretary = channel.actor("secretary")
    _copy(fee, MANY - 1)
    db.session.remove()
    watching = Watching()
    with app.test_request_context("/"):
        _title, content = make_export(ExportRequest("FeeView", "", []), secretary, watching)
    assert watching.total == MANY
    assert watching.steps >= MANY // 1000
    assert watching.most - watching.before < MOST_BYTES
    with content, zipfile.ZipFile(content) as book, book.open("xl/worksheets/sheet1.xml") as sheet:
        rows = sum(part.count(b"<row ") for part in iter(lambda: sheet.readline(1 << 20), b""))
    assert rows == MANY + 1


def test_ch_25_a_long_table_goes_to_the_download_centre(app, by, channel, fee, monkeypatch):
    monkeypatch.setattr(export, "MAX_ROWS", 2)
    _copy(fee, 2)
    assert by("secretary").post("/viewing-fees/export?amount_from=301").status_code == 200
    answer = by("secretary").post("/viewing-fees/export?amount_to=300")
    assert (answer.status_code, answer.location) == (303, "/downloads/")
    api = ApiClient(app, "director")
    later = api.get("/viewing-fees/export")
    assert later.status_code == 202
    cancelled = api.get("/viewing-fees/export").get_json()["job_id"]
    assert api.post(f"/runs/{cancelled}/cancel").status_code == 200
    token = lease.acquire("test", 60)
    db.session.remove()
    executor.work(token, Event())
    assert api.get(f"/runs/{cancelled}").get_json()["state"] == "cancelled"
    run = api.get(f"/runs/{later.get_json()['job_id']}").get_json()
    assert (run["state"], run["done"], run["total"]) == ("done", 3, 3)
    link, _short = [a for a in by("secretary").page("/downloads/").all("a") if a["href"].endswith("/file")]
    rows = [*load_workbook(BytesIO(by("secretary").get(link["href"]).data)).active.values]
    assert [row[0] for row in rows[1:]] == [300, 300, 300]
