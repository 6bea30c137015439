"""PLAT-6, CUST-14: the list of customers as a file — exactly the list, masked, recorded."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import BytesIO
from itertools import pairwise

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from app.audit.models import OperationLog
from app.audit.services import verify
from app.customers.follow_ups.services import follow_up
from app.customers.profile.views import CustomerView
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.exports import lists as export
from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.people.population import Population
from tests.support.web.person import Browser

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _sheet(response):
    assert response.status_code == 200, response.get_data(as_text=True)[:300]
    assert response.mimetype == XLSX
    return load_workbook(BytesIO(response.data)).active


def _rows(response) -> list[dict[str, object]]:
    head, *rows = _sheet(response).iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def _codes(response) -> list[str]:
    return [row["编号"] for row in _rows(response)]


def _listed(http, **query) -> list[str]:
    """Codes of the whole list, page after page."""
    found, page = [], 1
    while True:
        body = http.get("/customers", **query, page=page, page_size=100).get_json()
        found += [one["code"] for one in body["items"]]
        if len(body["items"]) < 100:
            return found
        page += 1


def _logs() -> list[OperationLog]:
    rows = select(OperationLog).where(OperationLog.record_type == "export").order_by(OperationLog.id)
    return list(db.session.scalars(rows))


@pytest.fixture
def population(world, database):
    database.scene("population", lambda: Population(world).fill())
    return world


@pytest.mark.parametrize("username", ["agent", "manager", "agent3", "other_agent", "auditor", "finance"])
def test_plat_6_everybody_exports_what_they_see_and_nothing_else(app, api, population, username):
    found = _codes(Browser(app, username).post("/customers/export"))
    assert found == _listed(api(username))
    assert len(found) == len(set(found))


@pytest.mark.both
@pytest.mark.parametrize(
    "query",
    [
        {"tab": "personal"},
        {"tab": "platform", "order_by": "created_at"},
        {"tab": "private"},
        {"tab": "pending"},
        {"tab": "off_shelf"},
        {"pool": "platform", "follow_status": "following"},
        {"name": "客户1"},
        {"order_by": "-last_follow_up_at", "tab": "personal"},
        {"order_by": "next_contact_at"},
        {"created_from": "2100-01-01"},
    ],
    ids=str,
)
def test_plat_6_exactly_the_list_as_filtered_and_ordered(app, api, population, query):
    http = api("manager")
    expected = _listed(http, **query)
    address = "/customers/export?" + "&".join(f"{name}={value}" for name, value in query.items())
    assert _codes(Browser(app, "manager").post(address)) == expected
    assert _codes(http.get("/customers/export", **query)) == expected
    on_screen = Browser(app, "manager").get("/customers/" + address.removeprefix("/customers/export"))
    shown = on_screen.get_data(as_text=True)
    places = [shown.find(code) for code in expected[:20]]
    assert all(a < b for a, b in pairwise([0, *places])), "the page shows the same ones in the same order"


def test_plat_6_which_page_is_on_the_screen_does_not_matter(app, population):
    browser = Browser(app, "manager")
    whole = _codes(browser.post("/customers/export"))
    assert _codes(browser.post("/customers/export?page=2&page_size=10")) == whole
    assert len(whole) > 10


def test_plat_6_cells_are_typed_and_numbers_masked(app, world):
    agent = world.actor("agent")
    made = make_customer(agent, name="=cmd|' /C calc'!A0", phone="13812345678", annual_revenue=600_000)
    ahead = clock.now() + timedelta(days=2)
    follow_up(made.id, content="x", method="phone", next_contact_at=ahead, actor=agent)
    response = Browser(app, "agent").post("/customers/export")
    (row,) = _rows(response)
    assert row["名称"] == "=cmd|' /C calc'!A0"
    assert row["电话"] == "138****5678"
    assert isinstance(row["创建时间"], datetime)
    local = clock.to_local(made.created_at).replace(tzinfo=None)
    assert abs(row["创建时间"] - local) < timedelta(minutes=1)
    assert isinstance(row["下次联系"], datetime)
    assert (row["状态"], row["客源类型"], row["负责人"], row["部门"]) == (
        "跟进中", "个人客户", agent.name, "城东店",
    )  # fmt: skip
    assert b"13812345678" not in response.data
    sheet = _sheet(response)
    assert sheet["B2"].data_type == "s"


def test_plat_6_columns_and_headings_are_the_lists(app, world):
    make_customer(world.actor("agent"))
    with app.test_request_context():
        chinese = [str(CustomerView.label_columns[name]) for name in CustomerView.list_columns]
    assert [*_rows(Browser(app, "agent").post("/customers/export"))[0]] == chinese
    english = _rows(Browser(app, "agent", locale="en").post("/customers/export"))[0]
    assert {"Code", "Name", "Phone", "Last follow-up"} <= set(english)
    assert english["Status"] == "Following"


def test_plat_6_the_file_is_named_and_kept_by_nobody(app, world):
    response = Browser(app, "agent").post("/customers/export")
    header = response.headers["Content-Disposition"]
    assert header.isascii()
    assert f"{clock.today():%Y%m%d}.xlsx" in header
    assert header.startswith("attachment; ")
    assert response.headers["Cache-Control"] == "no-store"
    assert int(response.headers["Content-Length"]) == len(response.data)
    assert [*(app.config["KEPAN"].data_dir / "tmp").iterdir()] == []


def test_plat_6_who_exported_what_is_recorded_without_personal_data(app, api, world):
    agent = world.actor("agent")
    make_customer(agent, name="张三丰", phone="13812345678")
    Browser(app, "agent").post("/customers/export?tab=personal&name=张三&phone=13812345678&pool=personal")
    api("agent").get("/customers/export", created_from="2026-01-01", overdue="no")
    first, second = _logs()
    assert (first.operation, first.record_type, first.actor_id) == ("customer.export", "export", agent.id)
    assert first.parameters == {
        "rows": "1",
        "filters": "tab=personal; name=…; phone=…; pool=personal; order_by=-created_at",
    }
    assert second.parameters["filters"] == ("tab=all; created=2026-01-01–; overdue=no; order_by=-created_at")
    assert "张三" not in first.sentence
    assert [*verify()] == []


def test_plat_6_the_log_shows_exports(app, world):
    Browser(app, "agent").post("/customers/export")
    text = Browser(app, "auditor").get("/operation-log/?record_type=export").get_data(as_text=True)
    assert world.actor("agent").name in text


@pytest.mark.parametrize(
    "query", ["phone=12", "created_from=yesterday", "pool=nonsense", "order_by=name", "overdue=maybe"]
)
def test_plat_6_a_filter_that_cannot_be_read_is_refused(app, api, world, query):
    assert Browser(app, "agent").post(f"/customers/export?{query}").status_code == 422
    response = api("agent").open("GET", f"/customers/export?{query}")
    assert response.status_code == 422
    assert response.get_json()["fields"]
    assert _logs() == []


def test_plat_6_the_api_names_the_tab_or_refuses(api, world):
    assert api("agent").get("/customers/export", tab="nonsense").status_code == 422


@pytest.mark.parametrize(
    ("username", "status"),
    [("agent", 200), ("sales", 200), ("manager", 200), ("finance", 200), ("auditor", 200), ("admin", 200),
     ("director", 403), ("onsite", 403), ("broker", 403), ("visitor", 403)],
)  # fmt: skip
def test_acc_16_who_reads_customers_may_export_them(app, api, world, username, status):
    assert Browser(app, username).post("/customers/export").status_code == status
    assert api(username).get("/customers/export").status_code == status


def test_plat_6_exporting_needs_a_post_with_its_token(app, world):
    browser = Browser(app, "agent")
    assert browser.get("/customers/export").status_code in {404, 405}
    assert browser.client.post("/customers/export").status_code == 400
    assert Browser(app).post("/customers/export").status_code == 302


def test_plat_6_asking_for_the_head_exports_nothing(app, api, world):
    make_customer(world.actor("agent"))
    answer = api("agent").open("HEAD", "/customers/export", query_string={"pool": "personal"})
    assert (answer.status_code, answer.mimetype, answer.data) == (200, XLSX, b"")
    assert answer.headers["Cache-Control"] == "no-store"
    assert ".xlsx" in answer.headers["Content-Disposition"]
    assert api("agent").open("HEAD", "/customers/export?pool=nonsense").status_code == 422
    assert api("director").open("HEAD", "/customers/export").status_code == 403
    assert Browser(app, "agent").open("HEAD", "/customers/export").status_code == 405
    assert _logs() == []


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_plat_6_no_link_exports_with_the_pages_session(app, world, method):
    """Fetched ahead, embedded or followed from another site: a link carries the cookie, and no token."""
    make_customer(world.actor("agent"))
    browser = Browser(app, "agent")
    address = "/api/v1/customers/export"
    for headers in ({}, {"Sec-Purpose": "prefetch"}, {"X-CSRFToken": "wrong"}):
        assert browser.open(method, address, headers=headers).status_code == 400
    assert browser.open(method, f"{address}?csrf_token={browser.token}").status_code == 400
    assert _logs() == []
    assert browser.open(method, address, headers={"X-CSRFToken": browser.token}).status_code == 200
    assert len(_logs()) == (1 if method == "GET" else 0)


def test_plat_6_no_page_links_to_an_export(app, world):
    make_customer(world.actor("agent"))
    page = Browser(app, "agent").page("/customers/?pool=personal")
    assert not [link for link in page.all() if "/export" in link["href"] or "/export" in link["src"]]
    (button,) = [one for one in page.all("button") if "/export" in one["formaction"]]
    form = page.one("form", id=button["form"])
    assert form["method"].lower() == "post"
    assert form.one("input", name="csrf_token")


def test_plat_6_the_button_keeps_the_filters(app, world):
    make_customer(world.actor("agent"))
    browser = Browser(app, "agent")
    shown = browser.get("/customers/?pool=personal&page=1").get_data(as_text=True)
    assert 'formaction="/customers/export?pool=personal"' in shown
    assert "data-download" in shown
    assert "/customers/export" not in Browser(app, "director").get("/").get_data(as_text=True)


def test_acc_14_who_only_reads_exports_too(app, world):
    made = make_customer(world.actor("agent"))
    make_push(made, receiver=world.actor("agent3"), state="pending")
    held = make_platform_customer(world.actor("agent"), state="private")
    assert _codes(Browser(app, "agent3").post("/customers/export")) == [made.code]
    rows = {row["编号"]: row for row in _rows(Browser(app, "agent").post("/customers/export"))}
    assert rows[held.code]["状态"] == "跟进中 · 已拉私"


@pytest.mark.both
def test_plat_6_reading_and_writing_are_batched(app, world):
    """More rows than a batch come in one order, none twice, none missing."""
    fill = Population(world)
    agent = fill.staff["agent"]
    for number in range(1_100):
        made = fill.add(
            {"pool": "personal", "follow_status": "following", "company_id": agent.company_id,
             "department_id": agent.department_id, "owner_id": agent.id}
        )  # fmt: skip
        made.created_at -= timedelta(minutes=number % 7)
    fill.write()
    found = _codes(Browser(app, "agent").post("/customers/export"))
    assert len(found) == len(set(found)) == 1_100


@pytest.mark.both
def test_plat_12_an_export_keeps_no_writer_waiting(app, world, monkeypatch):
    """On SQLite a changing transaction is alone; an export holds one only for its trace."""
    seen = []
    plain_write = export.write_xlsx

    def write(*args):
        with app.app_context():
            follow_up(made.id, content="meanwhile", method="phone", actor=world.actor("agent"))
            seen.append("written meanwhile")
        return plain_write(*args)

    made = make_customer(world.actor("agent"))
    pk = made.id
    assert pk
    db.session.commit()
    monkeypatch.setattr(export, "write_xlsx", write)
    assert Browser(app, "agent").post("/customers/export").status_code == 200
    assert seen == ["written meanwhile"]
