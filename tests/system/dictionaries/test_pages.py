"""PLAT-7: dictionaries in the browser, in forms, filters and the API."""

from __future__ import annotations

import pytest

from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.system.dictionaries.services import add_entry, enable_entry
from tests.support.make import make_customer
from tests.support.system import rows
from tests.support.web.person import Browser


@pytest.fixture
def admin(app):
    return Browser(app, "admin")


@pytest.fixture
def no_walk_in(world):
    """Disable a source that one old customer has."""
    made = make_customer(world.actor("agent"), name="老客户", source="walk_in")
    enable_entry("customer_sources", "walk_in", enabled=False, actor=world.actor("admin"))
    return made.id


def _stored(pk: int) -> Customer:
    db.session.expire_all()
    with unscoped("test: what was stored"):
        return db.session.get_one(Customer, pk)


def test_plat_7_the_list_of_dictionaries(admin):
    page = admin.page("/dictionaries/")
    rows_ = {row["data-url"].rsplit("/", 1)[1]: row for row in page.all("tr") if row["data-url"]}
    assert {"customer_sources", "unshelve_reasons", "shop_categories", "grades"} <= set(rows_)
    assert "可编辑" in rows_["customer_sources"].text or "Editable" in rows_["customer_sources"].text
    assert "record_kinds" not in rows_


def test_plat_7_entries_with_code_both_names_order_and_state(admin):
    page = admin.page("/dictionaries/customer_sources")
    [row] = [row for row in page.all("tr") if "walk_in" in row.text]
    assert all(text in row.text for text in ("上门", "Walk-in", "10"))
    assert row.one("a", href="/dictionaries/customer_sources/walk_in/edit")
    assert row.one("button", formaction="/dictionaries/customer_sources/walk_in/disable")


def test_plat_7_a_fixed_dictionary_says_so_and_offers_nothing(admin):
    page = admin.page("/dictionaries/grades")
    assert page.one(class_="form-hint").text
    assert not [one for one in page.all("button") if "/dictionaries" in one["formaction"]]
    assert not page.all("a", href="/dictionaries/grades/new")
    assert admin.get("/dictionaries/grades/new").status_code == 409
    assert admin.post("/dictionaries/grades/A/disable").status_code == 409


def test_plat_7_add_edit_disable_enable_and_reset(admin, world):
    base = "/dictionaries/customer_sources"
    assert admin.post(f"{base}/new", {"code": "douyin", "label_zh": "抖音"}).status_code == 303
    edit = {"label_zh": "抖音直播", "label_en": "Live", "tone": "red", "position": "3", "enabled": "y"}
    assert admin.page(f"{base}/douyin/edit").values()["label_zh"] == "抖音"
    assert admin.post(f"{base}/douyin/edit", edit).status_code == 303
    assert "抖音直播" in admin.page(base).text
    assert admin.post(f"{base}/walk_in/disable").status_code == 303
    assert admin.post(f"{base}/walk_in/enable").status_code == 303
    admin.post(f"{base}/event/edit", {**edit, "label_zh": "市场活动", "label_en": "Event"})
    stored = {row[2]: row[3:] for row in rows()["dictionary_entry"]}
    assert stored["event"] == ("市场活动", None, "red", 3, True)
    assert admin.post(f"{base}/event/reset").status_code == 303
    assert "市场活动" not in admin.page(base).text
    assert admin.post(f"{base}/douyin/reset").status_code == 404


def test_plat_7_errors_are_under_their_field_and_typed_values_stay(admin):
    typed = {"code": "Dou Yin", "label_zh": "抖音", "label_en": "Douyin", "tone": "red", "position": "7"}
    page = admin.submit("/dictionaries/customer_sources/new", typed, 422)
    assert list(page.errors()) == ["code"]
    assert {name: page.values()[name] for name in typed} == typed
    taken = admin.submit("/dictionaries/customer_sources/new", {**typed, "code": "walk_in"}, 409)
    assert list(taken.errors()) == ["code"]


@pytest.mark.parametrize("name", ["auditor", "manager", "agent", "broker"])
def test_plat_7_dictionaries_are_the_administrators(app, world, name):
    browser = Browser(app, name)
    for method, path in (
        ("GET", "/dictionaries/"),
        ("GET", "/dictionaries/customer_sources"),
        ("GET", "/dictionaries/customer_sources/new"),
        ("POST", "/dictionaries/customer_sources/new"),
        ("POST", "/dictionaries/customer_sources/walk_in/edit"),
        ("POST", "/dictionaries/customer_sources/walk_in/disable"),
        ("POST", "/dictionaries/customer_sources/walk_in/enable"),
        ("POST", "/dictionaries/customer_sources/walk_in/reset"),
    ):
        answer = browser.get(path) if method == "GET" else browser.post(path, {"code": "a", "label_zh": "甲"})
        assert answer.status_code == 403, (method, path)
    assert rows()["dictionary_entry"] == []


@pytest.mark.parametrize("path", ["/dictionaries/nothing", "/dictionaries/industries/nothing/edit"])
def test_what_is_not_there_is_not_found(admin, path):
    assert admin.get(path).status_code == 404


def test_plat_7_a_disabled_code_is_not_offered_to_new_records(app, no_walk_in):
    browser = Browser(app, "agent")
    source = browser.page("/customers/new").one("select", name="source")
    assert "walk_in" not in {option["value"] for option in source.all("option")}
    page = browser.submit(
        "/customers/new",
        {
            "pool": "personal",
            "kind": "individual",
            "name": "新客户",
            "phone": "13800001111",
            "source": "walk_in",
        },
        422,
    )
    assert list(page.errors()) == ["source"]


def test_plat_7_an_old_record_keeps_its_disabled_code_when_something_else_is_edited(app, no_walk_in):
    browser = Browser(app, "agent")
    assert "上门" in browser.page(f"/customers/{no_walk_in}").text
    page = browser.page(f"/customers/{no_walk_in}/edit")
    assert page.values()["source"] == "walk_in"
    typed = {name: value for name, value in page.values().items() if value not in ("", [])}
    assert browser.post(f"/customers/{no_walk_in}/edit", {**typed, "remark": "改过"}).status_code == 303
    found = _stored(no_walk_in)
    assert (found.source, found.remark) == ("walk_in", "改过")
    again = {**typed, "version": str(found.version), "source": "online"}
    assert browser.post(f"/customers/{no_walk_in}/edit", again).status_code == 303
    back = {**again, "version": str(_stored(no_walk_in).version), "source": "walk_in"}
    assert browser.post(f"/customers/{no_walk_in}/edit", back).status_code == 422


def test_plat_7_the_api_offers_and_accepts_what_forms_do(app, api, world, no_walk_in):
    add_entry(
        "customer_sources", code="douyin", label_zh="抖音", label_en="Douyin", actor=world.actor("admin")
    )
    agent = api("agent")
    items = agent.get("/dictionaries/customer_sources").get_json()["items"]
    assert "walk_in" not in {item["code"] for item in items}
    assert items[-1]["code"] == "douyin"
    body = {"pool": "personal", "kind": "individual", "name": "新客户", "phone": "13800001111"}
    refused = agent.post("/customers", {**body, "source": "walk_in"})
    assert (refused.status_code, list(refused.get_json()["fields"])) == (422, ["source"])
    assert agent.post("/customers", {**body, "source": "douyin"}).status_code == 201


def test_plat_7_filters_find_old_records_of_a_disabled_code(app, world):
    make_customer(world.actor("agent"), name="零售客户", industry="retail")
    enable_entry("industries", "retail", enabled=False, actor=world.actor("admin"))
    page = Browser(app, "agent").page("/customers/?industry=retail")
    assert "零售客户" in page.one("tbody").text


def test_acc_10_purposes_are_suggested_and_free_text_is_accepted(app, world):
    pk = make_customer(world.actor("agent")).id
    browser = Browser(app, "agent")
    page = browser.page(f"/customers/{pk}/reveal-phone")
    listed = page.one("datalist", id=page.one("input", name="purpose")["list"])
    assert len(listed.all("option")) >= 3
    assert browser.post(f"/customers/{pk}/reveal-phone", {"purpose": "客户要求回电"}).status_code == 200
