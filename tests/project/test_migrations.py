"""PLAT-12: migrations create exactly what the models declare, from empty and back, on both databases."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, select, text
from werkzeug.datastructures import MultiDict

from app.audit.services import verify
from app.channel.brokers.models import Broker
from app.channel.collisions.models import Collision
from app.channel.collisions.services import handle_collision
from app.channel.companies.models import BrokerCompany
from app.channel.referrals.bindings import live_holders, referral_of
from app.channel.referrals.models import Binding, Referral, ReferralKey
from app.channel.referrals.timeline import same_customer_ids
from app.channel.scans.models import OnsiteScan
from app.channel.shared.identity import name_key
from app.channel.shared.settings import WARNING_DAYS
from app.cli.installation import MIGRATIONS, initialise, schema_head, schema_now
from app.customers.duplicates.models import PhoneClaim
from app.customers.listing.filters import SPEC
from app.customers.shared.queries import get_customer, visible_customers
from app.kernel.database.session import Model, db
from app.kernel.fields.phones import phone_index
from app.kernel.folding import search_key
from app.kernel.keys import keys
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.list_views import ListView, ViewContent
from app.kernel.pinyin import sort_key
from app.org.shared.models import Staff
from app.system.list_views.services import save_layout, save_view
from tests.support.channel.scene import Channel, at, check_invariants, every
from tests.support.databases.database import make_app
from tests.support.databases.empty import empty_database
from tests.support.make import make_customer, make_platform_customer
from tests.support.people.world import build_world

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

GONE = {"alembic_version", "saved_filter"}  # with what replaces them, below
BACKENDS = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@contextmanager
def application(backend: str, directory):
    """Push the context of an application over an empty database."""
    with empty_database(backend, directory) as url:
        app = make_app(directory, url)
        with app.app_context():
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@pytest.fixture(params=BACKENDS)
def backend(request) -> str:
    return request.param


def test_plat_12_upgrade_from_empty_makes_what_the_models_declare(backend, tmp_path):
    with application(backend, tmp_path):
        upgrade(directory=str(MIGRATIONS))
        assert schema_now() == schema_head() != ""
        with db.engine.connect() as connection:
            options = {"compare_type": True, "compare_server_default": True}
            context = MigrationContext.configure(connection, opts=options)
            assert compare_metadata(context, Model.metadata) == []


def test_plat_12_checks_and_partial_indexes_are_the_models_too(backend, tmp_path):
    """Autogeneration does not see these: the whole schema is compared with one created from the models."""
    with application(backend, tmp_path):
        upgrade(directory=str(MIGRATIONS))
        migrated = _schema(backend)
    with application(backend, tmp_path):
        Model.metadata.create_all(db.engine)
        declared = _schema(backend)
    migrated.pop("alembic_version")
    assert "customer" in declared
    assert _differences(migrated, declared) == {}


def test_plat_12_downgrade_to_nothing_and_up_again(backend, tmp_path):
    with application(backend, tmp_path):
        upgrade(directory=str(MIGRATIONS))
        full = _schema(backend)
        downgrade(directory=str(MIGRATIONS), revision="base")
        assert set(inspect(db.engine).get_table_names()) == {"alembic_version"}
        upgrade(directory=str(MIGRATIONS))
        assert _schema(backend) == full


def test_plat_12_an_upgrade_keeps_what_was_stored(backend, tmp_path):
    """A database of the first revision, with people, customers and their log, is upgraded."""
    with application(backend, tmp_path):
        initialise()
        world = build_world()
        customer = make_customer(world.actor("agent"), name="周先生")
        number = customer.phone.reveal()
        make_platform_customer(world.actor("manager"))
        db.session.remove()
        downgrade(directory=str(MIGRATIONS), revision="0001")
        before = _rows()
        assert "shelf_log" not in before
        assert all(before[name] for name in ("customer", "staff", "ab_user", "operation_log", "audit_head"))
        upgrade(directory=str(MIGRATIONS))
        after = _rows()
        for table, rows in before.items():
            if table not in GONE:
                kept = [
                    {name: row[name] for name in old} for old, row in zip(rows, after[table], strict=True)
                ]
                assert sorted(map(str, kept)) == sorted(str(_renamed(row)) for row in rows), table
        assert not list(verify())
        found = get_customer(customer.id, actor=world.actor("agent"))
        assert found.phone.reveal() == number


def test_ch_8_acc_11_plat_18_stored_names_and_numbers_are_brought_up(backend, tmp_path):
    """A database of revision 0006 with names and numbers as they were stored then."""
    with application(backend, tmp_path):
        initialise()
        world = build_world()
        with at():
            channel = Channel(world)
            first, second = channel.bound("broker1", "甲"), channel.bound("broker2", "乙")
            again = channel.enter("broker1", "丙")
        agent = world.actor("agent")
        company = make_customer(
            agent, kind="enterprise", name="四川（天府）置业有限公司", phone="010-85551234"
        )
        abroad = make_customer(agent, name="TOM LEE", phone="+852 5123 4567")
        pks = {one: one.id for one in (first, second, again, company, abroad)}
        db.session.remove()
        downgrade(directory=str(MIGRATIONS), revision="0006")
        _as_kept_before(pks[first], pks[second], pks[again], pks[company], pks[abroad], channel)
        upgrade(directory=str(MIGRATIONS))
        _check_numbers(agent, pks[company], pks[abroad])
        with at():
            _check_identities(channel, pks[first], pks[second], pks[again])
        assert not list(verify())


def _as_kept_before(first: int, second: int, again: int, company: int, abroad: int, channel: Channel) -> None:
    names = {first: ("TOM LEE", "王TOMLEE"), second: ("Tom Lee", "王TomLee"), again: ("tom·lee", "王tom·lee")}
    with db.engine.begin() as connection:

        def run(statement: str, **values: object) -> None:
            connection.execute(text(statement), values)

        for pk, (name, key) in names.items():
            given = {"pk": pk, "name": f"王{name}", "key": key}
            run("UPDATE referral SET given_name = :given, name = :name, name_key = :key WHERE id = :pk",
                given=name, **given)  # fmt: skip
            run("UPDATE referral_key SET name_key = :key WHERE referral_id = :pk", pk=pk, key=key)
            run("UPDATE onsite_scan SET name = :name, name_key = :key WHERE referral_id = :pk", **given)
            run("UPDATE binding_key SET name_key = :key WHERE binding_id IN"
                " (SELECT id FROM binding WHERE referral_id = :pk)", pk=pk, key=key)  # fmt: skip
        wrong, index = keys().fernet.encrypt(b"1085551234").decode(), keys().index("1085551234")
        run("UPDATE customer SET phone_cipher = :cipher, phone_index = :index, phone_masked = '1085****1234'"
            " WHERE id = :pk", cipher=wrong, index=index, pk=company)  # fmt: skip
        run("UPDATE phone_claim SET phone_index = :index WHERE customer_id = :pk", index=index, pk=company)
        run("UPDATE customer SET phone_masked = '+85****4567' WHERE id = :pk", pk=abroad)
        run("DELETE FROM customer_gram")
        run("UPDATE staff SET phone = '1085551234' WHERE name = (SELECT min(name) FROM staff)")
        for one, name in zip(channel.companies, ("川流（成都）", "川流(成都)"), strict=True):
            run("UPDATE broker_company SET name = :name WHERE id = :pk", name=name, pk=one.id)


def _check_numbers(agent: Actor, company: int, abroad: int) -> None:
    found = get_customer(company, actor=agent)
    assert (found.phone.reveal(), found.phone.masked) == ("01085551234", "010****1234")
    assert found.phone.index == phone_index("010-85551234")
    claims = select(PhoneClaim.phone_index).where(PhoneClaim.customer_id == company)
    assert db.session.scalars(claims).all() == [found.phone.index]
    foreign = get_customer(abroad, actor=agent).phone
    assert (foreign.reveal(), foreign.masked) == ("+85251234567", "+852****4567")
    assert "01085551234" in db.session.scalars(select(Staff.phone)).all()
    for typed, pk in (("四川(天府)", company), ("tomlee", abroad), ("Tom L", abroad)):
        asked = read_list_request(SPEC, MultiDict({"name": typed})).enforce()
        narrowed = apply_filters(visible_customers(agent), SPEC, asked, agent)
        assert [one.id for one in fetch_page(narrowed, SPEC, asked).items] == [pk], typed


def _check_identities(channel: Channel, first: int, second: int, again: int) -> None:
    check_invariants()
    key, project = name_key("王Tom•Lee"), channel.project.id
    assert [one.referral_id for one in live_holders(project, key, ["1381234"])] == [first]
    assert referral_of(channel.brokers["broker1"].id, project, key, ["1381234"]).id == first
    states = {one.id: one.state for one in every(Referral)}
    assert (states[first], states[second], states[again]) == ("bound", "reported", "entered")
    assert {one.name_key for one in every(Referral)} == {key}
    assert len({one.name_key for one in every(ReferralKey, ReferralKey.referral_id == again)} - {key}) == 1
    assert same_customer_ids(every(Referral, Referral.id == again)[0]) == sorted([first, second, again])
    (collision,) = every(Collision)
    assert (collision.bound_referral_id, collision.referral_id) == (first, second)
    assert collision.is_open
    companies = [one.name for one in channel.companies]
    kept = {one.name_search for one in every(BrokerCompany)}
    assert len(kept) == len(companies)
    assert "川流(成都)" in kept
    for person in [*every(Staff), *every(Broker)]:
        assert (person.name_search, person.name_sort) == (search_key(person.name), sort_key(person.name))
    handle_collision(collision.id, outcome="rebind", note="他先带看", actor=channel.actor("director"))
    assert [one.referral_id for one in live_holders(project, key, ["1381234"])] == [second]
    check_invariants()


def _rows() -> dict[str, list[dict[str, object]]]:
    """Return all stored rows, unchanged."""
    with db.engine.connect() as connection:
        return {
            table: sorted(
                (dict(row._mapping) for row in connection.execute(text(f'SELECT * FROM "{table}"'))),
                key=lambda row: repr(list(row.items())[:3]),
            )
            for table in inspect(connection).get_table_names()
        }


def _renamed(row: dict[str, object]) -> dict[str, object]:
    """Revision 0021 names the resource of saved filters anew."""
    return {name: "ListView" if value == "SavedFilter" else value for name, value in row.items()}


def test_plat_12_there_is_one_newest_revision():
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def _differences(one: dict[str, set[str]], other: dict[str, set[str]]) -> dict[str, list[str]]:
    found = {name: one.get(name, set()) ^ other.get(name, set()) for name in {*one, *other}}
    return {name: sorted(lines) for name, lines in found.items() if lines}


def _schema(backend: str) -> dict[str, set[str]]:
    """Return table → everything that the database reports of it."""
    with db.engine.connect() as connection:
        return (_sqlite_schema if backend == "sqlite" else _postgres_schema)(connection)


# SQLite shows columns of later migrations in one line, each together with its foreign key.
_INLINE_KEY = re.compile(r"(\w+) INTEGER CONSTRAINT (\w+) REFERENCES (\w+ \(\w+\))")
_ADDED = re.compile(r", (?=\w+ (?:INTEGER|SMALLINT|DATE|DATETIME|BOOLEAN|TEXT|VARCHAR|NUMERIC)\b)")


def _sqlite_schema(connection) -> dict[str, set[str]]:
    rows = connection.execute(text("SELECT tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    found: dict[str, set[str]] = {}
    for table, said in rows:
        sql = _ADDED.sub(
            r"\n", _INLINE_KEY.sub(r"\1 INTEGER\nCONSTRAINT \2 FOREIGN KEY(\1) REFERENCES \3", said)
        )
        parts = sql.split("\n") if sql.startswith("CREATE TABLE") else [sql]
        lines = {re.sub(r"\s+", " ", part).strip(" ,;").replace('"', "") for part in parts}
        found.setdefault(table, set()).update(lines)
    return found


_POSTGRES = """
SELECT c.relname AS name, 'column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
       || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
       || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') AS said
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT c.relname, 'constraint ' || k.conname || ' ' || pg_get_constraintdef(k.oid)
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
 WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'
"""


def _postgres_schema(connection) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table, said in connection.execute(text(_POSTGRES)):
        # The framework's models name a sequence where the migration says SERIAL: both number the keys.
        found.setdefault(table, set()).add(re.sub(r" default nextval\(.*\)$", "", said))
    return found


def test_ch_16_ch_27_warnings_and_scans_of_before_are_brought_up(backend, tmp_path):
    """A database of revision 0014 with a warned binding, another number of days, and a scan that collided."""
    with application(backend, tmp_path):
        initialise()
        world = build_world()
        with at():
            channel = Channel(world)
            channel.bound("broker1")
            channel.scan(channel.report("broker2"))
            holder = channel.brokers["broker1"].id
        db.session.remove()
        downgrade(directory=str(MIGRATIONS), revision="0014")
        with db.engine.begin() as connection:
            connection.execute(text("UPDATE binding SET warned_at = bound_at"))
            connection.execute(
                text("INSERT INTO setting (name, value) VALUES ('protection_warning_days', '5')")
            )
        upgrade(directory=str(MIGRATIONS))
        assert [one.warned_days for one in every(Binding)] == [5]
        assert WARNING_DAYS.read() == (5,)
        scans = {one.result: one.bound_broker_id for one in every(OnsiteScan)}
        assert scans == {"bound": None, "collision": holder}
        assert [one.kind for one in every(Collision)] == ["certain"]
        db.session.remove()
        downgrade(directory=str(MIGRATIONS), revision="0014")
        assert [row["value"] for row in _rows()["setting"] if row["name"] == WARNING_DAYS.name] == ["5"]


def _filters() -> list[tuple[object, ...]]:
    return [
        (row["name"], row["list_key"], row["query"])
        for row in sorted(_rows()["saved_filter"], key=lambda row: row["id"])
    ]


def test_off_5_saved_filters_become_views_and_return(backend, tmp_path):
    """Filters of revision 0020, two of them with one folded name; then back, with a view that has columns."""
    with application(backend, tmp_path):
        initialise()
        actor = build_world().actor("agent")
        db.session.remove()
        downgrade(directory=str(MIGRATIONS), revision="0020")
        kept = (
            ("甲客户", "grade=D&tab=personal&order_by=-created_at"),
            ("VIP", "name=%E7%94%B2"),
            ("vip", "grade=A"),
        )
        with db.engine.begin() as connection:
            for name, query in kept:
                connection.execute(
                    text(
                        "INSERT INTO saved_filter (person_id, list_key, name, query, created_at)"
                        " VALUES (:person, 'CustomerView', :name, :query, '2026-01-01 00:00:00+00:00')"
                    ),
                    {"person": actor.id, "name": name, "query": query},
                )
        before = _filters()
        upgrade(directory=str(MIGRATIONS))
        views = every(ListView)
        assert [(one.name, one.query, one.tab, one.order_by) for one in views] == [
            ("甲客户", "grade=D", "personal", "-created_at"),
            ("VIP", "name=%E7%94%B2", "", ""),
            (f"vip {views[2].id}", "grade=A", "", ""),
        ]
        assert [one.position for one in views] == [1, 2, 3]
        save_layout(list_key="CustomerView", columns="name", actor=actor)
        save_view(list_key="CustomerView", name="列", content=ViewContent(columns="name.code"), actor=actor)
        db.session.remove()
        downgrade(directory=str(MIGRATIONS), revision="0020")
        back = _filters()
        assert [query for _name, _list, query in back] == [query for _name, _list, query in before]
        assert [name for name, _list, _query in back][:2] == ["甲客户", "VIP"]
