"""PLAT-10: fifty pictures and a swollen zip at once, sent to the server: its memory, and how others fare."""

from __future__ import annotations

import re
import secrets
import threading
import time
from pathlib import Path

import pytest

from tests.support.documents import swollen_zip
from tests.support.make import make_customer
from tests.support.people.world import PASSWORD
from tests.support.pictures import one_colour_png
from tests.support.processes.runners import Site
from tests.support.processes.server import Server

pytestmark = pytest.mark.slow
SENT = 50
MOST_BYTES = 300 * 1024 * 1024
SOON = 2.0  # seconds within which other requests are answered meanwhile


def _peak(pid: int) -> int:
    """Return the maximum memory that the process ever used, in bytes."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def _multipart(file: bytes) -> tuple[str, bytes]:
    mark = secrets.token_hex(8)
    parts = [("content", b"x", ""), ("method", b"phone", ""), ("files", file, '; filename="a.png"')]
    body = b"".join(
        f'--{mark}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + value + b"\r\n"
        for name, value, more in parts
    )
    return f"multipart/form-data; boundary={mark}", body + f"--{mark}--\r\n".encode()


@pytest.mark.long
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_plat_10_fifty_pictures_take_at_most_300_mb_and_delay_no_one(app, database, world, tmp_path):
    made = make_customer(world.actor("agent"))
    site = Site(database, tmp_path)
    pictures = [_multipart(one_colour_png(7071, 7071))] * SENT
    zips = [_multipart(swollen_zip())] * 2
    with Server(site.data_dir, tmp_path / "server.log", site.url, KEPAN_JOBS="off") as server:
        token = server.token("agent", PASSWORD)
        before, statuses, waits = _peak(server.process.pid), [], []

        def send(kind: str, body: bytes) -> None:
            headers = {"Content-Type": kind}
            path = f"/api/v1/customers/{made.id}/follow-ups"
            statuses.append(server.request("POST", path, body, token=token, headers=headers).status)

        threads = [threading.Thread(target=send, args=sent) for sent in zips + pictures]
        for thread in threads:
            thread.start()
        while alive := [thread for thread in threads if thread.is_alive()]:
            asked = time.monotonic()
            assert server.request("GET", "/healthz").status == 200
            waits.append(time.monotonic() - asked)
            alive[0].join(0.2)
        grown = _peak(server.process.pid) - before
    site.close()
    assert statuses.count(422) == len(zips)
    assert statuses.count(201) + statuses.count(503) == SENT, "each is accepted, or refused with a retry time"
    assert statuses.count(201) >= 1
    assert statuses.count(503) >= 1
    assert grown <= MOST_BYTES, f"{grown / 1024 / 1024:.0f} MB"
    assert max(waits) < SOON
