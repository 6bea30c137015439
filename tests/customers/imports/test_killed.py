"""A worker killed in the middle of an import leaves nothing, and the next one writes it once (CUST-26, PLAT-5)."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import create_engine, text

from tests.support.people.world import PASSWORD
from tests.support.processes.runners import until
from tests.support.processes.server import Server, copy_of_world

pytestmark = [pytest.mark.both, pytest.mark.process, pytest.mark.slow]

MANY = 4_000
BOUND = "----table"
COUNTS = (
    "SELECT count(*) FROM customer WHERE name LIKE '导入%'",
    "SELECT count(*) FROM phone_claim",
    "SELECT count(*) FROM operation_log WHERE operation = 'customer.create'",
    "SELECT count(*) FROM audit_head WHERE record_type = 'customer'",
)
RUNNING = "SELECT count(*) FROM background_run WHERE state = 'running'"


@pytest.fixture
def server(database, tmp_path):
    """Return the product as its own process, over a copy of the world."""
    data, url = copy_of_world(database, tmp_path / "data")
    one = Server(data, tmp_path / "server.log", url, KEPAN_LEASE_SECONDS="2")
    yield one
    one.kill()


def ask(server: Server, *statements: str) -> list[int]:
    engine = create_engine(server.database_url)
    try:
        with engine.connect() as connection:
            return [connection.execute(text(statement)).scalar_one() for statement in statements]
    finally:
        engine.dispose()


def multipart(content: str) -> bytes:
    fields = {"mode": "add", "match_by": "phone"}
    parts = [
        f'--{BOUND}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    parts.append(
        f'--{BOUND}\r\nContent-Disposition: form-data; name="file"; filename="many.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{content}\r\n--{BOUND}--\r\n"
    )
    return "".join(parts).encode()


def test_cust_26_kill_9_in_the_middle_leaves_nothing_and_the_next_runner_writes_all(server, app):
    before = ask(server, *COUNTS)
    rows = "\n".join(f"导入{n},139{n:08d}" for n in range(MANY))
    with server:
        token = server.token("agent", PASSWORD)
        sent = {"Content-Type": f"multipart/form-data; boundary={BOUND}"}
        table = multipart(f"客户名称,手机号\n{rows}")
        answer = server.request("POST", "/api/v1/imports", table, token=token, headers=sent)
        assert answer.status == 202, answer.text
        until(lambda: ask(server, RUNNING)[0])
        time.sleep(0.3)
        server.kill()
    assert ask(server, *COUNTS) == before, "nothing is there by half"
    address = f"/api/v1/imports/{answer.json['id']}"
    with server:
        until(lambda: server.request("GET", address, token=token).json["state"] == "done")
    assert ask(server, *COUNTS) == [one + MANY for one in before]
    verified = server.flask("audit-verify")
    assert (verified.returncode, verified.stdout.strip()) == (0, "all chains hold"), verified.stderr
