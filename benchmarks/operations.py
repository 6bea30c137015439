"""Measure milliseconds and statements of the pool's operations, each a whole request of the REST API in
process.

It runs in a process of its own with the product's environment, and removes the rows that it made. The batch
of 1,000 calls the service that the batch form calls.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from dataset import PASSWORD
from sqlalchemy import event, select, text

from app import create_app
from app.customers.creation.services import create_customer
from app.kernel.database.session import db
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Staff
from app.pool.shelving.services import unshelve_customers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask
    from flask.testing import FlaskClient
    from sqlalchemy import Engine

ROUNDS = 40
MARKS = ("BEGIN", "SAVEPOINT", "RELEASE")  # statements of transactions, which read and write nothing
BATCH = 1000
REASON = "no_need"
# In this order each operation finds the customer in the state that it needs.
STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("assign", {"handler_id": 0}),
    ("follow-ups", {"content": "电话沟通", "method": "phone"}),
    ("privatize", {}),
    ("reveal-phone", {"purpose": "约看房"}),
    ("publicize", {}),
    ("unshelve", {"reason": REASON, "remark": "暂不考虑"}),
    ("shelve", {"handler_id": 0, "remark": "重新联系"}),
)


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(MARKS):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def token(client: FlaskClient, username: str) -> dict[str, str]:
    body = {"username": username, "password": PASSWORD, "provider": "db"}
    answer = client.post("/api/v1/security/login", json=body)
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def new_customers(username: str, how_many: int) -> list[int]:
    """Create platform customers of the person's department, pending with the person."""
    rng, made = random.Random(), []
    actor = actor_by_username(username)
    for _n in range(how_many):
        phone = f"15{rng.randrange(10**9):09d}"
        one = create_customer(
            pool="platform", kind="individual", name="王小明", phone=phone, handler_id=actor.id, actor=actor
        )
        made.append(one.id)
        db.session.remove()
    return made


def measure(app: Flask, username: str, pks: list[int]) -> dict[str, dict[str, float]]:
    client = app.test_client()
    heads = token(client, username)
    with app.app_context():
        engine = db.engine
        me = actor_by_username(username)
        receiver = db.session.scalar(
            select(Staff.id).where(Staff.department_id == me.department_id, Staff.id != me.id).limit(1)
        )
    found: dict[str, dict[str, float]] = {}
    for step, body in STEPS:
        if "handler_id" in body:
            body = {**body, "handler_id": receiver if step == "assign" else me.id}  # noqa: PLW2901 - filled in
        times, statements = [], []
        for pk in pks:
            if step == "follow-ups":
                give_back(app, pk, me.id)
            with counted(engine) as seen:
                started = time.perf_counter()
                answer = client.post(f"/api/v1/customers/{pk}/{step}", json=body, headers=heads)
                times.append((time.perf_counter() - started) * 1000)
            if answer.status_code not in (200, 201):
                message = f"{step}: {answer.status_code} {answer.text}"
                raise RuntimeError(message)
            statements.append(len(seen))
        times.sort()
        found[step] = {
            "median": statistics.median(times),
            "p95": times[int(len(times) * 0.95)],
            "statements": statistics.median_low(statements),
        }
    return found


def give_back(app: Flask, pk: int, handler_id: int) -> None:
    """Assign the customer to the person again, so that their next follow-up starts the work."""
    with app.app_context():
        db.session.execute(
            text("UPDATE customer SET handler_id = :h WHERE id = :pk"), {"h": handler_id, "pk": pk}
        )
        db.session.commit()


def batch(username: str, pks: list[int]) -> float:
    actor = actor_by_username(username)
    db.session.rollback()
    started = time.perf_counter()
    verdicts = unshelve_customers(pks, reason=REASON, actor=actor)
    seconds = time.perf_counter() - started
    if not all(verdicts.values()):
        message = "a customer of the batch was refused"
        raise RuntimeError(message)
    return seconds


def clean(before: int) -> None:
    for table in (
        "customer_gram",
        "phone_claim",
        "shelf_log",
        "follow_up",
        "number_reveal",
        "push",
        "notification",
        "todo",
    ):
        db.session.execute(text(f"DELETE FROM {table} WHERE customer_id > :b"), {"b": before})
    for table in ("operation_log", "audit_head"):
        db.session.execute(
            text(f"DELETE FROM {table} WHERE record_type = 'customer' AND record_id > :b"), {"b": before}
        )
    db.session.execute(text("DELETE FROM customer WHERE id > :b"), {"b": before})
    db.session.commit()


def main(username: str) -> None:
    app = create_app(os.environ)
    with app.app_context():
        before = db.session.scalar(text("SELECT max(id) FROM customer")) or 0
        db.session.rollback()
        single, many = new_customers(username, ROUNDS), new_customers(username, BATCH)
    try:
        found: dict[str, Any] = {"steps": measure(app, username, single)}
        with app.app_context():
            found["batch"] = batch(username, many)
    finally:
        with app.app_context():
            clean(before)
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1])
