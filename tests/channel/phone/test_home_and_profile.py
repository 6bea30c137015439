"""CH-1, CH-5, CH-6, CH-28: projects on the phone, and the personal page."""

from __future__ import annotations

import pytest

from app.channel.brokers.models import BrokerChange
from app.channel.projects import services as projects
from app.kernel.files.attachments import Attachment
from tests.support.channel.scene import again, count, every, picture, sent_code
from tests.support.databases.statements import count_statements
from tests.support.documents import located_jpeg, part, png
from tests.support.people.accounts import username_of
from tests.support.web.person import Browser

# No test here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def shown(channel):
    """Return the project as the administrator described it."""
    projects.edit_project(
        channel.project.id, address="锦江区静居寺路 1 号", longitude=104.1, latitude=30.6, service_phone="028-86001234",
        features=["地铁口", "现铺"], introduction="<h3>项目优势</h3><script>alert(1)</script><p>人流大</p>", actor=channel.admin,
    )  # fmt: skip
    plot = projects.create_plot(
        channel.project.id, number="1 号地块", tags=["临街"], introduction="<p>首层</p>", actor=channel.admin
    )
    kept = projects.add_pictures(channel.project, pictures=[picture()], actor=channel.admin)
    return plot, kept + projects.add_pictures(plot, pictures=[picture("blue")], actor=channel.admin)


@pytest.mark.parametrize("key", ["broker1", "visitor1"])
def test_ch_1_the_start_page_shows_the_project_its_plots_and_the_ways_there(app, channel, phone, shown, key):
    from app.channel.visitors import services as visitors
    from app.kernel.access.actor import SYSTEM

    if key == "visitor1":
        made = visitors.register_visitor(
            phone="13700000001", name="方一", consent_version="2026-11", actor=SYSTEM
        )
        browser = Browser(app, username_of(made.id))
    else:
        browser = phone(key)
    page = browser.page("/m/")
    for word in ("云锦里", "地铁口", "锦江区静居寺路", "人流大", "1 号地块", "临街", "首层"):
        assert word in page.text
    assert "alert(1)" not in page.response.get_data(as_text=True)
    links = [a["href"] for a in page.all("a")]
    assert "tel:028-86001234" in links
    (place,) = [link for link in links if link.startswith("https://uri.amap.com/marker?")]
    assert "position=104.1" in place
    assert "30.6" in place
    images = [i["src"] for i in page.all("img") if "/pictures/" in i["src"]]
    assert len(images) == 2
    for address in images:
        answer = browser.get(address)
        assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert Browser(app).get(images[0]).status_code == 302


def test_ch_1_pictures_of_a_project_that_is_not_shown_any_more_are_out_of_reach(channel, phone, shown):
    _plot, (first, _second) = shown
    projects.edit_project(channel.project.id, active=False, actor=channel.admin)
    assert phone("broker1").get(f"/m/pictures/{first.id}").status_code == 404
    assert phone("broker1").get(f"/m/projects/{channel.project.id}").status_code == 404
    assert "目前没有在售项目" in phone("broker1").page("/m/").text


def test_ch_1_of_several_projects_each_has_a_card_and_a_page(channel, phone, shown):
    other = channel.new_project("望江苑", address="武侯区 2 号")
    page = phone("broker1").page("/m/")
    assert "首层" not in page.text
    assert f"/m/projects/{other.id}" in [a["href"] for a in page.all("a")]
    assert [a for a in page.all("a") if a["href"].startswith("https://uri.amap.com/search?keyword=")]
    assert "首层" in phone("broker1").page(f"/m/projects/{channel.project.id}").text


def test_ch_6_a_picture_is_re_encoded_and_shown_to_its_owner(app, channel, phone):
    browser = phone("broker1")
    sent = located_jpeg()
    answer = browser.post("/m/me/picture", {"avatar": part("我.jpg", sent)})
    assert answer.location == "/m/me"
    kept = every(Attachment)[0]
    assert (kept.subject_kind, kept.subject_id) == ("broker", channel.brokers["broker1"].id)
    (image,) = browser.page("/m/me").all("img", class_="ava")
    content = browser.get(image["src"]).get_data()
    assert content[:3] == b"\xff\xd8\xff"
    assert b"Exif" not in browser.get(f"/m/pictures/{kept.id}").get_data()
    for key in ("broker2", "visitor", "agent"):
        assert phone(key).get(image["src"]).status_code in {403, 404}
    for wrong in (part("a.txt", b"text"), part("a.jpg", b"no picture")):
        assert "avatar" in browser.submit("/m/me/picture", {"avatar": wrong}, 422).errors()
    assert "avatar" in browser.submit("/m/me/picture", {}, 422).errors()
    browser.post("/m/me/picture", {"avatar": part("b.png", png())})
    assert browser.page("/m/me").one("img", class_="ava")["src"] != image["src"], "the latest one is shown"


def test_ch_6_nickname(channel, phone):
    assert phone("broker1").post("/m/me/nickname", {"nickname": " 小赵 "}).location == "/m/me"
    assert phone("broker1").page("/m/").one("h1").text == "小赵"
    page = phone("broker1").submit("/m/me/nickname", {"nickname": "长" * 61}, 422)
    assert set(page.errors()) == {"nickname"}


def _present_code(browser, path):
    """Press the button that sends a code to the present number; return the code."""
    page = browser.submit(path, {"send_present_code": "1"}, 200)
    assert "139****0001" in page.one("p", role="status").text
    return sent_code()


def test_ch_5_another_number_is_proved_and_noted(channel, phone):
    browser, path = phone("broker1"), "/m/me/phone"
    typed = {"phone": "13811110000", "present_code": _present_code(browser, path)}
    browser.submit(path, {**typed, "send_code": "1"}, 200)
    code = sent_code()
    assert set(browser.submit(path, {**typed, "sms_code": "000000"}, 422).errors()) == {"sms_code"}
    assert again(channel.brokers["broker1"]).phone == "13900000001"
    typed["present_code"] = _present_code(browser, path)
    assert browser.post(path, {**typed, "sms_code": code}).location == "/m/me"
    assert again(channel.brokers["broker1"]).phone == "13811110000"
    log = browser.page("/m/me/changes").one("ol", class_="log").text
    for word in ("13900000001 → 13811110000", "赵一"):
        assert word in log


def test_ch_5_a_taken_number_is_refused(channel, phone):
    browser, path = phone("broker1"), "/m/me/phone"
    present = _present_code(browser, path)
    browser.submit(path, {"phone": "13900000002", "send_code": "1"}, 200)
    typed = {"phone": "13900000002", "sms_code": sent_code(), "present_code": present}
    page = browser.submit(path, typed, 409)
    assert set(page.errors()) == {"phone"}


def test_ch_5_a_company_on_site_who_changes_company_awaits_review_again(channel, phone):
    other = channel.companies[1]
    form = phone("site1").page("/m/me/company")
    assert "川流地产" in form.text
    assert form.form()["data-sure"]
    assert phone("site1").post("/m/me/company", {"company_id": str(other.id)}).location == "/m/me"
    assert phone("site1").get("/m/report").location == "/m/"
    assert "您的注册正在等待审核" in phone("site1").page("/m/").text
    assert "川流地产 → 锦程不动产" in phone("site1").page("/m/me/changes").text
    phone("broker1").post("/m/me/company", {"company_id": str(other.id)})
    assert phone("broker1").page("/m/report").form(), "a broker goes on"
    assert count(BrokerChange) == 2
    page = phone("broker1").submit("/m/me/company", {"company_id": "999"}, 422)
    assert set(page.errors()) == {"company_id"}


def test_ch_6_customer_service_is_one_tap(channel, phone, shown):
    page = phone("broker1").page("/m/me")
    assert "tel:028-86001234" in [a["href"] for a in page.all("a")]
    assert "tel:028-86001234" in [a["href"] for a in phone("broker1").page("/m/service").all("a")]


@pytest.mark.parametrize(
    "path", ["/m/me", "/m/me/nickname", "/m/me/picture", "/m/me/phone", "/m/me/company", "/m/me/changes"]
)
def test_ch_6_others_have_no_such_page(phone, path):
    assert phone().get(path).location.startswith("/m/login?next=")
    for key in ("agent", "director", "onsite"):
        assert phone(key).get(path).status_code == 403


def test_acc_7_the_start_page_of_the_office_leads_those_from_outside_to_the_phones(channel, phone):
    assert phone("broker1").get("/").location == "/m/"
    assert phone("agent").get("/").status_code == 200


def test_ch_1_the_start_page_costs_the_same_whatever_there_is_to_show(app, channel, phone, shown):
    phone("broker1").page("/m/")
    with count_statements(app) as few:
        phone("broker1").page("/m/")
    for number in range(5):
        channel.report("broker1", f"客{number}", [("136", f"000{number}")])
        plot = projects.create_plot(channel.project.id, number=f"{number}", actor=channel.admin)
        projects.add_pictures(plot, pictures=[picture()], actor=channel.admin)
    with count_statements(app) as many:
        phone("broker1").page("/m/")
    assert few.count == many.count <= 10, many
