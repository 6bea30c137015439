"""OFF-1, POOL-17, POOL-18: the page of a customer: its card, its joined timeline, its place in a list."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from app.customers.follow_ups.services import follow_up
from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.customers.shared.queries import get_customer
from app.kernel import clock
from app.kernel.database.session import db
from app.pool.pushes.services import push_customer
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.make import make_customer, make_platform_customer, privatize
from tests.support.traces import stored
from tests.support.web.pages import Page
from tests.support.web.person import Browser

pytestmark = pytest.mark.both
KINDS = ["号码查看", "其他操作", "推送", "上下架记录", "上下架记录", "跟进记录", "其他操作"]
ONLY = "?only=source"


def lines(page) -> list[str]:
    """Return the kinds of the lines, from the top."""
    return [node.text for node in page.all(class_="tl-kind")]


def card(page) -> dict[str, str]:
    return {
        item.one("dt").text: item.one("dd").text
        for item in page.one("section", class_="record-card").all(class_="dl-i")
    }


def address_in(page, name: str) -> str:
    """Return where a link of the page leads: ``next`` and ``prev`` of the list, ``older`` lines."""
    found = [
        one["href"]
        for one in page.all("a")
        if one["rel"] == name or (name == "older" and one.text == "更早的动态")
    ]
    return found[0] if found else ""


@pytest.fixture
def eventful(world) -> int:
    """A personal customer of ``agent``'s with lines of every kind, each a minute after the one before."""
    agent = world.actor("agent")
    start = clock.now() - timedelta(hours=2)
    with clock.frozen(start):
        pk = make_customer(agent, name="林小满").id
    steps = [
        lambda: follow_up(pk, content="想看南向三房", method="phone", actor=agent),
        lambda: unshelve_customer(pk, reason="other", remark="先等等", actor=agent),
        lambda: shelve_customer(pk, remark="又想买了", actor=agent),
        lambda: push_customer(pk, receiver_id=world.actor("agent3").id, remark="在您那边看房", actor=agent),
        lambda: update_customer(
            pk, version=get_customer(pk, actor=agent).version, values={"remark": "急"}, actor=agent
        ),
        lambda: reveal_phone(pk, purpose="约看房", actor=agent),
    ]
    for minutes, step in enumerate(steps, start=1):
        with clock.frozen(start + timedelta(minutes=minutes)):
            step()
    db.session.commit()
    return pk


def test_off_1_the_timeline_joins_all_kinds_each_thing_once_and_the_newest_first(app, eventful):
    page = Browser(app, "agent").page(f"/customers/{eventful}")
    assert lines(page) == KINDS
    shown = [node.text for node in page.one("ol", class_="timeline").all("li")]
    assert "备注：— → 急" in shown[1]
    assert "又想买了" in shown[3]
    assert "想看南向三房" in shown[5]
    assert "在您那边看房" in shown[2]
    assert [one.text for one in page.all("a", class_="chip")] == [
        "全部", "跟进记录", "推送", "上下架记录", "其他操作", "号码查看",
    ]  # fmt: skip


def test_off_1_the_timeline_is_narrowed_to_a_kind(app, eventful):
    browser = Browser(app, "agent")
    page = browser.page(f"/customers/{eventful}/tab/timeline?kind=shelf_log")
    assert lines(page) == ["上下架记录"] * 2
    assert [one.text for one in page.all("a", class_="active")] == ["上下架记录"]
    assert lines(browser.page(f"/customers/{eventful}/tab/timeline?kind=nothing")) == KINDS


def test_off_1_older_lines_follow_a_cursor_none_twice_and_none_left_out(app, world):
    agent = world.actor("agent")
    pk = make_customer(agent).id
    moment = clock.now() + timedelta(minutes=1)
    for number in range(30):  # all at the same moment: the cursor tells them apart
        with clock.frozen(moment + timedelta(minutes=number // 25)):
            follow_up(pk, content=f"第{number:02d}次", method="phone", actor=agent)
            reveal_phone(pk, purpose=f"第{number:02d}次", actor=agent)
    db.session.commit()
    browser = Browser(app, "agent")
    page, seen = browser.page(f"/customers/{pk}"), []
    while True:
        found = page.one("ol", class_="timeline").all("li")
        assert 0 < len(found) <= 20
        seen += [(li.one(class_="tl-kind").text, li.text.rpartition("第")[2][:2]) for li in found]
        if not address_in(page, "older"):
            break
        page = browser.page(address_in(page, "older"))
    assert len(seen) == len(set(seen)) == 61
    assert seen[-1][0] == "其他操作"
    assert (
        lines(browser.page(f"/customers/{pk}/tab/timeline?before=rubbish"))
        == ["跟进记录"] * 5 + ["号码查看"] * 5 + ["跟进记录"] * 10
    )


def test_pool_17_who_is_only_offered_a_customer_sees_the_push_and_no_history(app, eventful):
    page = Browser(app, "agent3").page(f"/customers/{eventful}")
    assert lines(page) == ["推送"]
    assert "想看南向三房" not in page.text
    assert [node["href"] for node in page.all("a", role="tab")] == ["#timeline", "#pushes", "#files"]
    for kind in ("follow_ups", "operation_log", "shelf_log"):
        assert lines(Browser(app, "agent3").page(f"/customers/{eventful}/tab/timeline?kind={kind}")) == [
            "推送"
        ]


def test_access_the_timeline_is_for_those_who_open_the_customer(app, eventful):
    path = f"/customers/{eventful}/tab/timeline"
    assert Browser(app).get(path).status_code == 302
    assert Browser(app, "agent2").get(path).status_code == 404
    for username in ("agent", "manager", "auditor"):
        assert lines(Browser(app, username).page(path)) == KINDS


def test_pool_18_what_a_private_holder_writes_is_for_the_holder_and_superiors(app, world):
    agent, colleague = world.actor("agent"), "agent2"
    made = make_platform_customer(agent, state="following")
    follow_up(made.id, content="公开时写的", method="phone", actor=agent)
    privatize(made, agent)
    with clock.frozen(clock.now() + timedelta(minutes=1)):
        follow_up(made.id, content="私有后写的", method="phone", actor=agent)
    db.session.commit()
    path = f"/customers/{made.id}"
    for username, sees in (("agent", True), ("manager", True), (colleague, False)):
        text = Browser(app, username).page(path).text
        assert ("公开时写的" in text, "私有后写的" in text) == (True, sees), username


def test_off_1_an_individual_shows_no_field_of_enterprises_and_folds_the_empty_ones(app, world):
    pk = make_customer(world.actor("agent"), name="林小满").id
    page = Browser(app, "agent").page(f"/customers/{pk}")
    shown = card(page)
    assert {"税号", "行业", "公司规模", "成立日期"} & {*shown} == set()
    folded = page.one("details", class_="dl-fold")
    empty = [item.one("dd").text for item in folded.all(class_="dl-i")]
    assert set(empty) == {"—"}
    assert folded.one("summary").text == f"{len(empty)} 项未填写"
    above = [
        item.one("dd").text
        for sec in page.one(class_="record-card").all(class_="sec")
        for item in sec.all(class_="dl-i")
    ]
    assert "—" not in above
    firm = make_customer(world.actor("agent"), kind="enterprise", phone=None).id
    assert {"税号", "行业", "成立日期"} <= {*card(Browser(app, "agent").page(f"/customers/{firm}"))}


def test_off_1_tabs_have_counts_and_the_empty_ones_are_folded(app, eventful):
    page = Browser(app, "agent").page(f"/customers/{eventful}")
    tabs = {node["href"]: (node.text, "hidden" in node.attrs) for node in page.all("a", role="tab")}
    assert tabs["#follow_ups"] == ("跟进记录 2", False)
    assert tabs["#shelf_log"] == ("上下架记录 2", False)
    assert tabs["#files"] == ("文件 0", True)
    assert page.one("button", class_="tabs-more").text.startswith("更多")


def test_acc_9_a_copied_number_stays_masked(app, eventful):
    page = Browser(app, "agent").page(f"/customers/{eventful}")
    copied = [node["data-copy"] for node in page.all("button") if node["data-copy"]]
    assert stored(eventful)["code"] in copied
    assert [one for one in copied if "****" in one] == ["137****0001"]


def test_off_1_a_field_is_edited_in_its_place_by_the_form_of_the_edit(app, eventful):
    browser, path = Browser(app, "agent"), f"/customers/{eventful}/edit{ONLY}"
    page = browser.page(path)
    assert {*page.values()} == {"csrf_token", "version", "source"}
    assert browser.post(path, {**page.values(), "source": "referral"}).status_code == 303
    saved = stored(eventful)
    assert (saved["source"], saved["name"], saved["remark"]) == ("referral", "林小满", "急")
    edits = browser.page(f"/customers/{eventful}/tab/edits").one("tbody").all("tr")[0]
    assert [cell.text for cell in edits.all("td")][2:] == ["来源", "—", "老客推荐"]
    stale = browser.submit(path, {**page.values(), "source": "phone_call"}, 412)
    assert "phone_call" in stale.one(class_="form-alert").text
    assert stored(eventful)["source"] == "referral"


def test_cust_21_only_fields_that_the_actor_may_edit_are_edited_in_their_place(app, world, eventful):
    read_only = Browser(app, "auditor")
    page = read_only.page(f"/customers/{eventful}")
    assert not [node for node in page.all("button") if node["data-edit-in-place"]]
    assert read_only.get(f"/customers/{eventful}/edit{ONLY}").status_code == 403
    assert Browser(app, "agent").get(f"/customers/{eventful}/edit?only=phone").status_code == 404
    platform = make_platform_customer(world.actor("agent"), state="following").id
    db.session.commit()
    browser = Browser(app, "agent2")
    assert browser.get(f"/customers/{platform}/edit?only=source").status_code == 200
    assert browser.get(f"/customers/{platform}/edit?only=level").status_code == 404


def test_off_1_previous_and_next_follow_the_list_that_one_came_from(app, world):
    agent = world.actor("agent")
    made = [make_customer(agent, name=name).id for name in ("王一", "王二", "李三", "王四")]
    make_customer(world.actor("agent2"), name="王五")
    db.session.commit()
    browser = Browser(app, "agent")
    came = {"Referer": "http://localhost/customers/?name=王&order_by=created_at&page=2&page_size=1"}
    page = browser.client.get(f"/customers/{made[0]}", headers=came)
    order, address = [made[0]], ""

    page = Page(page)
    assert (address_in(page, "prev"), len(page.all(class_="is-off"))) != ("", 0)
    while address := address_in(page, "next"):
        order.append(int(address.partition("?")[0].rsplit("/", 1)[1]))
        page = browser.page(address)
    assert order == [made[0], made[1], made[3]]
    assert address_in(page, "prev").startswith(f"/customers/{made[1]}?")
    back = next(node["href"] for node in page.all("a", class_="back"))
    assert "name=" in back
    assert "page=2" not in back
    assert not address_in(browser.page(f"/customers/{made[0]}"), "next")
    assert not address_in(browser.page(f"/customers/{made[0]}?of=created_from%3Drubbish"), "next")


def test_off_1_yearly_revenue_and_years_have_their_units(app, world):
    agent = world.actor("agent")
    made = make_customer(
        agent, kind="enterprise", annual_revenue=Decimal(620_000), cooperation_years=Decimal("2.50")
    )
    db.session.commit()
    shown = Browser(app, "agent").page(f"/customers/{made.id}").one(class_="record-card").text
    assert "620,000.00 元" in shown
    assert "2.5 年" in shown
