"""OFF-5: views shared with the department, addresses sent to a colleague, the view that opens by itself."""

from __future__ import annotations

import pytest

from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.pages.list_views import ListView, ViewContent
from app.system.list_views.services import (
    delete_view,
    edit_view,
    keep_changes,
    move_view,
    save_layout,
    save_view,
    withdraw_view,
)
from tests.support.make import make_customer
from tests.support.system import count, log_of, refused
from tests.support.web.person import Browser

LIST = "CustomerView"
A, B = ViewContent("grade=A"), ViewContent("grade=B")


def _save(world, who="manager", name="本店", content=A, **how):
    return save_view(list_key=LIST, content=content, name=name, actor=world.actor(who), **how)


def _views(page) -> list[str]:
    return [one.all("a")[0].text for one in page.all("span", class_="view-i")]


def _heads(page) -> list[str]:
    return [one["data-key"] for one in page.all("th") if one["data-key"]]


def test_off_5_the_department_sees_a_shared_view_and_others_do_not(app, world):
    made = _save(world, is_shared=True)
    assert _views(Browser(app, "agent").page("/customers/")) == ["本店"]
    assert _views(Browser(app, "agent3").page("/customers/")) == []
    withdraw_view(made.id, actor=world.actor("manager"))
    assert _views(Browser(app, "agent").page("/customers/")) == []
    assert [row.operation for row in log_of(made)] == ["list_view.create", "list_view.withdraw"]


def test_off_5_only_by_permission_a_view_is_shared(world):
    assert refused(lambda: _save(world, "agent", is_shared=True), Denied).code == "list_view.may_not_share"
    made = _save(world, "agent")
    refused(lambda: edit_view(made.id, name="本店", is_shared=True, actor=world.actor("agent")), Denied)
    with pytest.raises(NotFound):
        withdraw_view(made.id, actor=world.actor("manager"))


def test_off_5_the_form_of_those_who_may_not_share_has_no_such_switch(app, world):
    page = "/list-views/new?list=CustomerView&query=grade%3DA"
    assert "is_shared" not in Browser(app, "agent").page(page).values()
    assert Browser(app, "agent").post(page, {"name": "甲", "is_shared": "y"}).status_code == 303
    assert Browser(app, "manager").post(page, {"name": "乙", "is_shared": "y"}).status_code == 303
    assert _views(Browser(app, "agent").page("/customers/")) == ["甲", "乙"]
    assert _views(Browser(app, "manager").page("/customers/")) == ["乙"]


def test_off_5_a_colleague_changes_nothing_of_a_shared_view(app, world):
    made = _save(world, is_shared=True)
    agent = world.actor("agent")
    for call in (
        lambda: edit_view(made.id, name="别的", actor=agent),
        lambda: keep_changes(made.id, content=B, actor=agent),
        lambda: move_view(made.id, steps=1, actor=agent),
        lambda: delete_view(made.id, actor=agent),
        lambda: save_layout(list_key=LIST, pk=made.id, columns="name", actor=agent),
    ):
        with pytest.raises(NotFound):
            call()
    refused(lambda: withdraw_view(made.id, actor=agent), Denied)
    answer = Browser(app, "agent").post(
        f"/list-views/layout?list=CustomerView&next=list_view%3D{made.id}", {"columns": "name"}
    )
    assert answer.status_code == 403
    assert (
        "同事"
        in Browser(app, "agent").page(f"/list-views/layout?list=CustomerView&next=list_view%3D{made.id}").text
    )


@pytest.mark.both
def test_off_5_an_address_opens_for_a_colleague_what_their_scope_has(app, world):
    """The address brings filters and columns along, the rows are the reader's own."""
    make_customer(world.actor("agent"), name="甲先生")
    make_customer(world.actor("agent2"), name="甲女士")
    content = ViewContent("name=%E7%94%B2", "personal", "created_at", "name-160~.phone.secret.code")
    made = _save(world, "agent", content=content)
    address = (
        f"/customers/?name=%E7%94%B2&tab=personal&order_by=created_at&columns=name-160~.phone.secret.code"
        f"&list_view={made.id}"
    )
    mine, theirs = Browser(app, "agent").page(address), Browser(app, "agent2").page(address)
    assert _heads(mine) == _heads(theirs) == ["name", "phone", "code"]
    assert "甲先生" in mine.one("tbody").text
    assert "甲女士" not in mine.one("tbody").text
    assert "甲女士" in theirs.one("tbody").text
    assert "甲先生" not in theirs.one("tbody").text
    assert _views(theirs) == [], "another person's view has no name here"


def test_off_5_a_list_opens_with_the_default_view_and_once_only(app, world):
    first, second = _save(world, "agent", is_default=True), _save(world, "agent", "另外", B)
    browser = Browser(app, "agent")
    assert browser.get("/customers/").location == f"/customers/?grade=A&list_view={first.id}"
    assert browser.get("/customers/?tab=all").status_code == 200
    reset = browser.page("/customers/?grade=A").one("div", class_="ff-btns").all("a")[0]["href"]
    assert browser.get(reset).status_code == 200, "reset leads to the plain list"
    edit_view(second.id, name="另外", is_default=True, actor=world.actor("agent"))
    assert browser.get("/customers/").location == f"/customers/?grade=B&list_view={second.id}"
    delete_view(second.id, actor=world.actor("agent"))
    assert browser.get("/customers/").status_code == 200
    assert Browser(app, "agent2").get("/customers/").status_code == 200


def test_off_5_changes_of_an_open_view_are_kept_by_a_button(app, world):
    made = _save(world, "agent")
    browser = Browser(app, "agent")
    page = browser.page(f"/customers/?grade=B&list_view={made.id}")
    keep = next(b["formaction"] for b in page.all("button") if "/keep" in b["formaction"])
    assert browser.post(keep).location == f"/customers/?grade=B&list_view={made.id}"
    page = browser.page(f"/customers/?grade=B&list_view={made.id}")
    assert not [b for b in page.all("button") if "/keep" in b["formaction"]]
    assert browser.post(f"/list-views/{made.id}/keep?query=grade%3DZ").status_code == 422
    assert browser.post(f"/list-views/{made.id}/keep?query=phone%3D13812345678").status_code == 422


def test_off_5_views_are_put_in_order(app, world):
    made = [_save(world, "agent", name, content=A) for name in ("一", "二", "三")]
    browser = Browser(app, "agent")
    assert browser.post(f"/list-views/{made[2].id}/move/earlier").status_code == 303
    assert _views(browser.page("/customers/?tab=all")) == ["一", "三", "二"]
    move_view(made[0].id, steps=-1, actor=world.actor("agent"))
    move_view(made[0].id, steps=9, actor=world.actor("agent"))
    assert _views(browser.page("/customers/?tab=all")) == ["三", "二", "一"]
    assert browser.post(f"/list-views/{made[0].id}/move/sideways").status_code == 404


def test_off_5_names_are_folded_like_other_names(world):
    _save(world, "agent", "ＶＩＰ 客户")
    error = refused(lambda: _save(world, "agent", "vip客户"), Denied)
    assert (error.code, error.decision.field) == ("list_view.name_taken", "name")
    assert [*refused(lambda: _save(world, "agent", "··"), Invalid).fields] == ["name"]


def test_off_5_columns_are_kept_by_the_server_and_reset(app, world):
    make_customer(world.actor("agent"), name="甲先生")
    browser, layout = Browser(app, "agent"), "/list-views/layout?list=CustomerView&next="
    usual = _heads(browser.page("/customers/"))
    form = {"columns": ["phone", "name"], "width_name": "200", "pinned": "name", "tab": "personal"}
    assert browser.post(layout, form).location == "/customers/?list_view="
    page = browser.page("/customers/?tab=all")
    assert _heads(page) == ["name", "phone"]
    assert "c-pin w-200" in page.all("th")[1]["class"]
    assert browser.get("/customers/").location == "/customers/?tab=personal"
    browser.post(layout, {"reset": "1"})
    assert _heads(browser.page("/customers/")) == usual
    assert count(ListView) == 1


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"columns": "secret"},
        {"columns": ["name", "name"]},
        {"columns": "name", "width_name": "7"},
        {"columns": "name", "width_name": "-80"},
        {"columns": "name", "tab": "nothing"},
    ],
)
def test_off_5_wrong_columns_are_refused(app, world, form):
    assert Browser(app, "agent").post("/list-views/layout?list=CustomerView", form).status_code == 422
    assert count(ListView) == 0


def test_off_5_a_view_has_columns_of_its_own(app, world):
    make_customer(world.actor("agent"), name="甲先生")
    made = _save(world, "agent", content=ViewContent("name=%E7%94%B2"))
    browser = Browser(app, "agent")
    usual = _heads(browser.page("/customers/"))
    layout = f"/list-views/layout?list=CustomerView&next=name%3D%25E7%2594%25B2%26list_view%3D{made.id}"
    assert browser.post(layout, {"columns": ["code", "name"]}).status_code == 303
    assert _heads(browser.page(f"/customers/?name=%E7%94%B2&list_view={made.id}")) == ["code", "name"]
    assert _heads(browser.page("/customers/")) == usual


def test_off_5_the_height_of_rows_is_kept(app, world):
    browser = Browser(app, "agent")
    page = browser.page("/customers/")
    address = next(b["formaction"] for b in page.all("button") if "/density" in b["formaction"])
    assert browser.post(address).status_code == 303
    assert "dense" in browser.page("/customers/").one("section", class_="list-card")["class"]
    assert browser.post(address.replace("density=small", "density=huge")).status_code == 422
