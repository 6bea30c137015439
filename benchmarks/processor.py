"""Processor time and statements of a page, in process, beside the floor (``floor.py``).

    python benchmarks/processor.py [--engine sqlite|postgres] [--size 1000000]

Other work on the machine hardly changes processor time, which milliseconds on the clock cannot say.  On
PostgreSQL it is the web process's share; the server's is not in it.
"""

from __future__ import annotations

import argparse
import gc
import io
import os
import re
import statistics
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]

import population as made
from dataset import PASSWORD, PEOPLE, Dataset, prepare, scope_of
from werkzeug.test import EnvironBuilder

from app.kernel.keys import read_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from flask import Flask
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

FRAGMENT = {"HX-Request": "true"}


@dataclass
class Asked:
    """One row: who asks for what, and the floor's page beside it."""

    name: str
    who: str
    paths: list[str]
    floor: str
    heads: Mapping[str, str] = field(default_factory=dict)


def asked(data: Dataset) -> Iterator[Asked]:
    """Yield the rows that issue 11 sets targets for."""
    owner = f"?follow_status=off_shelf&owner_id={PEOPLE['agent']}"
    rich = data.size // 2 // made.RICH_EVERY * made.RICH_EVERY
    phone = made.phone_of(data.size // 3)
    scope = f"/customers/?departments={scope_of('manager')}"
    index = f"/customers/?phone_index={read_keys(data.folder).index(phone)}"
    yield Asked("list, fragment", "admin", ["/customers/"], "/customers/", FRAGMENT)
    yield Asked("list, whole page", "admin", ["/customers/"], "/customers/")
    yield Asked("status + owner, fragment", "admin", [f"/customers/{owner}"], f"/customers/{owner}", FRAGMENT)
    yield Asked("5 % scope, fragment", "manager", ["/customers/"], scope, FRAGMENT)
    yield Asked("exact phone, fragment", "admin", ["phone", phone], index, FRAGMENT)
    yield Asked(
        "two characters, fragment", "admin", ["/customers/?name=王小"], "/customers/?name=王小", FRAGMENT
    )
    yield Asked("record and first tab", "admin", [f"/customers/{rich}", f"/customers/{rich}/tab/follow_ups"],
                f"/customers/{rich}")  # fmt: skip
    yield Asked("API list", "admin", ["/api/v1/customers?page_size=20"], "/customers/")


class Asker:
    """Asks one application in process, without a client's own work."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.people: dict[str, FlaskClient] = {}

    def sign_in(self, who: str) -> None:
        self.people[who] = client = self.app.test_client()
        form = {"username": who, "password": PASSWORD}
        if self._send(who, "/login/", form).status_code not in (302, 303):
            message = f"{who} could not sign in"
            raise RuntimeError(message)
        client.get("/")

    def sealed(self, who: str, phone: str) -> str:
        """Return the list's address for a whole number, which no address contains as it is (ACC-17)."""
        return self._send(who, "/customers/search", {"phone": phone}, "/customers/").headers["Location"]

    def _send(self, who: str, path: str, form: dict[str, str], page: str = "") -> TestResponse:
        text = self.people[who].get(page or path).get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        return self.people[who].post(path, data={**form, "csrf_token": token[1] if token else ""})

    def request(self, who: str, path: str, heads: Mapping[str, str]) -> Callable[[], None]:
        """Return a function that asks for the page once."""
        path, _mark, query = path.partition("?")
        environ = EnvironBuilder(path=path, query_string=query, headers=heads).get_environ()
        if who:
            client = self.people[who]
            environ |= client.environ_base
            client._add_cookies_to_wsgi(environ)  # noqa: SLF001 - what the client itself does

        def ask() -> None:
            answer: list[str] = []
            given = {**environ, "wsgi.input": io.BytesIO()}
            body: Any = self.app.wsgi_app(given, lambda status, *_rest: answer.append(status))
            for _part in body:
                pass
            if hasattr(body, "close"):
                body.close()
            if not answer[0].startswith("200"):
                raise RuntimeError(path, answer[0])

        return ask


def milliseconds(asks: list[Callable[[], None]], rounds: int) -> float:
    """Return the median processor time of the requests together."""
    times = []
    for _round in range(rounds):
        started = time.process_time()
        for ask in asks:
            ask()
        times.append((time.process_time() - started) * 1000)
    return statistics.median(times)


def measure(data: Dataset, rounds: int, only: str = "") -> dict[str, dict[str, float]]:
    """Return row → processor milliseconds of the product and the floor, and statements."""
    import floor  # noqa: PLC0415 - reads the environment
    from operations import counted  # noqa: PLC0415

    from app import create_app  # noqa: PLC0415 - the environment is set now
    from app.kernel.database.session import db  # noqa: PLC0415

    app = create_app(os.environ)
    ours, bottom = Asker(app), Asker(floor.app)
    for who in ("admin", "manager"):
        ours.sign_in(who)
    with app.app_context():
        engine = db.engine
    found = {}
    for row in asked(data):
        if only and only not in row.name:
            continue
        paths = [ours.sealed(row.who, row.paths[1])] if row.paths[0] == "phone" else row.paths
        asks = [ours.request(row.who, path, row.heads) for path in paths]
        lowest = [bottom.request("", row.floor, {})]
        milliseconds(asks, 6), milliseconds(lowest, 6)
        gc.collect()
        gc.freeze()  # as the servers do once they have started
        with counted(engine) as seen:
            for ask in asks:
                ask()
        parts = [(milliseconds(asks, rounds // 4), milliseconds(lowest, rounds // 4)) for _turn in range(4)]
        found[row.name] = {
            "ours": min(own for own, _floor in parts),
            "floor": min(least for _own, least in parts),
            "statements": len(seen),
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=80)
    parser.add_argument("--only", default="", help="only rows whose name contains this")
    given = parser.parse_args()
    data = Dataset(given.engine, given.size)
    prepare(data)
    os.environ.update(data.env)
    print(f"{data.engine}, {data.size:,} customers: processor ms of one request, in process")
    print(f"{'row':28}{'ours':>8}{'floor':>8}{'ratio':>8}{'statements':>12}")
    for name, row in measure(data, given.rounds, given.only).items():
        print(
            f"{name:28}{row['ours']:8.2f}{row['floor']:8.2f}{row['ours'] / row['floor']:8.2f}{row['statements']:12.0f}"
        )


if __name__ == "__main__":
    main()
