"""CH-20, CH-28: property consultants and walk-in visitors in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.channel.consultants import services as consultants
from app.channel.scans import services as scanning
from app.channel.visitors import services as visitors
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.shared.models import Account, Staff
from tests.support.channel.scene import again
from tests.support.people.accounts import username_of
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from app.channel.visitors.models import Visitor

PASSWORD = "Gruene-Ente-88"


@pytest.fixture
def visitor(channel) -> Visitor:
    return visitors.register_visitor(
        phone="13600000001", name="冯小姐", consent_version="2026-01", actor=SYSTEM
    )


def _hired(channel, username: str = "gu.wen") -> Staff:
    return consultants.create_consultant(
        username=username, name="杜若", password=PASSWORD, project_ids=[channel.project.id],
        department_id=channel.world.department("hq").id, actor=channel.admin,
    )  # fmt: skip


def test_ch_20_a_consultant_is_made_with_a_login_and_afterwards_only_phone_and_password_change(app, channel):
    admin = Browser(app, "admin")
    sent = {
        "name": "杜若", "phone": "13800138001", "username": "gu.wen", "password": PASSWORD,
        "department_id": str(channel.world.department("hq").id), "project_ids": [str(channel.project.id)],
    }  # fmt: skip
    missing = admin.submit("/consultants/new", {**sent, "project_ids": [], "password": "1"}, 422)
    assert missing.errors()["project_ids"] == "此项必填"
    assert missing.values()["username"] == "gu.wen"
    assert admin.post("/consultants/new", sent).status_code == 303
    made = db.session.scalars(select(Staff).where(Staff.name == "杜若")).one()
    assert [role.name for role in made.account.roles] == ["Consultant"]
    row = admin.page("/consultants/?name=杜若").one("tbody").one("tr")
    assert (row.one("td", data_key="username").text, row.one("td", data_key="bound").text) == ("gu.wen", "0")
    assert channel.project.name in admin.page(f"/consultants/{made.id}").text
    form = admin.page(f"/consultants/{made.id}/edit")
    assert {*form.values()} == {"csrf_token", "phone", "password"}
    assert admin.post(f"/consultants/{made.id}/edit", {"phone": "13800138002"}).status_code == 303
    assert again(made).phone == "13800138002"


def test_ch_20_bound_customers_are_counted_linked_and_given_away_on_leaving(app, channel):
    admin, leaving = Browser(app, "admin"), channel.world.actor("consultant")
    referral = channel.bound("broker1")
    row = admin.page("/consultants/").one("tbody").one("tr")
    link = row.one("td", data_key="bound").one("a")
    assert link.text == "1"
    customers = admin.page(link["href"]).one("tbody").all("tr")
    assert [one.one("td", data_key="code").text for one in customers] == [referral.code]
    path = f"/consultants/{leaving.id}/depart"
    form = admin.page(path)
    assert "1 位已绑定客户" in form.one("div", class_="form-warn").text
    offered = admin.get(form.one("select", id="receiver_id")["data-remote"]).get_json()["results"]
    assert offered == [], "the one who leaves receives nothing"
    refused = admin.submit(path, {"reason": "离职"}, 422)
    assert refused.errors() == {"receiver_id": "请先把已绑定的客户转给其他置业顾问"}
    receiver = _hired(channel)
    answer = admin.post(path, {"receiver_id": str(receiver.id), "reason": "离职"})
    assert (answer.status_code, answer.location) == (303, "/consultants/")
    assert again(referral).assigned_consultant_id == receiver.id
    assert not db.session.get_one(Account, leaving.id, populate_existing=True).active
    assert leaving.name not in admin.page("/consultants/").one("tbody").text


def test_ch_20_only_the_administrator_manages_consultants(app, channel):
    pk = channel.world.actor("consultant").id
    auditor = Browser(app, "auditor")
    assert auditor.page("/consultants/").one("tbody").text.count("离职") == 0
    for path in (f"/consultants/{pk}/edit", f"/consultants/{pk}/depart", "/consultants/new"):
        assert auditor.get(path).status_code == 403
    for outsider in ("director", "secretary", "consultant", "agent"):
        assert Browser(app, outsider).get("/consultants/").status_code == 403
        assert Browser(app, outsider).post(f"/consultants/{pk}/depart").status_code == 403
    assert db.session.get_one(Staff, pk).status == "active"


def test_ch_28_visitors_are_read_with_masked_numbers_and_their_visits(app, channel, visitor):
    director = Browser(app, "director")
    scanning.scan(
        token=visitor.qr_token, project_id=channel.project.id, actor=channel.actor("onsite"),
        consultant_id=channel.world.actor("consultant").id,
    )  # fmt: skip
    row = director.page("/visitors/").one("tbody").one("tr")
    assert row.one("td", data_key="phone").text == "136****0001"
    assert row.one("td", data_key="visits").text == "1"
    assert director.page(f"/visitors/?code={visitor.code}").one("tbody").one("tr")
    assert not director.page("/visitors/?name=别人").all("tbody")
    detail = director.get(f"/visitors/{visitor.id}").get_data(as_text=True)
    assert "13600000001" not in detail
    head = director.page(f"/visitors/{visitor.id}").one(class_="page-head")
    assert f"/visitors/{visitor.id}" not in [link["href"] for link in head.all("a")]
    visits = director.page(f"/visitors/{visitor.id}/tab/visits").one("tbody")
    assert channel.project.name in visits.text
    for outsider in ("secretary", "agent", username_of(visitor.id)):
        assert Browser(app, outsider).get("/visitors/").status_code == 403
