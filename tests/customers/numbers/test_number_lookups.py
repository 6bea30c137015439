"""ACC-17: each comparison of a typed whole number with stored ones is counted, kept and limited."""

from __future__ import annotations

import ast
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from app.customers.creation.services import create_customer
from app.customers.numbers.lookups import record_lookup
from app.customers.numbers.models import NumberLookup
from app.customers.numbers.services import change_phone
from app.customers.shared.settings import LOOKUPS_A_DAY, LOOKUPS_AN_HOUR, lookups_an_hour
from app.customers.transfers.services import transfer_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Denied
from app.kernel.fields.phones import PhoneNumber, read_phone
from app.notices.models import Notification
from app.pool.pushes.services import accept_push, push_customer
from tests.support.databases.race import race
from tests.support.make import make_customer, make_push, next_phone
from tests.support.traces import denied
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from app.customers.shared.models import Customer

APP = Path(__file__).resolve().parents[3] / "app"


def _rows() -> list[tuple[str, bool]]:
    db.session.expire_all()
    statement = select(NumberLookup.way, NumberLookup.hit).order_by(NumberLookup.id)
    return [(way, hit) for way, hit in db.session.execute(statement)]


def _create(actor, phone: str, **more) -> Customer:
    return create_customer(pool="personal", kind="individual", name="查询", phone=phone, actor=actor, **more)


def _quota(role: str, hour: int, day: int = 200) -> None:
    LOOKUPS_AN_HOUR.of(role).store(hour)
    LOOKUPS_A_DAY.of(role).store(day)
    db.session.commit()


def test_acc_17_the_list_filter_of_the_api_is_counted_and_kept_masked(app, world):
    mine = make_customer(world.actor("agent"))
    number, unknown = mine.phone.reveal(), next_phone()
    client = ApiClient(app, "agent")
    assert client.get("/customers", phone=number).get_json()["total"] == 1
    assert client.post("/customers/search", {"phone": unknown}).get_json()["total"] == 0
    assert client.get("/customers", phone=number[-4:]).status_code == 200, "the last four cost nothing"
    assert _rows() == [("search", True), ("search", False)]
    kept = db.session.scalars(select(NumberLookup)).first()
    assert kept.phone_masked == mine.phone.masked
    assert number not in str([getattr(kept, column.key) for column in NumberLookup.__table__.c])


def test_acc_17_past_the_budget_of_the_hour_and_of_the_day_the_answer_is_429(app, world):
    _quota("Agent", 2)
    number = make_customer(world.actor("agent")).phone.reveal()
    client, start = ApiClient(app, "agent"), clock.now().replace(hour=4)
    with clock.frozen(start):
        for _ in range(2):
            assert client.get("/customers", phone=number).status_code == 200
        answer = client.get("/customers", phone=number)
        assert (answer.status_code, answer.get_json()["code"]) == (429, "customer.lookup_quota")
    _quota("Agent", 2, 3)
    with clock.frozen(start + timedelta(minutes=61)):
        client = ApiClient(app, "agent")
        assert client.get("/customers", phone=number).status_code == 200
        assert client.get("/customers", phone=number).status_code == 429, "three a day"
    with clock.frozen(start + timedelta(days=1)):
        assert ApiClient(app, "agent").get("/customers", phone=number).status_code == 200


def test_acc_17_of_several_roles_the_highest_counts(world):
    _quota("Agent", 5)
    _quota("StoreManager", 9)
    assert lookups_an_hour(world.actor("agent")) == 5
    assert lookups_an_hour(world.actor("manager")) == 9


def test_acc_17_a_creation_costs_only_when_it_is_refused(world):
    agent = world.actor("agent")
    made = _create(agent, next_phone())
    assert _rows() == []
    with denied("customer.duplicate"):
        _create(agent, made.phone.reveal())
    assert _rows() == [("create", True)]
    with denied("customer.code_taken"):
        _create(agent, next_phone(), code=made.code)
    assert _rows() == [("create", True), ("create", False)], "a refusal for another reason tells as much"


def test_acc_17_a_refused_creation_with_a_key_is_counted_too(app, world):
    number = make_customer(world.actor("agent")).phone.reveal()
    body = {"pool": "personal", "kind": "individual", "name": "甲", "phone": number}
    answer = ApiClient(app, "agent").post("/customers", body, headers={"Idempotency-Key": "once"})
    assert answer.status_code == 409
    assert _rows() == [("create", True)]


def test_acc_17_creation_is_refused_past_the_budget_without_a_word_about_the_number(world):
    agent = world.actor("agent")
    number = make_customer(agent).phone.reveal()
    _quota("Agent", 0)
    for phone in (number, next_phone()):
        with denied("customer.lookup_quota", 429):
            _create(agent, phone)


def test_acc_17_a_change_of_number_counts_the_present_and_the_refused_new_one(world):
    agent = world.actor("agent")
    made, other = make_customer(agent), make_customer(agent)
    change_phone(made.id, old_phone=next_phone(), new_phone=next_phone(), actor=agent)
    with denied("customer.duplicate"):
        change_phone(made.id, old_phone=made.phone.reveal(), new_phone=other.phone.reveal(), actor=agent)
    assert _rows() == [("change", False), ("change", True)]


def _miss(actor, number: PhoneNumber | None = None) -> None:
    transactional(record_lookup)(number or read_phone(next_phone()), "search", actor, hit=False)


def _describe_operation(world, name: str) -> list[str]:
    db.session.expire_all()
    statement = select(Notification.message).where(Notification.recipient_id == world.actor(name).id)
    return [message for message in db.session.scalars(statement) if "number" in message]


def test_acc_17_many_misses_stop_the_asker_for_an_hour_and_tell_the_manager(world):
    agent, start = world.actor("agent"), clock.now()
    with clock.frozen(start):
        for _ in range(20):
            _miss(agent)
        assert _describe_operation(world, "manager") == []
        _miss(agent)
        assert len(_describe_operation(world, "manager")) == 1
        with denied("customer.lookups_stopped", 429):
            _miss(agent)
        with denied("customer.lookups_stopped", 429):
            _create(agent, next_phone())
    with clock.frozen(start + timedelta(minutes=61)):
        _miss(agent)


def test_acc_17_three_numbers_with_the_same_visible_digits_stop_the_asker(world):
    agent = world.actor("agent")
    for middle in ("0001", "0002", "0002"):
        _miss(agent, read_phone(f"138{middle}9876"))
    _miss(agent, read_phone("13900019876"))
    assert _describe_operation(world, "manager") == []
    _miss(agent, read_phone("13800039876"))
    assert len(_describe_operation(world, "manager")) == 1
    with denied("customer.lookups_stopped", 429):
        _miss(agent)


def test_acc_17_two_askers_at_once_never_pass_the_budget(app, world):
    _quota("Agent", 5)
    agent = world.actor("agent")
    number = make_customer(agent).phone.reveal()
    outcomes = race(app, [partial(_create, agent, number) for _ in range(9)])
    codes = [one.code for one in outcomes if isinstance(one, Denied)]
    assert sorted(codes) == ["customer.duplicate"] * 5 + ["customer.lookup_quota"] * 4
    assert db.session.scalar(select(func.count()).select_from(NumberLookup)) == 5


@pytest.mark.parametrize("name", ["finance", "auditor"])
def test_acc_17_who_may_not_reveal_searches_by_the_last_four_only(app, world, name):
    number = make_customer(world.actor("agent")).phone.reveal()
    client = ApiClient(app, name)
    answer = client.get("/customers", phone=number)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "customer.last_four_only")
    assert client.get("/customers", phone=number[-4:]).status_code == 200
    assert Browser(app, name).post("/customers/search", {"phone": number}).status_code == 403
    assert _rows() == []


def test_acc_17_a_page_searches_by_post_and_its_address_holds_a_sealed_word(app, world):
    mine = make_customer(world.actor("agent"), name="找到我")
    number = mine.phone.reveal()
    browser = Browser(app, "agent")
    answer = browser.post("/customers/search", {"phone": number, "name": "", "page_size": "20"})
    assert answer.status_code == 303
    assert number not in answer.location
    page = browser.page(answer.location)
    assert "找到我" in page.text
    assert number not in browser.get(answer.location).get_data(as_text=True)
    browser.get(answer.location)
    assert _rows() == [("search", True)], "reading the page again asks nothing"
    word = page.one("input", name="sealed_phone")["value"]
    again = browser.post(
        "/customers/search", {"phone": mine.phone.masked, "sealed_phone": word, "name": "找"}
    )
    assert "找到我" in browser.page(again.location).text
    assert len(_rows()) == 1, "another filter beside the same number asks nothing"
    assert "找到我" not in Browser(app, "manager").page(answer.location).text, "it is its owner's word"


def test_acc_17_a_whole_number_in_a_pages_address_is_not_searched(app, world):
    mine = make_customer(world.actor("agent"), name="找到我")
    page = Browser(app, "agent").page(f"/customers/?phone={mine.phone.reveal()}")
    assert "找到我" not in page.text
    assert _rows() == []


def test_acc_17_the_way_back_after_signing_in_holds_no_number(app, world):
    answer = Browser(app).get("/customers/?phone=139%201234%205678&tab=personal")
    assert answer.location == "/login/?next=/customers/?tab%3Dpersonal"


def test_acc_17_what_is_no_number_is_said_and_stands_in_no_address(app, world):
    browser = Browser(app, "agent")
    answer = browser.post("/customers/search", {"phone": "1380000123"})
    assert "1380000123" not in answer.location
    html = browser.get(answer.location).get_data(as_text=True)
    assert "ff on has-error" in html


# Every place that compares with an index column, and what it is there for.
READERS = {
    "customers/listing/filters.py:PhoneFilter.apply": "applies what PhoneFilter.charge has counted",
    "customers/duplicates/services.py:_holders": "check_number's callers count (typed_number): see COMPARISONS; the hint "
    "of a new customer's form by spend_lookup: tests/customers/creation/test_duplicate_hint.py",
    "customers/duplicates/services.py:claim_number": "writes",
    "customers/duplicates/dedupe_mode.py:_numbers_held_twice": "stored numbers among themselves",
    "customers/duplicates/dedupe_mode.py:_obstacles": "stored numbers among themselves",
    "customers/shared/rows.py:CustomerRow.phone": "a row of a list carries its own number",
    "customers/numbers/lookups.py:record_lookup": "writes the ledger",
    "customers/numbers/lookups.py:record_import_lookups": "writes the ledger: each number once a day",
    "customers/imports/fates.py": "customers that the importer can open anyway; refused numbers of others are "
    "counted by record_import_lookups: tests/customers/imports/test_numbers.py",
    "customers/numbers/lookups.py:_tries_digits": "the ledger itself",
    "customers/numbers/lookups.py:_costs": "the ledger itself, and customers that the person has created",
    "customers/numbers/services.py:_check_present": "counts by record_lookup",
    "pool/pushes/services.py:_compare": "_refuse_number counts (typed_number)",
    "channel/brokers/queries.py:find_account_of_phone": "signing in, which answers the same for every number",
    "channel/visitors/services.py:_check_may_register": "a number that a code has proved",
    "org/sessions/number_tickets.py": "a number that a code has proved",
}


def _reading(node: ast.AST) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    keyword = node.arg if isinstance(node, ast.keyword) else ""
    return "phone_index" in (name, keyword)


def _readers(path: Path) -> set[str]:
    """Functions of a module that name an index column."""
    found: set[str] = set()

    def walk(node: ast.AST, where: str) -> None:
        for child in ast.iter_child_nodes(node):
            scope = isinstance(child, ast.FunctionDef | ast.ClassDef)
            inner = ".".join(filter(None, [where, child.name])) if scope else where
            if _reading(child):
                found.add(inner)
            walk(child, inner)

    walk(ast.parse(path.read_text(encoding="utf-8")), "")
    return found


def test_acc_17_every_reader_of_an_index_column_is_known():
    """A new one must be counted, or say here why it need not be."""
    known = {"kernel/fields/phones.py", "org/sessions/sms_codes.py"}  # makes indexes; codes by SMS
    found = set()
    for path in sorted(APP.rglob("*.py")):
        module = path.relative_to(APP).as_posix()
        if module in known or path.name == "models.py" or "models" in path.parts:
            continue
        found |= {f"{module}:{name}" if name else module for name in _readers(path)}
    found.discard("customers/numbers/models.py:NumberLookup")  # the ledger's own column
    assert {one for one in found if not _is_known(one)} == set()


def _is_known(reader: str) -> bool:
    return reader in READERS or reader.split(":", maxsplit=1)[0] in READERS


# The comparisons by their names, and who may call them: each call stands in a ``with typed_number(…)``.
COMPARISONS = {"check_number", "_compare"}


def _calls(path: Path) -> list[bool]:
    """Whether each call of a comparison in the module is counted."""
    found: list[bool] = []

    def walk(node: ast.AST, counted: bool) -> None:
        if isinstance(node, ast.With):
            names = [ast.unparse(one.context_expr) for one in node.items]
            counted = counted or any(name.startswith("typed_number(") for name in names)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in COMPARISONS:
            found.append(counted)
        for child in ast.iter_child_nodes(node):
            walk(child, counted)

    walk(ast.parse(path.read_text(encoding="utf-8")), False)
    return found


def test_acc_17_every_call_of_a_comparison_is_counted():
    calls = {path.relative_to(APP).as_posix(): _calls(path) for path in sorted(APP.rglob("*.py"))}
    assert {module: found for module, found in calls.items() if not all(found)} == {}
    assert {module for module, found in calls.items() if found} == {
        "customers/creation/services.py",
        "customers/numbers/services.py",
        "customers/transfers/services.py",
        "pool/pushes/services.py",
    }


def _to_who_has_it(world, way: str):
    """A call that gives a customer of ``agent``'s to ``agent3``, who has the number."""
    agent, receiver, number = world.actor("agent"), world.actor("agent3"), next_phone()
    made = make_customer(agent, phone=number)
    make_customer(receiver, phone=number)
    if way == "push":
        return made, partial(push_customer, made.id, receiver_id=receiver.id, actor=agent)
    if way == "transfer":
        return made, partial(transfer_customer, made.id, owner_id=receiver.id, reason="x", actor=agent)
    waiting = make_push(made, sender=agent, receiver=receiver)
    return made, partial(accept_push, waiting.id, actor=receiver)


WAYS = {"push": "pool.receiver_has", "transfer": "customer.duplicate", "accept": "pool.receiver_has"}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.both
def test_acc_17_the_answer_that_a_colleague_has_the_number_is_a_look_up(world, way):
    made, call = _to_who_has_it(world, way)
    with pytest.raises(Denied) as refused:
        call()
    assert refused.value.decision.code == WAYS[way]
    assert _rows() == [("transfer" if way == "transfer" else "push", True)]
    row = db.session.scalars(select(NumberLookup)).one()
    asker = world.actor("agent3" if way == "accept" else "agent")
    assert (row.account_id, row.phone_masked) == (asker.id, made.phone.masked)


@pytest.mark.parametrize("way", ["push", "transfer"])
def test_acc_17_past_the_budget_nobody_is_told(world, way):
    _quota("Agent", hour=1)
    _, first = _to_who_has_it(world, way)
    _, second = _to_who_has_it(world, way)
    with pytest.raises(Denied):
        first()
    with denied("customer.lookup_quota", 429):
        second()
    assert len(_rows()) == 1


def test_acc_17_a_push_and_a_transfer_that_succeed_cost_nothing(world):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    pushed = push_customer(make_customer(agent).id, receiver_id=receiver.id, actor=agent)
    accept_push(pushed.id, actor=receiver)
    transfer_customer(make_customer(agent).id, owner_id=receiver.id, reason="x", actor=agent)
    assert _rows() == []
