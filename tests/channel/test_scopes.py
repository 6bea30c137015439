"""ACC-7, ACC-8: who sees which referrals, scans, tours, fees and collisions; lists cost a fixed number of statements."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from werkzeug.datastructures import MultiDict

from app.channel.brokers.queries import visible_brokers
from app.channel.collisions.filters import COLLISIONS
from app.channel.collisions.queries import SIDES, visible_collisions
from app.channel.fees.filters import FEES
from app.channel.fees.queries import visible_fees
from app.channel.fees.services import create_fee
from app.channel.projects.queries import visible_projects
from app.channel.referrals.filters import REFERRALS
from app.channel.referrals.models import Referral
from app.channel.referrals.queries import (
    REFERRAL_PEOPLE,
    count_tabs,
    get_referral,
    referrals_in,
    visible_referrals,
)
from app.channel.scans.filters import SCANS
from app.channel.scans.queries import visible_scans
from app.channel.tours import services as tours
from app.channel.tours.filters import TOURS
from app.channel.tours.queries import visible_tours
from app.channel.visitors.queries import visible_visitors
from app.kernel.access.guard import UnscopedAccessError
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.badges import count_badges
from tests.support.channel.scene import again, picture
from tests.support.people.accounts import username_of

pytestmark = pytest.mark.both

OUTSIDERS = ("agent", "finance", "visitor", "sales", "manager")


@pytest.fixture
def busy(channel):
    """A bound customer with scan, tour, fee and collision, and others around it."""
    from decimal import Decimal

    bound = channel.bound("broker1")
    collided = channel.report("broker2")
    entered = channel.enter("broker3", "小红")
    for_other = channel.enter("site1", "小绿", for_broker_id=channel.brokers["broker3"].id)
    tours.record_tour(token=bound.qr_token, intention="A", actor=channel.actor("consultant"))
    create_fee(
        referral_id=bound.id, amount=Decimal(300), screenshot=picture(), actor=channel.actor("secretary")
    )
    return {"bound": bound.id, "collided": collided.id, "entered": entered.id, "for_other": for_other.id}


def _ids(statement):
    return set(db.session.scalars(statement.with_only_columns(statement.selected_columns.id)))


def test_acc_8_everybody_sees_their_own_referrals(channel, busy):
    expected = {
        "broker1": {"bound"},
        "broker2": {"collided"},
        "broker3": {"entered", "for_other"},
        "site1": {"for_other"},
        "onsite": {"bound"},
        "consultant": {"bound"},
        **{who: set(busy) for who in ("director", "secretary", "admin", "auditor")},
        **{who: set() for who in OUTSIDERS},
    }
    for who, names in expected.items():
        actor = channel.actor(who)
        wanted = {busy[name] for name in names}
        assert _ids(visible_referrals(actor)) == wanted, who
        for pk in busy.values():
            if pk in wanted:
                assert get_referral(pk, actor=actor).id == pk
            else:
                with pytest.raises(NotFound):
                    get_referral(pk, actor=actor)
        assert count_tabs(actor)["all"] == len(wanted)


def test_acc_7_other_lists_show_the_office_and_own_records(channel, busy):
    office, nobody = {"director", "secretary", "admin", "auditor"}, set()
    for visible, who_else in (
        (visible_scans, {"onsite", "consultant"}),
        (visible_tours, {"consultant"}),
        (visible_fees, nobody),
    ):
        for who in (*office, "onsite", "consultant", "broker1", "site1", *OUTSIDERS):
            found = _ids(visible(channel.actor(who)))
            assert bool(found) is (who in office | who_else), (visible.__name__, who)
    for who in ("director", "admin", "auditor", "secretary", "onsite", "broker1"):
        assert bool(_ids(visible_collisions(channel.actor(who)))) is (who in {"director", "admin", "auditor"})


def test_acc_7_another_companys_office_sees_nothing(channel, busy, world):
    from dataclasses import replace

    director = replace(channel.actor("director"), company_id=world.companies[1])
    for visible in (visible_referrals, visible_scans, visible_tours, visible_fees, visible_collisions):
        assert _ids(visible(director)) == set()
    assert _ids(visible_projects(director)) == set()
    assert count_badges(director)["collisions"] == 0


def test_ch_9_a_company_on_site_lists_the_brokers_of_their_company(channel):
    names = lambda who: {row.name for row in db.session.scalars(visible_brokers(channel.actor(who)))}  # noqa: E731
    assert names("site1") == {"赵一", "孙三", "李四"}
    assert names("broker1") == {"赵一"}
    assert names("director") == {"赵一", "钱二", "孙三", "李四"}
    channel.register("site2", "13900000005", "周五", 1, "company_onsite")
    assert names("site2") == {"周五"}


def test_ch_3_a_company_on_site_who_waits_sees_nothing(channel, busy):
    from app.channel.brokers.services import edit_broker

    assert count_tabs(channel.actor("site1"))["all"] == 1
    edit_broker(channel.brokers["site1"].id, company_id=channel.companies[1].id, actor=channel.actor("site1"))
    assert again(channel.brokers["site1"]).review_state == "pending"
    assert _ids(visible_referrals(channel.actor("site1"))) == set()
    channel.approve("site1")
    assert _ids(visible_referrals(channel.actor("site1"))) == set(), (
        "the former company's customers stay there"
    )


def test_ch_19_ch_4_badges_count_the_pending_decisions_of_each_role(channel, busy):
    channel.register("site2", "13900000005", "周五", 1, "company_onsite")
    for who, collisions, reviews in (
        ("director", 1, 1),
        ("admin", 1, 1),
        ("secretary", 0, 0),
        ("broker1", 0, 0),
    ):
        found = count_badges(channel.actor(who))
        assert (found["collisions"], found["broker_reviews"]) == (collisions, reviews), who


def test_the_guard_knows_the_channels_tables(channel, busy):
    from sqlalchemy import select

    with pytest.raises(UnscopedAccessError):
        db.session.scalars(select(Referral)).all()


def _search(spec, statement, actor, *options, **arguments):
    asked = read_list_request(spec, MultiDict(arguments)).enforce()
    return fetch_page(apply_filters(statement, spec, asked, actor), spec, asked, *options)


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"name": "王 小明"}, "bound collided"),
        ({"name": "王"}, "bound collided entered for_other"),
        ({"fragment": "1234"}, "bound collided entered for_other"),
        ({"fragment": "138****1234"}, "bound collided entered for_other"),
        ({"fragment": "1391234"}, ""),
        ({"broker": "赵"}, "bound"),
        ({"broker_phone": "13900000002"}, "collided"),
        ({"company": "锦程"}, "collided"),
        ({"consultant": "夏语冰"}, "bound"),
        ({"state": "reported"}, "collided"),
        ({"state": "bound"}, "bound"),
        ({"reached": "reported"}, "bound collided"),
        ({"reached": "closed"}, ""),
    ],
)
def test_ch_22_the_offices_search(channel, busy, arguments, found):
    director = channel.actor("director")
    page = _search(REFERRALS, visible_referrals(director), director, *REFERRAL_PEOPLE, **arguments)
    assert {row.id for row in page.items} == {busy[name] for name in found.split()}


def test_ch_22_by_code(channel, busy):
    director = channel.actor("director")
    code = get_referral(busy["entered"], actor=director).code
    for spec, statement, found in (
        (REFERRALS, visible_referrals(director), 1),
        (SCANS, visible_scans(director), 0),
        (FEES, visible_fees(director), 0),
    ):
        assert len(_search(spec, statement, director, code=code.lower()).items) == found


def test_ch_16_ch_21_ch_25_searches_of_the_other_lists(channel, busy):
    director = channel.actor("director")
    for spec, statement, arguments in (
        (
            SCANS,
            visible_scans(director),
            {"fragment": "1234", "broker": "赵", "consultant": "夏", "name": "王小"},
        ),
        (TOURS, visible_tours(director), {"broker": "赵", "intention": "A", "name": "王"}),
        (
            FEES,
            visible_fees(director),
            {"broker": "赵", "company": "川流", "name": "王", "fragment": "1381234"},
        ),
        (COLLISIONS, visible_collisions(director), {"open": "yes"}),
    ):
        assert len(_search(spec, statement, director, **arguments).items) == 1
        for name in set(arguments) - {"intention", "open"}:
            wrong = {"fragment": "9999"}.get(name, "无人")
            assert _search(spec, statement, director, **{name: wrong}).items == []


def test_ch_19_open_collisions_come_first_and_the_newest_within(channel):
    from app.channel.collisions.models import Collision
    from app.channel.collisions.services import handle_collision
    from tests.support.channel.scene import at, every

    director = channel.actor("director")
    channel.bound("broker1")
    for hours, key in enumerate(("broker2", "broker3", "site1"), start=1):
        with at(hours=hours):
            channel.report(key)
    first, second, third = every(Collision)
    with at(hours=9):
        handle_collision(third.id, outcome="keep", note="…", actor=director)
    page = _search(COLLISIONS, visible_collisions(director), director, *SIDES)
    assert [row.id for row in page.items] == [second.id, first.id, third.id]


def _touch(row):
    """Read what a list shows of its people."""
    for name in ("broker", "broker_company", "consultant", "staff", "project", "assigned_consultant"):
        str(getattr(row, name, ""))


def test_ch_28_visitors_see_themselves(channel):
    from app.channel.visitors.services import register_visitor
    from app.kernel.access.actor import SYSTEM
    from app.org.sessions.actors import actor_by_username

    one, _two = (
        register_visitor(phone=f"1370000000{n}", name="客", consent_version="2026-11", actor=SYSTEM)
        for n in (1, 2)
    )
    assert _ids(visible_visitors(actor_by_username(username_of(one.id)))) == {one.id}
    assert len(_ids(visible_visitors(channel.actor("director")))) == 2
    assert _ids(visible_visitors(channel.actor("secretary"))) == set()


def test_ch_10_tabs_of_a_company_and_a_broker_use_their_indexes(channel, database):
    """PostgreSQL's plans, with expensive sequential scans: no tab sorts what an index has in order."""
    if database.backend != "postgres":
        return
    from sqlalchemy.dialects import postgresql

    broker = channel.actor("broker1")
    db.session.execute(text("SET LOCAL enable_seqscan = off"))
    for tab, index in (("reported", "ix_referral_broker_state"), ("all", "ix_referral_broker")):
        statement = referrals_in(broker, tab).with_only_columns(Referral.id)
        table = Referral.__table__.c
        statement = statement.order_by(table.created_at.desc(), table.id.desc()).limit(21)
        sql = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        plan = "\n".join(db.session.scalars(text(f"EXPLAIN {sql}")))
        assert index in plan, plan
        assert "Sort" not in plan, plan
