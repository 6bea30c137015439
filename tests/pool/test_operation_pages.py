"""POOL-7, POOL-9, POOL-10, ACC-10: what the pool's forms, heads and batches show to whom."""

from __future__ import annotations

import pytest

from app.kernel.pages.elements import Button, enabled_first
from tests.support.make import make_customer, make_platform_customer, shelve
from tests.support.traces import stored
from tests.support.web.person import Browser

BATCHES = ("unshelve", "shelve", "privatize", "publicize", "assign", "push")
WHY = {"reason": "no_need"}


def _head(page) -> dict[str, str]:
    """Label → why not, of the buttons of a detail's head in their order."""
    ops = page.one("div", class_="page-ops")
    found = [node for node in ops.all() if node.tag in {"a", "button"} and not node["data-toggle"]]
    return {node.text: node["title"] for node in found}


def _results(page) -> dict[str, tuple[str, str]]:
    """Name → (done or not, why not)."""
    rows = page.one("section", class_="batch").one("tbody").all("tr")
    return {cells[0].text: (cells[1].text, cells[2].text) for cells in (row.all("td") for row in rows)}


def test_pool_9_a_personal_customer_is_asked_for_its_status(app, world):
    pk = shelve(make_customer(world.actor("agent"))).id
    browser = Browser(app, "agent")
    assert set(browser.page(f"/customers/{pk}/shelve").values()) == {
        "csrf_token", "follow_status", "viewing_booked", "viewing_at", "remark",
    }  # fmt: skip
    assert browser.submit(f"/customers/{pk}/shelve", {"follow_status": "pending"}, 422).errors() == {
        "remark": "此项必填"
    }
    assert (
        browser.post(f"/customers/{pk}/shelve", {"follow_status": "pending", "remark": "回来了"}).status_code
        == 303
    )
    assert (stored(pk)["follow_status"], stored(pk)["handler_id"]) == ("pending", world.actor("agent").id)


def test_pool_10_a_platform_customer_is_asked_for_its_handler(app, world):
    pk = make_platform_customer(world.actor("manager"), state="off_shelf").id
    browser = Browser(app, "agent")
    assert set(browser.page(f"/customers/{pk}/shelve").values()) == {
        "csrf_token", "handler_id", "viewing_booked", "viewing_at", "remark",
    }  # fmt: skip
    assert browser.submit(f"/customers/{pk}/shelve", {"remark": "回来了"}, 422).errors() == {
        "handler_id": "此项必填"
    }
    handler = world.actor("agent2").id
    assert (
        browser.post(f"/customers/{pk}/shelve", {"handler_id": handler, "remark": "回来了"}).status_code
        == 303
    )
    assert (stored(pk)["follow_status"], stored(pk)["handler_id"]) == ("pending", handler)


def test_acc_10_the_quota_left_is_told_before_looking(app, world):
    pk = make_customer(world.actor("agent")).id
    browser = Browser(app, "agent")
    assert "今天还可查看 50 个号码" in browser.page(f"/customers/{pk}/reveal-phone").text
    shown = browser.submit(f"/customers/{pk}/reveal-phone", {"purpose": "约看房"}, 200)
    assert shown.one(class_="reveal-mark").text.startswith(world.actor("agent").name)
    assert "今天还可查看 49 个号码" in browser.page(f"/customers/{pk}/reveal-phone").text


def test_the_heads_daily_operations_come_first_and_the_refused_ones_say_why(app, world):
    pk = make_customer(world.actor("agent")).id
    page = Browser(app, "agent").page(f"/customers/{pk}")
    head = _head(page)
    assert list(head)[:5] == ["写跟进", "查看号码", "编辑", "下架", "推送"]
    refused = {label: why for label, why in head.items() if why}
    assert refused["上架"] == "此客户已在架"
    assert set(refused) == set(list(head)[-len(refused) :])
    assert [node.text for node in page.one("div", class_="page-ops").all("a", class_="btn-primary")] == [
        "写跟进"
    ]


def test_buttons_of_a_head_keep_their_order_but_for_those_that_cannot_be_pressed():
    def button(label, reason=""):
        return Button(label, "/", reason=reason)

    given = [button("a", "no"), button("b"), button("c", "no"), button("d"), button("e", "no"), button("f")]
    assert [one.label for one in enabled_first(given, 2)] == ["a", "b", "d", "f", "c", "e"]


def test_the_toolbar_shows_few_buttons_and_only_to_those_who_may(app, world):
    make_customer(world.actor("agent"))
    page = Browser(app, "agent").page("/customers/")
    shown = page.one("div", class_="tbar-l")
    menu = shown.one("div", class_="dropdown-menu")
    below = ["公开", "分配", "推送", "领取", "从公海分配", "转入公海", "标签", "客户分类", "转移", "导出"]
    assert [b.text for b in menu.all("button")] == below
    assert len([b for b in shown.all("button") if b["data-batch"]]) == 3 + len(below) - 1
    assert all(b["title"] == "请先勾选记录" for b in shown.all("button") if b["data-batch"])
    auditor = Browser(app, "auditor").page("/customers/")
    assert not [b for b in auditor.all("button") if b["data-batch"]]
    assert not auditor.all("input", class_="js-pick")


def test_pool_7_a_batch_answers_for_each_by_name(app, world):
    agent, agent2 = world.actor("agent"), world.actor("agent2")
    mine, off = make_customer(agent, name="甲"), shelve(make_customer(agent, name="乙"))
    held = make_platform_customer(agent2, state="private", name="丙")
    hidden = make_customer(agent2, name="丁")
    ids = ",".join(str(one.id) for one in (mine, off, held, hidden))
    browser = Browser(app, "agent")
    assert "已选 4 条记录" in browser.page(f"/customers/batch/unshelve?ids={ids}").text
    page = browser.submit(f"/customers/batch/unshelve?ids={ids}", WHY, 200)
    results = _results(page)
    assert results["甲"] == ("已完成", "—")
    assert results["乙"] == ("未成功", "此客户已经下架")
    assert results["丙"] == ("未成功", "只有该客户的负责人或上级可以执行此操作")
    assert results[str(hidden.id)][0] == "未成功"
    assert "丁" not in page.text
    assert "已下架 甲 · 未成功 3 条" in page.text
    assert stored(hidden.id)["follow_status"] == "following"


@pytest.mark.parametrize("name", BATCHES)
def test_acc_6_a_batch_of_what_is_out_of_reach_changes_and_tells_nothing(app, world, name):
    pk = make_customer(world.actor("agent"), name="别家的人").id
    before = stored(pk)
    browser = Browser(app, "other_agent")
    values = {**WHY, "remark": "x", "handler_id": world.actor("other_agent").id, "receiver_id": "1"}
    page = browser.submit(f"/customers/batch/{name}?ids={pk}", values, 200)
    assert "别家的人" not in page.text
    assert set(_results(page)) == {str(pk)}
    assert stored(pk) == before


@pytest.mark.parametrize("ids", ["", ",", "x", "1,-2", ",".join(str(n) for n in range(1, 1002))])
def test_pool_7_a_batch_takes_between_one_and_a_thousand(app, world, ids):
    browser = Browser(app, "agent")
    assert browser.get(f"/customers/batch/unshelve?ids={ids}").status_code == 422
    assert browser.post(f"/customers/batch/unshelve?ids={ids}", WHY).status_code == 422


@pytest.mark.parametrize("name", BATCHES)
def test_acc_6_batches_are_for_those_who_may(app, world, name):
    pk = make_customer(world.actor("agent")).id
    path = f"/customers/batch/{name}?ids={pk}"
    anonymous = Browser(app).get(path)
    assert (anonymous.status_code, anonymous.location.split("?")[0]) == (302, "/login/")
    assert Browser(app, "auditor").post(path, WHY).status_code == 403
    assert Browser(app, "agent").open("POST", path, data=WHY).status_code == 400  # without the token
