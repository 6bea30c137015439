"""CH-2: broker companies in the browser."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import select

from app.audit.models import OperationLog
from app.channel.companies import services as companies
from app.channel.companies.models import BrokerCompany
from app.kernel.database.session import db
from tests.support.channel.scene import again, every
from tests.support.web.kit import ListViewTests
from tests.support.web.person import Browser

LIST = "/broker-companies/"


def _row(page, name: str):
    return next(row for row in page.one("tbody").all("tr") if name in row.text)


def _delete(row):
    return next(one for one in row.all("button") if one.text == "删除")


def test_ch_2_the_director_creates_edits_disables_and_deletes(app, channel):
    director = Browser(app, "director")
    sent = {"name": "安家置换", "contact": "刘经理", "phone": "028-8555 1234", "address": "武侯区"}
    assert director.post("/broker-companies/new", sent).status_code == 303
    made = every(BrokerCompany, BrokerCompany.name == "安家置换")[0]
    assert (made.phone, made.active) == ("02885551234", True)
    kept = {"name": "安家置换", "contact": "", "phone": "x", "active": "y"}
    assert director.submit(f"{LIST}{made.id}/edit", kept, 422).errors() == {"phone": "不是有效的电话号码"}
    taken = {"name": "川流地产", "active": "y"}
    assert director.submit(f"{LIST}{made.id}/edit", taken, 409).errors() == {"name": "已有同名经纪公司"}
    assert director.post(f"{LIST}{made.id}/edit", {"name": "安家", "active": "y"}).status_code == 303
    assert director.post(f"{LIST}{made.id}/disable").status_code == 303
    assert not again(made).active
    assert _row(director.page(f"{LIST}?active=no"), "安家").text.count("启用") == 1
    assert director.post(f"{LIST}{made.id}/enable").status_code == 303
    button = _delete(_row(director.page(LIST), "安家"))
    assert "安家" in button["data-ask"]
    assert director.post(button["formaction"]).location == LIST
    assert not every(BrokerCompany, BrokerCompany.name == "安家")
    log = select(OperationLog.operation).where(OperationLog.record_type == "broker_company")
    assert "broker_company.delete" in set(db.session.scalars(log))


def test_ch_2_one_that_is_used_is_not_deleted_and_its_button_says_why(app, channel):
    director = Browser(app, "director")
    used = channel.companies[0]
    row = _row(director.page(LIST), used.name)
    assert row.one("td", data_key="brokers").text == "3"
    link = row.one("td", data_key="brokers").one("a")["href"]
    shown = director.page(link)
    assert len(shown.one("tbody").all("tr")) == 3
    assert used.name in shown.text, "what narrows the list can be seen and cleared"
    assert "停用" in _delete(row)["title"]
    assert _delete(row)["aria-disabled"] == "true"
    assert director.post(f"{LIST}{used.id}/remove").status_code == 409
    assert again(used) is not None
    assert len(director.page(f"{LIST}{used.id}/tab/brokers").one("tbody").all("tr")) == 3


def test_ch_2_the_secretary_changes_nothing(app, channel):
    pk = channel.companies[0].id
    secretary = Browser(app, "secretary")
    assert not _row(secretary.page(LIST), channel.companies[0].name).all("button")
    for path in ("new", f"{pk}/edit"):
        assert secretary.get(LIST + path).status_code == 403
    for path in ("disable", "enable", "remove"):
        assert secretary.post(f"{LIST}{pk}/{path}").status_code == 403
        assert Browser(app, "director").open("POST", f"{LIST}{pk}/{path}").status_code == 400


class TestBrokerCompanies(ListViewTests):
    """CH-2: the director edits the list, the secretary reads it, and its cost does not grow with its rows."""

    view = "BrokerCompanyView"
    api = "/broker-companies"
    scene = "channel"
    allowed = ("director", "secretary", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1")
    filters: ClassVar = {
        "name=川": ["川流地产"], "name=无": [], "active=yes": ["川流地产", "锦程不动产"], "active=no": [],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["川流地产", "锦程不动产"]}
    most = 9

    def add(self, number):
        companies.create_company(name=f"公司{number}", actor=self.people.admin)
