"""PLAT-18: every search finds what is shown. The tests cover all declared filters and pickers, so that a new
one is tested without a test of its own.
"""

from __future__ import annotations

import gc
from urllib.parse import quote

import pytest
from sqlalchemy import Column, inspect, select
from sqlalchemy.sql import visitors
from werkzeug.datastructures import MultiDict

from app.channel.brokers.models import Broker
from app.channel.collisions.filters import COLLISIONS
from app.channel.collisions.models import Collision
from app.channel.companies import services as companies
from app.channel.companies.models import BrokerCompany
from app.channel.fees.filters import FEES
from app.channel.fees.models import ViewingFee
from app.channel.fees.services import create_fee
from app.channel.projects import services as projects
from app.channel.projects.models import Plot, Project
from app.channel.ranking.queries import RankingFilter, ranking
from app.channel.referrals.filters import REFERRALS
from app.channel.referrals.models import Referral
from app.channel.scans.filters import SCANS
from app.channel.scans.models import OnsiteScan
from app.channel.tours.filters import TOURS
from app.channel.tours.models import Tour
from app.channel.tours.services import record_tour
from app.kernel.access.guard import unscoped
from app.kernel.database.session import Model, db
from app.kernel.lists.filters import ContainsFilter, EqualsFilter
from app.kernel.lists.requests import ListSpec, apply_filters, read_list_request
from app.org.roles.models import RoleScope
from app.org.shared.models import Company, Department, District, Staff
from tests.support.channel.scene import picture
from tests.support.make import make_customer
from tests.support.web.person import Browser

SHOWN = "安·（甲）Lee店"
TYPED = [
    "安·（甲）Lee店",
    "安•(甲)LEE店",
    "安（甲）ｌｅｅ",
    "安·（甲",
    "( 甲 )lee店",
    "甲)　L e e",
    "LEE店",
    "安",
]
SHORT = "A·（b）C"
TYPED_SHORT = ["A·（b）C", "a•(B)c", "Ａ（ｂ）", "a ( b ) c", "b)C", "(b"]


def _specs() -> list[ListSpec]:
    """Return every list that any module has declared."""
    gc.unfreeze()  # what a run leaves to the end is looked at too
    return [one for one in gc.get_objects() if type(one) is ListSpec]


# Only tables with rows in this world; a list declared by a test may have a table without rows.
SURE = {
    "broker.name", "staff.name", "broker_company.name", "district.name", "operation_log.sentence",
    "operation_log.actor_name",
}  # fmt: skip
# Codes and keys, which are not shown text: only these are compared as they stand.
EXACT = {"operation_log.request_id", "operation_log.operation"}


def _parts(one: ContainsFilter) -> list[Column]:
    """Return the column that the filter reads, or those of which it makes its text."""
    return [c for c in visitors.iterate(inspect(one.column).expression) if isinstance(c, Column)]


def _contains_filters() -> dict[str, ContainsFilter]:
    found = {}
    for spec in _specs():
        for one in spec.filters:
            if isinstance(one, ContainsFilter):
                found[" || ".join(map(str, _parts(one)))] = one
    return found


def test_plat_18_no_other_filter_compares_a_text_as_it_stands():
    exact = {
        f"{one.column.table}.{one.column.key}"
        for spec in _specs()
        for one in spec.filters
        if type(one) is EqualsFilter
    }
    assert exact == EXACT


def _entity(column):
    tables = {inspect(mapper.class_).local_table.name: mapper.class_ for mapper in Model.registry.mappers}
    return tables[column.table.name]


def test_plat_18_every_contains_filter_finds_what_is_shown(app, channel):
    channel.bound("broker1")
    projects.create_plot(channel.project.id, number="A-1", actor=channel.admin)
    filters = _contains_filters()
    assert {*filters} >= SURE
    actor = channel.admin
    for name, one in sorted(filters.items()):
        first, *others = _parts(one)
        entity = _entity(first)
        shown, typed_ones = (SHOWN, TYPED) if "name" in name or "sentence" in name else (SHORT, TYPED_SHORT)
        with unscoped("test: any row"):
            row = db.session.scalars(select(entity).limit(1)).one_or_none()
            if row is None:
                assert name not in SURE
                continue
            setattr(row, first.key, shown)
            for other in others:
                setattr(row, other.key, "")
            db.session.flush()
            key = inspect(entity).primary_key[0]
            pk = inspect(row).identity[0]
            for typed in typed_ones:
                value = one.read(MultiDict({one.name: typed}))
                found = db.session.scalars(one.apply(select(key), value, actor)).all()
                assert pk in found, (name, typed)
            value = one.read(MultiDict({one.name: "安甲乙丙"}))
            assert pk not in db.session.scalars(one.apply(select(key), value, actor)).all(), name
            db.session.rollback()


def _name_one_of_each(channel) -> None:
    """Give one record of every kind that can be chosen this name."""
    projects.create_plot(channel.project.id, number="A-1", actor=channel.admin)
    with unscoped("test: names of all kinds"):
        for entity in (Staff, Broker, BrokerCompany, Project, Company, Department, District):
            for row in db.session.scalars(select(entity)):
                row.name = f"{SHOWN}{inspect(row).identity[0]}"
        for plot in db.session.scalars(select(Plot)):
            plot.number = SHOWN
        for role in db.session.scalars(select(RoleScope)):
            role.role.name = f"{SHOWN}{role.role_id}" if not role.built_in else role.role.name
    make_customer(channel.world.actor("agent"), name=SHOWN)
    db.session.commit()


def _pickers(app) -> list[str]:
    found = {
        rule.rule for rule in app.url_map.iter_rules() if "options" in rule.rule and "GET" in rule.methods
    }
    return sorted(one for one in found if "<" not in one)


def test_plat_18_every_picker_finds_what_it_shows(app, channel):
    _name_one_of_each(channel)
    browser = Browser(app, "admin")
    tried = []
    for path in _pickers(app):
        offered = browser.get(path).get_json()["results"]
        if not offered:
            continue
        target = offered[0]
        shown = target["text"].split(" · ")[0]
        typed_ones = TYPED if shown.startswith(SHOWN) else [shown, shown.swapcase(), " ".join(shown)]
        for typed in typed_ones:
            found = browser.get(f"{path}?q={quote(typed)}").get_json()["results"]
            assert target["id"] in {one["id"] for one in found}, (path, typed)
        assert browser.get(f"{path}?q={quote('没有这样的')}").get_json()["results"] == [], path
        tried.append(path.strip("/"))
    wanted = {"staff", "departments", "members", "companies", "roles", "districts"}
    assert {f"options/{name}" for name in wanted} <= {*tried}
    wanted = {"brokers", "companies", "projects", "consultants", "plots"}
    assert {f"channel-options/{name}" for name in wanted} | {"customers/options"} <= {*tried}


NAMES = ["赵·（一）Lee", "赵•(一)LEE", "赵（一", "赵 ( 一 )", "赵（一）ｌ"]
PHONES = ["13900000001", "139 0000 0001", "139-0000", "+86 139 0000 0001", "１３９００００"]
VARIANTS = {
    "broker": NAMES, "broker_phone": PHONES, "company": ["川流（成都）", "川流(成都)", "川 流", "（成都"],
    "fragment": ["1381234", "138 1234", "138****1234", "１２３４"],
    "name": ["王小·Ming", "王小•MING", "王 小", "王小ｍ"],
}  # fmt: skip


@pytest.fixture
def busy(channel):
    """A customer with a scan, a tour, a fee and a collision; the broker and the company have such names."""
    with unscoped("test: names"):
        broker = db.session.get(Broker, channel.brokers["broker1"].id)
        broker.name = NAMES[0]
    companies.edit_company(channel.companies[0].id, name="川流（成都）", actor=channel.admin)
    db.session.commit()
    referral = channel.bound("broker1", "小·Ming")
    record_tour(token=referral.qr_token, intention="A", actor=channel.actor("consultant"))
    create_fee(referral_id=referral.id, amount=100, screenshot=picture(), actor=channel.actor("secretary"))
    channel.report("broker2", "小•MING")
    return channel


@pytest.mark.parametrize(
    ("spec", "entity"),
    [(REFERRALS, Referral), (SCANS, OnsiteScan), (TOURS, Tour), (FEES, ViewingFee), (COLLISIONS, Collision)],
    ids=["referrals", "scans", "tours", "fees", "collisions"],
)
def test_plat_18_lists_of_channel_sales_find_brokers_companies_and_customers(busy, spec, entity):
    tried = 0
    for name, typed_ones in VARIANTS.items():
        if spec.filter(name) is None:
            continue
        for typed in typed_ones:
            asked = read_list_request(spec, MultiDict({name: typed})).enforce()
            with unscoped("test: the filter alone"):
                statement = apply_filters(select(entity), spec, asked, busy.admin)
                found = db.session.scalars(statement).all()
            assert found, (name, typed)
            tried += 1
    assert tried >= len(NAMES)


@pytest.mark.parametrize("field", ["broker", "company", "broker_phone"])
def test_plat_18_the_ranking_finds_them_too(busy, field):
    for typed in VARIANTS[field]:
        assert len(ranking(busy.admin, RankingFilter(**{field: typed}))) >= 1, typed
    assert not ranking(busy.admin, RankingFilter(**{field: "没有"}))


def test_plat_18_a_number_of_a_broker_may_have_blanks(busy):
    number = busy.brokers["broker1"].number
    asked = read_list_request(
        REFERRALS, MultiDict({"broker": f" {number[:3]} {number[3:].lower()} "})
    ).enforce()
    with unscoped("test: the filter alone"):
        assert db.session.scalars(apply_filters(select(Referral), REFERRALS, asked, busy.admin)).all()


def test_plat_18_people_sort_by_pinyin_in_pickers_and_lists(app, channel):
    with unscoped("test: names"):
        rows = db.session.scalars(select(Broker).order_by(Broker.id)).all()
        for row, name in zip(rows, ["张三", "单小明", "阿强", "曾国藩"], strict=True):
            row.name = name
    db.session.commit()
    browser = Browser(app, "admin")
    texts = [one["text"][:2] for one in browser.get("/channel-options/brokers").get_json()["results"]]
    assert texts == ["阿强", "单小", "曾国", "张三"]


def test_plat_18_a_customer_whose_name_begins_like_a_code_is_found(app, world):
    agent = world.actor("agent")
    named, other = make_customer(agent, name="CUSTOM 家居"), make_customer(agent, name="别人")
    browser = Browser(app, "agent")

    def found(typed):
        return [
            one["id"] for one in browser.get(f"/customers/options?q={quote(typed)}").get_json()["results"]
        ]

    assert found("custom") == [named.id]
    assert found("CUS")[0] == named.id
    assert found(other.code.lower()) == [other.id]
    assert found(f"{other.code[:3]} {other.code[3:]}") == [other.id]
