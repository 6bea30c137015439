"""PLAT-2, PLAT-4: real runners, killed in the middle: each message is sent, and never again once its success
is recorded.
"""

from __future__ import annotations

import signal
from contextlib import ExitStack

import pytest

from app.kernel.database.session import db
from app.notices.outbox.delivery import queue
from tests.support.databases.database import make_app
from tests.support.processes.operate import close
from tests.support.processes.runners import Site, until

pytestmark = [pytest.mark.both, pytest.mark.process, pytest.mark.slow]
MESSAGES = 40


def test_plat_4_two_runners_and_a_kill_send_every_message(database, gateway, tmp_path):
    site = Site(database, tmp_path)
    elsewhere = make_app(site.data_dir, site.url)
    with elsewhere.app_context():
        for n in range(MESSAGES):
            queue("sms", "13812345678", f"第 {n} 条", purpose="x")
        db.session.commit()
    close(elsewhere)
    with ExitStack() as stack:
        stack.callback(site.close)
        made = [stack.enter_context(site.runner(KEPAN_SMS_URL=gateway.url)) for _ in range(2)]
        runners = {runner.pid: runner for runner in made}
        leader = until(site.holder)
        until(lambda: len(gateway.received) >= 5)
        runners[leader].end(signal.SIGKILL)
        # A message in progress when the process died stays claimed for a minute: here that passes at once.
        until(lambda: site.holder() not in {0, leader})
        site.ask("UPDATE outgoing_message SET next_at = '2026-01-01 00:00:00+00:00' WHERE state = 'sending'")
        until(
            lambda: site.ask("SELECT count(*) FROM outgoing_message WHERE state = 'sent'")[0][0] == MESSAGES
        )
    received = [one["body"]["text"] for one in gateway.received]
    assert set(received) == {f"第 {n} 条" for n in range(MESSAGES)}
    assert len(received) <= MESSAGES + 1, "at most the one whose success the killed process could not record"
