"""CH-7, CH-8, CH-9, CH-10, CH-11, CH-12, CH-17: a broker's customers on the phone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.channel.referrals.models import Referral
from app.kernel import clock
from tests.support.channel.scene import START, again, count, every
from tests.support.databases.statements import count_statements
from tests.support.people.accounts import set_setting
from tests.support.web.pages import Page

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

WANG = {"family_name": "王", "given_name": "小明", "phone1_prefix": "138", "phone1_tail": "1234"}


def rows(page) -> list[str]:
    """Return the names in the list."""
    found = [node for node in page.all("div") if "data-rows" in node.attrs]
    return [link.one("span", class_="bd").text.split()[0] for link in found[0].all("a")] if found else []


def test_ch_7_a_customer_is_entered_with_everything_and_reported_at_once(phone, channel, world):
    tomorrow = clock.today() + timedelta(days=1)
    typed = {
        **WANG, "phone2_prefix": "139", "phone2_tail": "0001", "expected_visit_at": f"{tomorrow}T14:30",
        "shop_category": "catering", "customer_type": "own_use", "needs": "临街\n两层", "then": "report",
        "consultant_id": str(world.actor("consultant").id),
    }  # fmt: skip
    answer = phone("broker1").post("/m/report", typed)
    made = every(Referral)[0]
    assert (answer.status_code, answer.location) == (303, f"/m/customers/{made.id}")
    assert (made.name, made.state, made.needs) == ("王小明", "reported", "临街\n两层")
    assert [one.masked for one in made.fragments] == ["138****1234", "139****0001"]
    page = phone("broker1").page(answer.location)
    for word in (
        "王小明",
        "138****1234",
        f"{tomorrow} 14:30",
        "餐饮",
        "两层",
        world.actor("consultant").name,
        "已报备",
    ):
        assert word in page.text
    assert page.one("div", class_="code").text == made.code
    picture = page.one("img", class_="qr")
    assert min(int(picture["width"]), int(picture["height"])) >= 216
    assert made.code in picture["alt"]
    image = phone("broker1").get(picture["src"])
    assert (image.status_code, image.mimetype) == (200, "image/png")


def test_ch_32_a_report_whose_answer_was_lost_is_made_once(phone):
    page = phone("broker1").page("/m/report")
    typed = {**page.values(), **WANG, "then": "report"}
    answers = [phone("broker1").post("/m/report", typed) for _twice in range(2)]
    assert {answer.location for answer in answers} == {f"/m/customers/{every(Referral)[0].id}"}
    assert count(Referral) == 1
    again_by_script = phone("broker1").post("/m/report", typed, headers={"X-Kepan-Form": "1"})
    assert (again_by_script.status_code, again_by_script.location) == (200, None)
    assert again_by_script.headers["X-Kepan-Next"] == answers[0].location
    other = phone("broker1").post("/m/report", {**typed, "given_name": "大明", "phone1_tail": "9999"})
    assert (other.status_code, count(Referral)) == (303, 2), "other values are another customer"


def test_ch_7_only_save_makes_no_code_until_it_is_reported(phone):
    answer = phone("broker1").post("/m/report", {**WANG, "then": "enter"})
    page = phone("broker1").page(answer.location)
    assert not page.all("img", class_="qr")
    assert phone("broker1").get(f"{answer.location}/qr.png").status_code == 409
    assert phone("broker1").post(f"{answer.location}/report").location == answer.location
    assert phone("broker1").page(answer.location).one("img", class_="qr")


def test_ch_11_reporting_again_is_logged_and_keeps_the_code(phone, channel):
    made = channel.report("broker1")
    address = f"/m/customers/{made.id}"
    token = made.qr_token
    for _time in range(2):
        assert phone("broker1").post(f"{address}/report").status_code == 303
    assert again(made).qr_token == token
    log = phone("broker1").page(address).one("ol", class_="log")
    assert [item.text.startswith("已报备") for item in log.all("li")].count(True) == 3


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"family_name": ""}, "family_name"),
        ({"phone1_tail": "123"}, "phone1_tail"),
        ({"phone1_prefix": "1a8"}, "phone1_prefix"),
        ({"phone1_prefix": "", "phone1_tail": ""}, "phone1_prefix"),
        ({"phone2_tail": "0001"}, "phone2_prefix"),
        ({"shop_category": "nonsense"}, "shop_category"),
        ({"consultant_id": "999999"}, "consultant_id"),
        ({"consultant_id": "x"}, "consultant_id"),
        ({"for_broker_id": "999999"}, "for_broker_id"),
        ({"expected_visit_at": "tomorrow"}, "expected_visit_at"),
        ({"needs": "长" * 2001}, "needs"),
    ],
)
def test_ch_7_errors_are_under_their_field_and_typed_values_stay(phone, wrong, field):
    key = "site1" if field == "for_broker_id" else "broker1"
    page = phone(key).submit("/m/report", {**WANG, "needs": "临街", **wrong}, 422)
    assert field in page.errors()
    kept = page.values()
    assert kept["given_name"] == "小明"
    assert kept["needs"].startswith(wrong.get("needs", "临街")[:2])
    if field != "shop_category" and field not in {"consultant_id", "for_broker_id"}:
        assert kept[field] == wrong.get(field, "")
    assert count(Referral) == 0


def test_ch_8_a_duplicate_leads_to_the_one_who_is_there(phone, channel):
    made = channel.enter("broker1")
    page = phone("broker1").submit("/m/report", WANG, 409)
    link = page.one("div", role="alert").one("a")
    assert link["href"] == f"/m/customers/{made.id}"
    assert phone("broker1").page(link["href"])
    assert count(Referral) == 1
    assert phone("broker2").post("/m/report", WANG).status_code == 303, "other brokers may"


def test_ch_9_a_company_on_site_enters_for_the_companys_brokers(phone, channel):
    colleagues = phone("site1").page("/m/brokers")
    assert {"赵一", "孙三", "李四"} == {
        cell.one("span", class_="bd").text.split()[0] for cell in colleagues.all("div", class_="cell")
    }
    assert [a["href"] for a in colleagues.all("a") if a["href"].startswith("tel:")]
    page = phone("site1").page(f"/m/report?for={channel.brokers['broker3'].id}")
    options = {o.text: o["value"] for o in page.one("select", id="for_broker_id").all("option")}
    assert set(options) == {"本人", "赵一", "孙三"}
    assert page.values()["for_broker_id"] == options["孙三"]
    answer = phone("site1").post("/m/report", {**WANG, "for_broker_id": options["孙三"]})
    made = every(Referral)[0]
    assert (made.broker.name, made.entered_by_id) == ("孙三", channel.brokers["site1"].id)
    assert "孙三" in phone("site1").page(answer.location).text
    assert "孙三" in phone("site1").page("/m/customers").text
    duplicate = phone("site1").submit("/m/report", {**WANG, "for_broker_id": options["孙三"]}, 409)
    assert duplicate.one("div", role="alert").one("a")["href"] == answer.location
    set_setting("company_onsites_enter", value=False)
    assert not phone("site1").page("/m/report").all("select", id="for_broker_id")
    assert phone("broker1").get("/m/brokers").location == "/m/"


def test_ch_9_past_the_wheel_a_broker_is_searched_for_and_named_by_the_address(phone, channel, monkeypatch):
    monkeypatch.setattr("app.channel.phone.referrals._MOST_BROKERS", 1)
    last = channel.brokers["broker1"]
    page = phone("site1").page("/m/report")
    assert [o.text for o in page.one("select", id="for_broker_id").all("option")] == ["本人", "孙三"]
    assert [a.text for a in page.all("a") if a["href"] == "/m/brokers"] == ["查找公司的经纪人"]
    named = phone("site1").page(f"/m/report?for={last.id}")
    assert named.values()["for_broker_id"] == str(last.id)
    refused = phone("site1").submit("/m/report", {"for_broker_id": str(last.id)}, 422)
    assert refused.values()["for_broker_id"] == str(last.id), "what was chosen survives an error"
    assert not phone("site1").page("/m/report?for=9" + "9" * 30).values()["for_broker_id"]


def test_ch_9_what_a_broker_may_not_see_is_not_linked_as_a_duplicate(phone, channel):
    channel.enter("broker3")
    typed = {**WANG, "for_broker_id": str(channel.brokers["broker3"].id)}
    page = phone("site1").submit("/m/report", typed, 409)
    assert not page.one("div", role="alert").all("a")


def test_ch_10_tabs_with_counts_and_ch_17_what_is_over_counts_as_expired(phone, channel):
    with clock.frozen(START):
        channel.bound("broker1", "到期", [("136", "0001")])
    channel.bound("broker1", "在保", [("136", "0002")])
    channel.report("broker1", "已报", [("136", "0003")])
    channel.enter("broker1", "刚录", [("136", "0004")])
    channel.enter("broker2", "别人", [("136", "0005")])
    page = phone("broker1").page("/m/customers")
    tabs = [a.text.split() for a in page.one("nav", class_="tabs").all("a")]
    assert [number for _label, number in tabs] == ["4", "1", "1", "1", "1", "0"]
    assert rows(page) == ["王刚录", "王已报", "王在保", "王到期"]
    for tab, expected in (("entered", "王刚录"), ("bound", "王在保"), ("expired", "王到期")):
        assert rows(phone("broker1").page(f"/m/customers?tab={tab}")) == [expected]
    assert phone("broker2").page("/m/customers?tab=closed").one("div", class_="empty")
    assert "还剩 30 天" in phone("broker1").page("/m/customers?tab=bound").text


@pytest.mark.parametrize(
    ("later", "said"),
    [({"days": 0}, "还剩 30 天"), ({"days": 18}, "还剩 12 天"), ({"days": 29, "minutes": 30}, "还剩 24 小时"),
     ({"days": 29, "hours": 23, "minutes": 30}, "不足 1 小时"), ({"days": 30}, "保护期已过")],
)  # fmt: skip
def test_ch_17_the_remaining_time_is_shown(phone, channel, later, said):
    moment = clock.now()
    with clock.frozen(moment):
        made = channel.bound("broker1")
    with clock.frozen(moment + timedelta(**later)):
        page = phone("broker1").page(f"/m/customers/{made.id}")
    assert said in page.one("p", class_="ttl").text


@pytest.mark.parametrize(
    ("typed", "found"),
    [("王小", ["王小明"]), ("1234", ["王小明"]), ("138****1234", ["王小明"]), ("1381234", ["王小明"]),
     ("code", ["王小明"]), ("李", []), ("%", []), ("0000", []), ("1" * 60, [])],
)  # fmt: skip
def test_ch_10_one_field_searches_name_code_and_digits(phone, channel, typed, found):
    made = channel.enter("broker1")
    channel.enter("broker1", "大华", [("137", "9999")])
    page = phone("broker1").get(
        "/m/customers", query_string={"q": made.code.lower() if typed == "code" else typed}
    )
    assert page.status_code == 200
    assert rows(Page(page)) == found


def test_ch_10_the_list_goes_on_where_it_ended_and_costs_the_same(app, phone, channel):
    for number in range(21):
        channel.enter("broker1", f"客{number:02}", [("136", f"{number:04}")])
    phone("broker1").get("/m/customers")
    with count_statements(app) as few:
        phone("broker1").page("/m/customers")
    for number in range(21, 30):
        channel.bound("broker1", f"客{number:02}", [("136", f"{number:04}")])
    with count_statements(app) as many:
        first = phone("broker1").page("/m/customers")
    assert many.count == few.count <= 7, many
    assert len(rows(first)) == 20
    more = next(a for a in first.all("a", class_="more"))
    assert rows(phone("broker1").page(more["href"])) == [f"王客{number:02}" for number in range(9, -1, -1)]


def test_acc_8_others_customers_do_not_exist(phone, channel):
    made = channel.report("broker1")
    address = f"/m/customers/{made.id}"
    for key in ("broker2", "site1", "broker3"):
        for path in (address, f"{address}/qr.png"):
            assert phone(key).get(path).status_code == 404
        assert phone(key).post(f"{address}/report").status_code == 404
    for key in ("visitor", "agent"):
        assert phone(key).get(address).status_code == 403
    for key in ("onsite", "consultant", "director"):
        assert phone(key).get(address).status_code == 403, "they have pages of their own"
    assert phone().get(address).location.startswith("/m/login?next=")
    assert phone("broker1").client.post(f"{address}/report").status_code == 400, "without the form's token"


def test_ch_11_the_log_shows_nothing_of_other_brokers(phone, channel):
    mine = channel.report("broker1")
    theirs = channel.bound("broker2")
    page = phone("broker1").page(f"/m/customers/{mine.id}")
    assert "钱二" not in page.text
    assert theirs.code not in page.text


def test_ch_1_with_several_projects_one_is_chosen_first(phone, channel):
    other = channel.new_project("望江苑")
    choose = phone("broker1").page("/m/report")
    links = [a["href"] for a in choose.all("a", class_="cell")]
    assert links == [f"/m/report?project={channel.project.id}", f"/m/report?project={other.id}"]
    answer = phone("broker1").post(links[1], WANG)
    assert answer.status_code == 303
    assert every(Referral)[0].project_id == other.id
    assert not phone("broker1").page("/m/report?project=999").all("form")
