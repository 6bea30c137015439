"""Simultaneous calls: real threads, each with an application context and so a session of its own."""

from __future__ import annotations

from threading import Barrier, Thread
from typing import TYPE_CHECKING, Any

from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

_PATIENCE = 60


def race(app: Flask, calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Start all calls at the same moment. Return what each returned, or the exception it raised."""
    db.session.remove()  # the test's own session must hold no lock
    outcomes: list[Any] = [TimeoutError("never finished")] * len(calls)
    gate = Barrier(len(calls))

    def run(place: int, call: Callable[[], Any]) -> None:
        with app.app_context():
            try:
                gate.wait(_PATIENCE)
                outcomes[place] = call()
            except Exception as error:  # noqa: BLE001 - the outcome is the point
                outcomes[place] = error

    threads = [Thread(target=run, args=item, daemon=True) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_PATIENCE)
    return outcomes


def sorted_out(outcomes: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """Return (results, codes of refusals); any other exception is an error of the test."""
    won, codes = [], []
    for outcome in outcomes:
        if isinstance(outcome, Exception):
            code = getattr(outcome, "code", "")
            if not code:
                raise outcome
            codes.append(code)
        else:
            won.append(outcome)
    return won, sorted(codes)


def elsewhere(app: Flask, call: Callable[[], Any]) -> Any:
    """Call a function in another session, while this one keeps the records it has read."""
    db.session.commit()  # SQLite has one writer
    outcomes: list[Any] = []

    def run() -> None:
        with app.app_context():
            outcomes.append(call())

    thread = Thread(target=run)
    thread.start()
    thread.join(_PATIENCE)
    return outcomes[0]
