"""Acknowledged changes survive ``kill -9`` as a whole: PLAT-1, PLAT-9, PLAT-11 (audit-verify), PLAT-12."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from threading import Event, Thread

import pytest
from sqlalchemy import create_engine, text

from tests.support.people.world import PASSWORD
from tests.support.processes.server import Server, copy_of_world

WORKERS = ("agent", "agent2", "agent3", "other_agent")
ENOUGH = 40
TIMEOUT_SECONDS = 60

pytestmark = [pytest.mark.both, pytest.mark.process, pytest.mark.slow]


@dataclass
class Load:
    """Creations that several clients post without a pause, each with a key of its own."""

    server: Server
    tokens: dict[str, str]
    stop: Event = field(default_factory=Event)
    sent: dict[str, tuple[str, dict]] = field(default_factory=dict)
    acknowledged: dict[str, dict] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def run_until(self, enough: int) -> None:
        """Post from all workers; ``kill -9`` in the middle; wait until every worker has noticed."""
        threads = [Thread(target=self._work, args=item, daemon=True) for item in enumerate(WORKERS)]
        for thread in threads:
            thread.start()
        end = time.monotonic() + TIMEOUT_SECONDS
        while len(self.acknowledged) < enough and not self.refused and time.monotonic() < end:
            time.sleep(0.001)
        self.server.kill()
        self.stop.set()
        for thread in threads:
            thread.join(TIMEOUT_SECONDS)
        assert self.refused == []
        assert len(self.acknowledged) >= enough

    def _work(self, place: int, username: str) -> None:
        number = 0
        while not self.stop.is_set():
            key = f"{username}-{number}"
            fields = {"pool": "personal", "kind": "individual", "name": key}
            self.sent[key] = username, {**fields, "phone": f"138{place:04d}{number:04d}"}
            try:
                answer = self.post(key)
            except (OSError, ConnectionError):
                return
            except Exception as error:  # noqa: BLE001 - half an answer, cut off by the kill
                if not self.stop.is_set() and self.server.process.poll() is None:
                    self.refused.append(repr(error))
                return
            if answer.status != 201:
                self.refused.append(answer.text)
                return
            self.acknowledged[key] = answer.json
            number += 1

    def post(self, key: str):
        """Post the creation of that key, for the first time or again."""
        username, body = self.sent[key]
        headers = {"Idempotency-Key": key}
        return self.server.request(
            "POST", "/api/v1/customers", body, token=self.tokens[username], headers=headers
        )


@pytest.fixture
def server(database, tmp_path):
    """Return the product as its own process, over a copy of the world."""
    data, url = copy_of_world(database, tmp_path / "data")
    one = Server(data, tmp_path / "server.log", url)
    yield one
    one.kill()


def _query(server: Server, *statements: str) -> list[int]:
    engine = create_engine(server.database_url)
    try:
        with engine.connect() as connection:
            return [connection.execute(text(statement)).scalar_one() for statement in statements]
    finally:
        engine.dispose()


COUNTS = (
    "SELECT count(*) FROM customer",
    "SELECT count(*) FROM phone_claim",
    "SELECT count(*) FROM idempotency_key",
    "SELECT count(*) FROM operation_log WHERE operation = 'customer.create'",
    "SELECT count(*) FROM audit_head WHERE record_type = 'customer'",
)


def test_plat_12_kill_9_loses_nothing_that_was_acknowledged(server, app):
    with server:
        tokens = {name: server.token(name, PASSWORD) for name in WORKERS}
        load = Load(server, tokens)
        load.run_until(ENOUGH)

    whole, *others = _query(server, *COUNTS)
    assert others == [whole] * 4, "each creation is there with its claim, key and log row, or not at all"
    assert len(load.acknowledged) <= whole <= len(load.sent)

    with server:
        for key, answer in load.acknowledged.items():
            _is_there(server, tokens[load.sent[key][0]], answer)
        # PLAT-9: clients without a response send again, and nothing is created twice.
        again = {key: load.post(key) for key in load.sent}
    assert {key: answer.status for key, answer in again.items()} == dict.fromkeys(load.sent, 201)
    assert {key: again[key].json for key in load.acknowledged} == load.acknowledged
    assert _query(server, *COUNTS) == [len(load.sent)] * 5

    verified = server.flask("audit-verify")
    assert (verified.returncode, verified.stdout.strip()) == (0, "all chains hold"), verified.stderr
    examined = server.flask("doctor")
    assert examined.returncode == 0, examined.stdout


def _is_there(server: Server, token: str, answer: dict) -> None:
    found = server.request("GET", f"/api/v1/customers/{answer['id']}", token=token)
    assert (found.status, found.json) == (200, answer)
    log = server.request("GET", f"/api/v1/customers/{answer['id']}/operation-log", token=token).json
    assert [row["operation"] for row in log["items"]] == ["customer.create"]
    assert answer["code"] in log["items"][0]["sentence"]


def test_plat_1_audit_verify_fails_on_a_changed_row(server, app):
    """The command that the test above relies on detects a change."""
    assert server.flask("audit-verify").returncode == 0
    engine = create_engine(server.database_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE operation_log SET actor_name = '无名' WHERE id = 3"))
    engine.dispose()
    verified = server.flask("audit-verify")
    assert verified.returncode == 1
    assert ": changed" in verified.stderr
