"""PLAT-17: the global search finds what one may see, by name, pinyin, code and last four digits."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.customers.contacts.services import add_contact
from app.customers.listing.finding import CUSTOMER_WORDS
from app.customers.profile.services import update_customer
from app.kernel.database.session import db
from app.kernel.lists.finding import declared_kinds, kinds_for
from app.kernel.lists.words import fill_words, words_of
from app.search.queries import find_records, is_too_short, is_whole_number, recall
from tests.search.people import QUERIES, SURNAMES
from tests.support.channel.scene import Channel
from tests.support.databases.statements import count_statements
from tests.support.make import make_customer

pytestmark = pytest.mark.both


def _found(actor, typed, kind="customer"):
    return [one.id for one in find_records(actor, typed).get(kind, [])]


def test_plat_17_words_are_beginnings_in_every_spelling():
    words = words_of(["单小明"], ["CUS20260101-0001", None, "1234"])
    begins = {word for word, place in words.items() if place == 0}
    assert {"单小明", "danxiaoming", "shanxiaoming", "chanxiaoming", "dxm", "sxm", "shanxm", "1234"} <= begins
    assert "cus202601010001" in begins
    assert {word for word, place in words.items() if place == 1} == {
        "小明", "xiaoming", "xm", "明", "ming",
    }  # fmt: skip
    assert words_of(["", None]) == {}


@pytest.mark.parametrize(
    ("typed", "finds"),
    [("单小明", True), ("小明", True), ("单", True), ("shanxiaoming", True), ("dan xiao", True), ("sxm", True),
     ("DXM", True), ("xiaoming", True), ("xm", True), ("shanxm", True), ("华信", True), ("hx", True),
     ("８８７７", True), ("王", False), ("mx", False), ("%", False), ("7788", False)],
)  # fmt: skip
def test_plat_17_a_customer_is_found(world, typed, finds):
    actor = world.actor("agent")
    customer = make_customer(actor, name="单小明", short_name="华信", phone="13900018877")
    assert (customer.id in _found(actor, typed)) is finds


def test_plat_17_by_code_and_its_beginning(world):
    actor = world.actor("agent")
    customer = make_customer(actor, name="单小明")
    assert _found(actor, customer.code) == _found(actor, customer.code.lower()) == [customer.id]
    assert customer.id in _found(actor, customer.code[:6])


def test_plat_17_two_hundred_queries_find_the_right_record_first(world):
    actor = world.actor("agent")
    pks = {
        name: make_customer(actor, name=name).id for name in dict.fromkeys(name for name, _typed in QUERIES)
    }
    assert len(QUERIES) >= 200
    assert len(SURNAMES) == 30
    missed = [(name, typed) for name, typed in QUERIES if _found(actor, typed)[:1] != [pks[name]]]
    assert len(missed) <= len(QUERIES) * 0.05, missed
    readings = {(name, typed) for name, *ways in SURNAMES for typed in ways}
    assert not readings & set(missed)


def test_plat_17_exact_before_beginning_before_part_and_own_before_others(world):
    agent, manager = world.actor("agent"), world.actor("manager")
    part = make_customer(agent, name="李文静").id
    longer = make_customer(agent, name="文静如").id
    others = make_customer(world.actor("agent2"), name="文静").id
    assert [pk for pk in _found(manager, "文静") if pk in {part, longer, others}] == [others, longer, part]
    mine = make_customer(manager, name="文静").id
    assert _found(manager, "文静")[:2] == [mine, others]


def test_plat_17_own_records_are_found_before_many_of_others(world):
    actor = world.actor("manager")
    mine = make_customer(actor, name="王一鸣").id
    for _number in range(45):
        make_customer(world.actor("agent"), name="王一鸣")
    assert _found(actor, "wym")[0] == mine


def test_plat_17_everybody_finds_what_they_may_open(world):
    customer = make_customer(world.actor("agent"), name="濮存昕", phone="13900018877")
    for typed in ("濮存昕", "pucunxin", "pcx", "8877", customer.code):
        assert _found(world.actor("other_agent"), typed) == []
        assert _found(world.actor("agent2"), typed) == []
        for who in ("agent", "manager", "auditor", "admin"):
            assert _found(world.actor(who), typed) == [customer.id], (who, typed)


def test_plat_17_a_kind_needs_its_permission(world):
    name = world.actor("agent").name
    assert "staff" not in find_records(world.actor("agent"), name)
    assert _found(world.actor("admin"), name, "staff") == [world.actor("agent").id]
    assert _found(world.actor("admin"), "chenxiaowen", "staff") == [world.actor("agent").id]


def test_plat_17_channel_sales_are_found(world):
    channel = Channel(world)
    referral = channel.report("broker1")
    broker = channel.brokers["broker1"]
    actor = world.actor("admin")
    assert referral.id in _found(actor, referral.code, "referral")
    assert referral.id in _found(actor, referral.phone1_tail, "referral")
    assert _found(actor, broker.number, "broker") == [broker.id]
    assert _found(actor, broker.phone[-4:], "broker") == [broker.id]
    assert _found(actor, broker.broker_company.name, "broker_company") == [broker.broker_company_id]
    assert _found(actor, referral.project.name, "project") == [referral.project_id]
    assert not any(find_records(world.actor("other_agent"), referral.code).values())


def test_plat_17_one_statement_a_kind(app, world):
    for number in range(12):
        make_customer(world.actor("agent"), name=f"王小{'一二三四五六七八九十百千'[number]}")
    for who in ("admin", "auditor", "manager", "agent"):
        actor = world.actor(who)
        find_records(actor, "王小")
        with count_statements(app) as seen:
            find_records(actor, "wangx")
        assert len(seen) == len(kinds_for(actor)), who
        wanted = [("customer", pk) for pk in _found(actor, "王小")]
        with count_statements(app) as seen:
            recall(actor, wanted)
        assert len(seen) == 1, who


@pytest.mark.parametrize(
    "typed", ["13900018877", "139 0001 8877", "+8613900018877", "028-86123456", "1390001"]
)
def test_plat_17_acc_17_a_whole_number_is_never_compared(app, world, typed):
    make_customer(world.actor("agent"), name="濮存昕", phone="13900018877")
    assert is_whole_number(typed)
    with count_statements(app) as seen:
        assert find_records(world.actor("agent"), typed) == {}
    assert seen == []


def test_plat_17_no_word_holds_more_of_a_number_than_its_end(world):
    made = make_customer(world.actor("agent"), name="濮存昕", phone="13900018877")
    add_contact(made.id, name="王芳", mobile="13900018878", actor=world.actor("agent"))
    Channel(world).report("broker1")
    for kind in declared_kinds():
        words = db.session.scalars(select(kind.words.table.c.word)).all()
        assert words
        assert not [word for word in words if is_whole_number(word)]


@pytest.mark.parametrize(
    ("typed", "short"), [("", True), ("·", True), ("w", True), ("7", True), ("王", False), ("wl", False)]
)
def test_plat_17_one_letter_is_too_short(typed, short):
    assert is_too_short(typed) is short


def test_plat_17_words_follow_the_record(world):
    actor = world.actor("agent")
    customer = make_customer(actor, name="濮存昕")
    customer = update_customer(customer.id, version=customer.version, values={"name": "滕格尔"}, actor=actor)
    assert _found(actor, "tge") == [customer.id]
    assert _found(actor, "pcx") == []
    table = CUSTOMER_WORDS.table
    db.session.execute(table.delete().where(table.c.record_id == customer.id))
    assert _found(actor, "tge") == []
    assert [fill_words(CUSTOMER_WORDS), fill_words(CUSTOMER_WORDS)] == [1, 0]
    assert _found(actor, "tge") == [customer.id]


def test_plat_17_recent_records_are_read_again_in_scope(world):
    agent = world.actor("agent")
    first, second = (make_customer(agent, name=name).id for name in ("濮存昕", "滕格尔"))
    wanted = [("customer", second), ("customer", first), ("customer", 987654), ("nothing", 1)]
    assert [one.id for one in recall(agent, wanted)] == [second, first]
    assert recall(world.actor("other_agent"), wanted) == []
