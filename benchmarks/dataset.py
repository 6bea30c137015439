"""Databases full of made-up customers, loaded in bulk once and kept in a cache outside the repository."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import population as made
import psycopg
import visits
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.schema import CreateIndex, DropIndex
from werkzeug.security import generate_password_hash

from app import create_app
from app.cli.installation import initialise
from app.customers.listing.finding import CUSTOMER_WORDS
from app.customers.listing.name_search import pieces
from app.kernel.database.session import Model, db
from app.kernel.keys import keys
from app.kernel.pinyin import sort_key
from app.org.roles.delivery import deliver_roles

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

CACHE = Path(os.environ.get("KEPAN_BENCH_CACHE") or Path.home() / ".cache" / "kepan-bench")
POSTGRES = os.environ.get("KEPAN_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432")
PASSWORD = "Bench-password-1"  # noqa: S105 - of made-up accounts on this machine
PEOPLE = {
    "admin": 9_001,
    "manager": 2,
    "director": 1,
    "big_manager": 9_002,
    "big_owner": made.BIG_OWNER,
    "agent": 321,
    "onsite": visits.ONSITE,
    "consultant": visits.CONSULTANT,
}
_ROLES = {"admin": "Admin", "manager": "StoreManager", "director": "ChannelDirector", "big_manager": "StoreManager",
          "big_owner": "Agent", "agent": "Agent", "onsite": "OnSite", "consultant": "Consultant"}  # fmt: skip
_SEQUENCES = (
    "customer", "department", "ab_user", "company", "district", "project", "broker_company", "referral", "binding",
)  # fmt: skip
_ACCOUNT = (
    "id", "first_name", "last_name", "username", "password", "active", "email", "session_epoch", "must_change_password",
)  # fmt: skip
_BULK = {
    "customer": ("customer", "follow_up", "customer_gram", "customer_word", "customer_district", "customer_member", "phone_claim", "push"),
    "channel": ("referral", "referral_key", "binding", "binding_key", "onsite_scan"),
}  # fmt: skip


@dataclass(frozen=True)
class Dataset:
    """A loaded database and the environment that the applications need to open it."""

    engine: str
    size: int
    kind: str = "customer"
    """``customer``, or ``channel``: referrals, bindings and brokers."""

    @property
    def folder(self) -> Path:
        return CACHE / f"{self.engine}-{self.kind}-{self.size}"

    @property
    def database(self) -> str:
        return f"kbench_{self.kind}_{self.size}"

    @property
    def url(self) -> str:
        if self.engine == "sqlite":
            return f"sqlite:///{self.folder / 'kepan.db'}"
        return f"{POSTGRES}/{self.database}".replace("postgresql://", "postgresql+psycopg://")

    @property
    def env(self) -> dict[str, str]:
        return {"KEPAN_DATA_DIR": str(self.folder), "KEPAN_DATABASE_URL": self.url, "KEPAN_RATE_LIMITS": "off",
                "KEPAN_DEMO": "yes", "KEPAN_LOG_LEVEL": "WARNING"}  # fmt: skip


def scope_of(manager: str) -> str:
    """Return the departments below a manager, which the bare page and the stock view filter by."""
    _companies, rows = made.department_rows(made.START)
    own = made.BIG_STORE if manager == "big_manager" else made.staff_department(PEOPLE[manager])
    path = next(row[4] for row in rows if row[0] == own)
    return ",".join(str(row[0]) for row in rows if row[4].startswith(path))


def _fingerprint(data: Dataset) -> str:
    """Return a text that changes with the rows that are made; other changes of the schema are applied by
    :func:`_mend`.
    """
    digest = hashlib.sha256()
    for name in ("population.py", "visits.py") if data.kind == "channel" else ("population.py",):
        digest.update((Path(__file__).parent / name).read_bytes())
    return f"{data.engine}-{data.size}-{digest.hexdigest()[:16]}"


def prepare(data: Dataset) -> None:
    """Load the database unless the cache has it already, and update its schema to the models."""
    mark = data.folder / "loaded.json"
    wanted = _fingerprint(data)
    if mark.exists() and json.loads(mark.read_text())["fingerprint"] == wanted:
        _mend(data)
        _renew_accounts(data)
        return
    started = time.perf_counter()
    mark.unlink(missing_ok=True)
    _recreate(data)
    app = create_app(env=data.env)
    with app.app_context():
        initialise()
        _fill(data)
        db.session.remove()
        db.engine.dispose()
    _renew_accounts(data)
    mark.write_text(json.dumps({"fingerprint": wanted}))
    print(f"loaded {data.engine} {data.size:,} in {time.perf_counter() - started:.0f} s", flush=True)


def _mend(data: Dataset) -> None:
    """Update a cached database to the models: create missing tables, columns and indexes, drop unknown
    indexes.
    """
    engine = create_engine(data.url)
    changed = False
    with engine.begin() as connection:
        Model.metadata.create_all(connection)
        there = inspect(connection)
        for table in Model.metadata.sorted_tables:
            columns = {c["name"] for c in there.get_columns(table.name)}
            for column in table.columns:
                if column.name not in columns:
                    kind = column.type.compile(connection.dialect)
                    connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}"))
            kept = {i["name"] for i in there.get_indexes(table.name) if not i.get("duplicates_constraint")}
            wanted = {i.name: i for i in table.indexes}
            for name in kept - set(wanted):
                changed = True
                connection.execute(text(f"DROP INDEX {name}"))
            for name in set(wanted) - kept:
                changed = True
                connection.execute(CreateIndex(wanted[name]))
    if changed:
        _settle(data)
    with create_app(env=data.env).app_context():
        deliver_roles()


def _renew_accounts(data: Dataset) -> None:
    """Date the accounts to today: their time to set up a second factor begins anew (ACC-12)."""
    with create_engine(data.url).begin() as connection:
        now = datetime.now(UTC).replace(tzinfo=None)
        connection.execute(text("UPDATE ab_user SET created_on = :now"), {"now": now})


def _recreate(data: Dataset) -> None:
    data.folder.mkdir(parents=True, exist_ok=True)
    if data.engine == "sqlite":
        for path in data.folder.glob("kepan.db*"):
            path.unlink()
        return
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {data.database} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {data.database}")


def _fill(data: Dataset) -> None:
    now = datetime.now(UTC)
    roles = dict(db.session.execute(text("SELECT name, id FROM ab_role")).all())
    db.session.remove()
    indexes = [i for t in Model.metadata.tables.values() if t.name in _BULK[data.kind] for i in t.indexes]
    with create_engine(data.url).begin() as connection:
        for index in indexes:
            connection.execute(DropIndex(index))
    sink = _Sqlite(data) if data.engine == "sqlite" else _Postgres(data)
    _organisation(sink, now, roles)
    if data.kind == "channel":
        _channel(sink, data.size, now, roles)
    else:
        _customers(sink, data.size)
    sink.close()
    with create_engine(data.url).begin() as connection:
        for index in indexes:
            connection.execute(CreateIndex(index))
    _settle(data)


def _customers(sink: Any, size: int) -> None:
    crypto = made.Crypto(keys().index, keys().fernet.encrypt(b"13800000000").decode())
    sink.copy("customer", made.CUSTOMER_COLUMNS, made.customer_rows(size, crypto))
    at = {name: n for n, name in enumerate(made.CUSTOMER_COLUMNS)}
    sink.copy("customer_gram", ("customer_id", "gram", "created_at"), (
        (row[0], gram, row[at["created_at"]])
        for row in made.customer_rows(size, crypto) for gram in sorted(pieces(row[at["name"]]))
    ))  # fmt: skip
    names = CUSTOMER_WORDS.sources
    sink.copy("customer_word", ("record_id", "word", "place"), (
        (row[0], word["word"], word["place"])
        for row in made.customer_rows(size, crypto)
        for word in CUSTOMER_WORDS.rows(row[0], {name: row[at[name]] if name in at else None for name in names})
    ))  # fmt: skip
    sink.copy("phone_claim", ("scope", "phone_index", "customer_id"), (
        (f"o:{row[at['owner_id']]}" if row[at["owner_id"]] else f"d:{row[at['department_id']]}",
         row[at["phone_index"]], row[0])
        for row in made.customer_rows(size, crypto)
    ))  # fmt: skip
    sink.copy("follow_up", made.FOLLOW_UP_COLUMNS, made.follow_up_rows(size))
    sink.copy("customer_district", ("customer_id", "district_id"), made.demand_rows(size))
    sink.copy("customer_member", ("customer_id", "staff_id", "access"), made.member_rows(size))
    sink.copy("push", ("customer_id", "sender_id", "sender_department_id", "receiver_id",
                       "receiver_department_id", "state", "created_at"), made.push_rows(size))  # fmt: skip


def _channel(sink: Any, size: int, now: datetime, roles: dict[str, int]) -> None:
    people = range(visits.FIRST_BROKER, visits.FIRST_BROKER + visits.BROKERS)
    password = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
    sink.copy("ab_user", _ACCOUNT, (
        (pk, "经纪", f"{pk}", visits.number_of(pk), password, True, f"b{pk}@example.com", 0, False) for pk in people
    ))  # fmt: skip
    sink.copy("ab_user_role", ("id", "user_id", "role_id"), ((pk, pk, roles["Broker"]) for pk in people))
    sink.copy("broker_company", ("id", "name", "name_search", "contact", "phone", "address", "active", "created_at"), (
        (pk, f"渠道公司{pk}", f"渠道公司{pk}", "", "", "", True, now) for pk in range(1, visits.COMPANIES + 1)
    ))  # fmt: skip
    sink.copy("broker", ("id", "number", "name", "name_search", "name_sort", "nickname", "phone", "kind", "broker_company_id", "review_state",
                         "review_reason", "consent_version", "consent_at", "created_at"), visits.broker_rows(now))  # fmt: skip
    sink.copy("project", ("id", "company_id", "name", "address", "introduction", "features", "service_phone", "active",
                          "created_at"), [(visits.PROJECT, visits.COMPANY, "云锦里", "", "", "[]", "", True, now)])  # fmt: skip
    sink.copy("project_member", ("project_id", "duty", "staff_id", "company_id", "created_at"), [
        (visits.PROJECT, duty, pk, visits.COMPANY, now)
        for duty, pk in (("onsite", visits.ONSITE), ("consultant", visits.CONSULTANT))
    ])  # fmt: skip
    sink.copy("referral", visits.REFERRAL_COLUMNS, visits.referral_rows(size))
    sink.copy("referral_key", ("company_id", "project_id", "broker_id", "name_key", "fragment", "tail",
                               "referral_id"), visits.key_rows(size))  # fmt: skip
    sink.copy("binding", visits.BINDING_COLUMNS, visits.binding_rows(size))
    sink.copy("binding_key", ("project_id", "name_key", "fragment", "company_id", "binding_id"),
              visits.binding_key_rows(size))  # fmt: skip
    sink.copy("onsite_scan", visits.SCAN_COLUMNS, visits.scan_rows(size))
    sink.copy("broker_tally", ("company_id", "broker_id", "broker_company_id", "entered", "reported", "bound",
                               "closed"), visits.tally_rows(size))  # fmt: skip


def _settle(data: Dataset) -> None:
    """Set the sequences past the loaded ids, and update statistics and, on PostgreSQL, visibility maps."""
    with create_engine(data.url, isolation_level="AUTOCOMMIT").connect() as connection:
        if data.engine == "postgres":
            for table in _SEQUENCES:
                connection.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT coalesce(max(id), 1) FROM {table}))"
                    )
                )
            connection.execute(text("VACUUM (ANALYZE)"))
        else:
            connection.execute(text("ANALYZE"))


def _organisation(sink: Any, now: datetime, roles: dict[str, int]) -> None:
    companies, departments = made.department_rows(now)
    staff = [(pk, made.staff_department(pk)) for pk in range(1, made.STAFF + 1)]
    staff += [(PEOPLE["big_manager"], made.BIG_STORE), (PEOPLE["admin"], 1)]
    password = generate_password_hash(PASSWORD, method="pbkdf2:sha256:1000")
    logins = {pk: name for name, pk in PEOPLE.items()}
    sink.copy("company", ("id", "name", "created_at"), companies)
    sink.copy("department", ("id", "company_id", "parent_id", "name", "path", "manager_id"), departments)
    sink.copy("ab_user", _ACCOUNT, (
        (pk, "员工", f"{pk}", logins.get(pk, f"user{pk}"), password, True, f"u{pk}@example.com", 0, False)
        for pk, _department in staff
    ))  # fmt: skip
    sink.copy("staff", ("id", "company_id", "department_id", "employee_no", "name", "name_search", "name_sort",
                        "phone", "status", "created_at"), (
        (pk, 1, department, f"E{pk:05d}", f"员工{pk}", f"员工{pk}", sort_key(f"员工{pk}"), "13900000000", "active", now) for pk, department in staff
    ))  # fmt: skip
    given = [(pk, _ROLES.get(logins.get(pk, ""), "Agent")) for pk, _department in staff]
    sink.copy("ab_user_role", ("id", "user_id", "role_id"), (
        (n, pk, roles[name]) for n, (pk, name) in enumerate(given, 1)
    ))  # fmt: skip
    sink.copy("district", ("id", "parent_id", "code", "name"), made.district_rows())


class _Postgres:
    """Writes rows by COPY; foreign keys are not checked meanwhile."""

    def __init__(self, data: Dataset) -> None:
        self.connection = psycopg.connect(f"{POSTGRES}/{data.database}")
        self.connection.execute("SET session_replication_role = replica")

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        with (
            self.connection.cursor() as cursor,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def close(self) -> None:
        self.connection.commit()
        self.connection.close()


class _Sqlite:
    """Writes rows by executemany in one transaction."""

    def __init__(self, data: Dataset) -> None:
        self.connection = sqlite3.connect(data.folder / "kepan.db")
        self.connection.execute("PRAGMA synchronous=OFF")

    def copy(self, table: str, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(
            f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", self._plain(rows)
        )

    @staticmethod
    def _plain(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
        for row in rows:
            yield [
                f"{v:%Y-%m-%d %H:%M:%S.%f}"
                if isinstance(v, datetime)
                else str(v)
                if isinstance(v, date)
                else v
                for v in row
            ]

    def close(self) -> None:
        self.connection.commit()
        self.connection.close()
