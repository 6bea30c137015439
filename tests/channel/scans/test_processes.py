"""CH-14, CH-18: two servers, two brokers' codes of one customer at the same instant: exactly one binds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from app.kernel.database.session import db
from tests.support.people.world import PASSWORD
from tests.support.processes.server import Server, copy_of_world

pytestmark = [pytest.mark.both, pytest.mark.process, pytest.mark.slow]
CUSTOMERS = 6


def test_ch_14_codes_scanned_at_two_servers_at_once_bind_exactly_one(channel, database, tmp_path):
    pairs = [
        [channel.report(broker, f"客{number}").qr_token for broker in ("broker1", "broker2")]
        for number in range(CUSTOMERS)
    ]
    consultant = channel.actor("consultant").id
    db.session.remove()
    directory, url = copy_of_world(database, tmp_path / "data")
    with (
        Server(directory, tmp_path / "one.log", url, KEPAN_JOBS="off") as one,
        Server(directory, tmp_path / "two.log", url, KEPAN_JOBS="off") as two,
        ThreadPoolExecutor(4) as pool,
    ):
        tokens = {server: server.token("onsite", PASSWORD) for server in (one, two)}

        def scan(server, code, together):
            together.wait(30)
            body = {"token": code, "consultant_id": consultant}
            return server.request("POST", "/api/v1/scans", body, token=tokens[server])

        for codes in pairs:
            together = Barrier(4)
            places = [(server, code) for server in (one, two) for code in codes]
            asked = [pool.submit(scan, server, code, together) for server, code in places]
            answers = [future.result() for future in asked]
            results = sorted(answer.json.get("result", answer.text) for answer in answers)
            assert results == ["bound", "collision", "collision", "revisit"], results
            assert sorted(answer.status for answer in answers) == [201, 201, 409, 409]
        director = one.token("director", PASSWORD)
        found = two.request("GET", "/api/v1/collisions?open=yes", token=director).json
        assert [row["count"] for row in found["items"]] == [2] * CUSTOMERS
        assert "Traceback" not in (tmp_path / "one.log").read_text() + (tmp_path / "two.log").read_text()
