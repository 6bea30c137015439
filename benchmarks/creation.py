"""Measure the milliseconds of one creation by the service: duplicate check, code, claim, name keys, audit
row, commit.

It runs in a process of its own with the product's environment, and removes the rows that it made.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time

from sqlalchemy import text

from app import create_app
from app.customers.creation.services import create_customer
from app.kernel.database.session import db
from app.org.sessions.actors import actor_by_username

ROUNDS = 150


def main(username: str) -> None:
    app = create_app(os.environ)
    rng = random.Random()
    times = []
    with app.app_context():
        before = db.session.scalar(text("SELECT max(id) FROM customer"))
        db.session.rollback()
        for n in range(ROUNDS + 20):
            actor = actor_by_username(username)
            db.session.rollback()
            phone = f"15{rng.randrange(10**9):09d}"
            started = time.perf_counter()
            create_customer(pool="personal", kind="individual", name="王小明", phone=phone, actor=actor)
            if n >= 20:
                times.append((time.perf_counter() - started) * 1000)
            db.session.remove()
        for statement in (
            "DELETE FROM customer_gram WHERE customer_id > :b",
            "DELETE FROM phone_claim WHERE customer_id > :b",
            "DELETE FROM operation_log WHERE record_type = 'customer' AND record_id > :b",
            "DELETE FROM audit_head WHERE record_type = 'customer' AND record_id > :b",
            "DELETE FROM customer WHERE id > :b",
        ):
            db.session.execute(text(statement), {"b": before})
        db.session.commit()
    times.sort()
    print(json.dumps({"median": statistics.median(times), "p95": times[int(len(times) * 0.95)]}))


if __name__ == "__main__":
    main(sys.argv[1])
