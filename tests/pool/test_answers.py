"""OFF-3: the answers of the pool's operations name the deed and lead to its result."""

from __future__ import annotations

import pytest

from tests.support.make import make_customer, make_platform_customer
from tests.support.web.person import Browser

WHY = {"reason": "no_need"}


def _toast(page) -> tuple[str, str]:
    """Return the text of the only toast, and the address that it links to."""
    (shown,) = page.all("div", class_="toast-i")
    links = [link["href"] for link in shown.all("a")]
    return shown.one("span").text, links[0] if links else ""


def test_off_3_in_a_drawer_the_answer_names_the_customer_and_leads_to_it(app, world):
    made = make_platform_customer(world.actor("agent"), state="following", name="王小明")
    browser = Browser(app, "agent")
    done = browser.submit(f"/customers/{made.id}/privatize?_drawer=1", {}, 200).one("main", class_="done")
    assert done["data-message"] == "已将 王小明 转为私客"
    assert done["data-result-url"] == f"/customers/{made.id}"


def test_off_3_outside_a_drawer_the_next_page_says_it(app, world):
    made = make_platform_customer(world.actor("agent"), state="following", name="王小明")
    browser = Browser(app, "agent")
    answer = browser.post(f"/customers/{made.id}/privatize")
    assert _toast(browser.page(answer.location)) == ("已将 王小明 转为私客", "")
    assert not browser.page(answer.location).all("div", class_="toast-i"), "once"


def test_off_3_who_cannot_open_it_any_more_is_told_so_and_sent_to_the_list(app, world):
    west, east = world.actor("agent3").id, world.department("store_east").id
    made = make_platform_customer(world.actor("agent"), handler_id=west, department_id=east, name="王小明")
    browser = Browser(app, "agent3")
    answer = browser.post(f"/customers/{made.id}/assign", {"handler_id": world.actor("agent").id})
    assert answer.location == "/customers/"
    assert _toast(browser.page(answer.location)) == ("已分配 王小明。您已不能再查看。", "")


@pytest.mark.parametrize(
    ("number", "sentence"), [(1, "已下架 王小明0"), (3, "已下架 3 位客户")], ids=["one", "several"]
)
def test_off_3_a_batch_without_refusals_says_how_many_and_leads_to_them(app, world, number, sentence):
    agent = world.actor("agent")
    made = [make_customer(agent, name=f"王小明{place}") for place in range(number)]
    browser = Browser(app, "agent")
    answer = browser.post(f"/customers/batch/unshelve?ids={','.join(str(one.id) for one in made)}", WHY)
    text, link = _toast(browser.page(answer.location))
    assert text == sentence
    found = browser.page(link)
    assert {f"王小明{place}" for place in range(number)} <= {
        one.text for one in found.all("a", class_="row-link")
    }


def test_off_3_in_english_the_number_decides_between_one_and_many(app, world):
    agent = world.actor("agent")
    mine, hidden = make_customer(agent, name="Wang"), make_customer(world.actor("agent2"))
    browser = Browser(app, "agent", locale="en")
    page = browser.submit(f"/customers/batch/unshelve?ids={mine.id},{hidden.id}", WHY, 200)
    assert page.one(class_="batch-sum").text == "Wang was unshelved · 1 refused Undo"


def test_off_3_creating_and_editing_name_the_record(app, world):
    browser = Browser(app, "agent")
    typed = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": "13900001234"}
    answer = browser.post("/customers/new", typed)
    assert _toast(browser.page(answer.location))[0] == "已新建 王小明"
    form = browser.page(f"{answer.location}/edit").values()
    assert _toast(browser.page(browser.post(f"{answer.location}/edit", form).location))[0] == "已保存 王小明"
