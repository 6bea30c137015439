"""Measure channel sales on the database of the environment, and print the figures as JSON; ``channel.py``
runs it.

It removes the rows that it made, and restores the protections that it ended.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
from datetime import date
from typing import TYPE_CHECKING, Any

import visits
from operations import counted, token
from sqlalchemy import text

from app import create_app
from app.audit.models import AuditHead
from app.channel.ranking.queries import RankingFilter, ranking
from app.channel.referrals import bindings as identity
from app.channel.referrals import expiry
from app.kernel.database.session import db, is_postgres
from app.kernel.keys import keys
from app.org.sessions.actors import actor_by_username

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from flask.testing import FlaskClient

ROUNDS = 60
WARM_ROUNDS = 9
KIND = "referral"
_DUE = f"id % {visits.DUE_EVERY} = 0"
_MADE = (
    ("collision", "referral_id"), ("onsite_scan", "referral_id"), ("referral_report", "referral_id"),
    ("binding_key", "binding_id"), ("binding", "referral_id"), ("referral_key", "referral_id"), ("referral", "id"),
)  # fmt: skip


class Steps:
    """Requests of brokers and on-site staff, each timed and with its statements counted."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()
        with app.app_context():
            self.engine = db.engine
        self.heads: dict[str, dict[str, str]] = {}
        self.found: dict[str, list[tuple[float, int]]] = {}

    def ask(
        self, step: str, who: str, path: str, body: dict[str, Any], wanted: tuple[int, ...]
    ) -> dict[str, Any]:
        if who not in self.heads:
            self.heads[who] = token(self.client, who)
        with counted(self.engine) as seen:
            started = time.perf_counter()
            answer = self.client.post(f"/api/v1/{path}", json=body, headers=self.heads[who])
            took = (time.perf_counter() - started) * 1000
        if answer.status_code not in wanted:
            message = f"{step}: {answer.status_code} {answer.text}"
            raise RuntimeError(message)
        self.found.setdefault(step, []).append((took, len(seen)))
        return answer.json or {}

    def summary(self) -> dict[str, dict[str, float]]:
        said = {}
        for step, samples in self.found.items():
            times = sorted(took for took, _seen in samples)
            said[step] = {
                "median": statistics.median(times),
                "p95": times[int(len(times) * 0.95)],
                "statements": max(seen for _took, seen in samples[2:]),
            }
        return said


def visit(steps: Steps, rng: random.Random) -> None:
    """Let one customer come through two brokers: the first binds, the second collides."""
    first, second = (visits.number_of(visits.FIRST_BROKER + n) for n in (3, 5))
    customer = {
        "family_name": "王", "given_name": f"量{rng.randrange(10**6)}",
        "phones": [{"prefix": f"1{rng.randrange(30, 100)}", "tail": f"{rng.randrange(10**4):04d}"}],
    }  # fmt: skip
    mine = steps.ask("entering", first, "referrals", {**customer, "report": False}, (201,))
    mine = steps.ask("reporting", first, f"referrals/{mine['id']}/report", {}, (200,))
    other = steps.ask("entering and reporting", second, "referrals", {**customer, "report": True}, (201,))
    body = {"consultant_id": visits.CONSULTANT}
    steps.ask("scanning", "onsite", "scans", {**body, "token": mine["qr_token"]}, (200, 201))
    steps.ask("scanning again", "onsite", "scans", {**body, "token": mine["qr_token"]}, (200, 201))
    steps.ask("scanning another's", "onsite", "scans", {**body, "token": other["qr_token"]}, (409,))


def timed(call: Callable[[], Any]) -> float:
    db.session.rollback()
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def rankings() -> dict[str, tuple[float, float]]:
    """Return (first call, median of the later ones) in ms: all brokers over all time, and over one year."""
    actor = actor_by_username("director")
    wanted = {
        "ranking": RankingFilter(),
        "ranking of a year": RankingFilter(entered_from=date(2024, 1, 1), entered_to=date(2024, 12, 31)),
    }
    found = {}
    for name, one in wanted.items():
        times = [timed(lambda one=one: ranking(actor, one, limit=20)) for _round in range(WARM_ROUNDS + 1)]
        found[name] = times[0], statistics.median(times[1:])
    return found


def lookup() -> str:
    """Return the plan of the statement that finds live bindings of an identity."""
    with counted(db.engine) as seen:
        identity.live_bindings(visits.PROJECT, "王小明", ["1381234"])
    statement = next(one for one in seen if "binding_key" in one)
    explain = "EXPLAIN" if is_postgres() else "EXPLAIN QUERY PLAN"
    values: Any = (visits.PROJECT, "王小明", "1381234")
    if is_postgres():
        values = {"project_id_1": visits.PROJECT, "name_key_1": "王小明", "fragment_1_1": "1381234"}
    rows = db.session.connection().exec_driver_sql(f"{explain} {statement}", values)
    plan = " | ".join(str(row[-1]).strip() for row in rows)
    scans = "Seq Scan" in plan or "SCAN" in plan.replace("SEARCH", "")
    return f"{'MISS' if scans else 'index only'}: {plan}"


def protections() -> dict[str, Any]:
    """End every protection that is over, as the job does: batch after batch, each a transaction of
    its own.
    """
    due, batches = expiry.count_due(), []
    started = time.perf_counter()
    ended = 0
    while True:
        moment = time.perf_counter()
        done = expiry.expire_due_bindings()
        if not done:
            break
        batches.append((time.perf_counter() - moment) * 1000)
        ended += done
    seconds = time.perf_counter() - started
    if ended != due:
        message = f"{ended} of {due} protections ended"
        raise RuntimeError(message)
    return {
        "ended": ended,
        "expiry": seconds,
        "batch": max(batches),
        "batch_median": statistics.median(batches),
    }


def put_back() -> None:
    """The protections that are over are not written yet, and each of these customers has a log to go on."""
    run = db.session.execute
    run(text(f"DELETE FROM operation_log WHERE record_type = '{KIND}'"))
    run(text(f"DELETE FROM audit_head WHERE record_type = '{KIND}'"))
    run(text("DELETE FROM notification"))
    run(text(f"UPDATE binding SET state = 'live', ended_at = NULL WHERE {_DUE}"))
    run(text(f"UPDATE referral SET state = 'bound' WHERE {_DUE}"))
    run(text(f"DELETE FROM binding_key WHERE binding_{_DUE}"))
    run(
        text(
            "INSERT INTO binding_key (project_id, name_key, fragment, company_id, binding_id) "
            f"SELECT project_id, name_key, phone1_prefix || phone1_tail, company_id, id FROM referral WHERE {_DUE}"
        )
    )
    size = db.session.scalar(text("SELECT max(id) FROM binding"))
    rows = []
    for pk in range(visits.DUE_EVERY, size + 1, visits.DUE_EVERY):
        seal = keys().seal(AuditHead.marked_content(KIND, pk, 3, "0" * 64))
        rows.append({"record_type": KIND, "record_id": pk, "number": 3, "seal": seal})
    run(AuditHead.__table__.insert(), rows)
    db.session.commit()


def clean(before: int) -> None:
    run = db.session.execute
    for table, column in _MADE:
        run(text(f"DELETE FROM {table} WHERE {column} > :b"), {"b": before})
    for table in ("operation_log", "audit_head"):
        run(text(f"DELETE FROM {table} WHERE record_type IN ('referral', 'collision')"))
    run(text("DELETE FROM notification"))
    db.session.commit()


def main() -> None:
    app = create_app(os.environ)
    found: dict[str, Any] = {}
    with app.app_context():
        found["ranking"] = rankings()
        before = db.session.scalar(text("SELECT max(id) FROM referral")) or 0
        put_back()
    try:
        steps, rng = Steps(app), random.Random()
        for _round in range(ROUNDS):
            visit(steps, rng)
        found["steps"] = steps.summary()
        with app.app_context():
            found["look_up"] = lookup()
            db.session.rollback()
            found |= protections()
    finally:
        with app.app_context():
            clean(before)
            put_back()
    print(json.dumps(found))


if __name__ == "__main__":
    main()
