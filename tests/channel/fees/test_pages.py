"""CH-25 on pages: the table with its totals, paying from the customer's page, voiding, exactly the export."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from app.audit.models import OperationLog
from app.channel.fees.models import ViewingFee
from app.channel.fees.services import create_fee, void_fee
from app.kernel.database.session import db
from app.kernel.files.attachments import Attachment
from tests.support.channel.scene import count, every, picture


def shot(color: str = "red", name: str = "payment.png") -> tuple[BytesIO, str]:
    """The picture of a payment, as a form sends it."""
    buffer = BytesIO()
    Image.new("RGB", (40, 60), color).save(buffer, "PNG")
    buffer.seek(0)
    return buffer, name


def _pay(channel, referral, amount="300.00", color="red"):
    return create_fee(
        referral_id=referral.id,
        amount=Decimal(amount),
        screenshot=picture(color),
        actor=channel.actor("secretary"),
    )


@pytest.fixture
def fees(channel):
    """Three customers of two brokers; one of the three fees was voided."""
    mine, other = channel.bound("broker1", "甲"), channel.bound("broker2", "乙", [("139", "5678")])
    made = [_pay(channel, mine), _pay(channel, other, "80.50"), _pay(channel, mine, "1200", "blue")]
    void_fee(made[2].id, reason="重复付款", actor=channel.actor("director"))
    channel.mine, channel.other, channel.fees = mine, other, made
    return channel


def _cells(page, key: str) -> list[str]:
    return [cell.text for cell in page.one("tbody").all("td", data_key=key)]


def _total(page) -> str:
    return page.one("tr", class_="sums").all("td")[0].text


def test_ch_25_the_table_has_its_columns_the_screenshot_and_the_total(by, fees):
    page = by("secretary").page("/viewing-fees/")
    assert _cells(page, "amount") == ["1,200.00", "80.50", "300.00"]
    assert _cells(page, "broker") == ["赵一", "钱二", "赵一"]
    assert _cells(page, "phone") == ["13900000001", "13900000002", "13900000001"]
    assert _cells(page, "company") == ["川流地产", "锦程不动产", "川流地产"]
    assert _cells(page, "code") == [fees.mine.code, fees.other.code, fees.mine.code]
    assert _cells(page, "name") == ["王甲", "王乙", "王甲"]
    assert _cells(page, "fragment") == ["138****1234", "139****5678", "138****1234"]
    assert _cells(page, "status") == ["已作废", "有效", "有效"]
    assert _cells(page, "void_reason")[0] == "重复付款"
    assert _total(page) == "合计 380.50", "voided ones do not count"
    rows = page.one("tbody").all("tr")
    assert [row["class"] for row in rows] == ["is-struck", "", ""]
    link = page.one("tbody").all("a", class_="shot")[0]
    assert by("secretary").get(link["href"]).mimetype == "image/png"
    assert by("secretary").get(link.one("img")["src"]).status_code == 200


@pytest.mark.parametrize(
    ("query", "amounts", "total"),
    [
        ("code={mine}", ["1,200.00", "300.00"], "300.00"),
        ("name=王乙", ["80.50"], "80.50"),
        ("fragment=5678", ["80.50"], "80.50"),
        ("broker=赵", ["1,200.00", "300.00"], "300.00"),
        ("broker_phone=13900000002", ["80.50"], "80.50"),
        ("company=锦程", ["80.50"], "80.50"),
        ("voided=no", ["80.50", "300.00"], "380.50"),
        ("amount_from=80.5&amount_to=300", ["80.50", "300.00"], "380.50"),
        ("amount_from=1,000", ["1,200.00"], "0.00"),
        ("order_by=amount", ["80.50", "300.00", "1,200.00"], "380.50"),
        ("page_size=1", ["1,200.00"], "380.50"),
    ],
)
def test_ch_25_search_its_total_and_the_export_are_the_same(by, fees, query, amounts, total):
    query = query.format(mine=fees.mine.code)
    page = by("director").page(f"/viewing-fees/?{query}")
    assert _cells(page, "amount") == amounts
    assert _total(page) in {f"合计 {total}", f"合计 {total.removesuffix('.00')}"}
    if "page_size" in query:
        return
    (button,) = [b for b in page.all("button") if b["formaction"].startswith("/viewing-fees/export")]
    answer = by("director").post(button["formaction"])
    head, *rows = load_workbook(BytesIO(answer.data)).active.values
    assert head[:8] == (
        "金额",
        "经纪人",
        "经纪人电话",
        "经纪公司",
        "客户编号",
        "姓名",
        "号码片段",
        "创建时间",
    )
    assert "付款截图" not in head
    assert [f"{row[0]:,.2f}" for row in rows] == amounts
    (log,) = db.session.scalars(select(OperationLog).where(OperationLog.record_type == "export"))
    assert log.parameters["rows"] == str(len(amounts))


@pytest.mark.parametrize("query", ["amount_from=abc", "amount_to=1.234", "created_from=x", "fragment=12"])
def test_ch_25_a_search_that_cannot_be_read_says_so_under_its_field(by, fees, query):
    page = by("secretary").page(f"/viewing-fees/?{query}")
    assert page.all(class_="has-error")
    assert not page.all("tr", class_="sums")


def test_ch_25_the_secretary_pays_from_the_customers_page(by, channel):
    mine, other = channel.bound("broker1"), channel.report("broker2")
    _pay(channel, mine)
    path = f"/viewing-fees/new?referral_id={other.id}"
    page = by("secretary").page(path)
    assert other.code in page.one("h1").text
    hint = page.one(class_="form-hint").text
    assert "钱二" in hint
    assert "300.00" in hint, "the same customer was paid for under another code"
    token = page.values()["token"]
    assert token
    missing = by("secretary").submit(path, {"token": token, "amount": "12.345"}, 422)
    assert set(missing.errors()) == {"amount", "screenshot"}
    assert (missing.values()["amount"], missing.values()["token"]) == ("12.345", token)
    nothing = by("secretary").submit(path, {"token": token, "amount": "0", "screenshot": shot()}, 422)
    assert nothing.errors() == {"amount": "应大于 0，最多两位小数"}
    for _ in range(2):  # a double submission
        sent = {"token": token, "amount": "200", "screenshot": shot()}
        assert by("secretary").post(path, sent).status_code == 303
    assert [fee.amount for fee in every(ViewingFee)] == [Decimal(300), Decimal(200)]
    (_first, file) = every(Attachment)
    assert file.media_type == "image/png"


@pytest.mark.parametrize(("content", "name"), [(b"MZ\x90\x00", "a.png"), ("文本".encode(), "a.txt")])
def test_ch_25_what_is_no_picture_is_refused_under_its_field(by, channel, content, name):
    referral = channel.bound("broker1")
    page = by("secretary").submit(
        f"/viewing-fees/new?referral_id={referral.id}",
        {"amount": "5", "screenshot": (BytesIO(content), name)},
        422,
    )
    assert set(page.errors()) == {"screenshot"}
    assert page.values()["amount"] == "5"
    assert count(ViewingFee) == 0


@pytest.mark.parametrize(
    ("key", "status"), [("director", 403), ("admin", 403), ("auditor", 403), ("onsite", 403), ("", 302)]
)
def test_ch_25_only_the_secretary_pays(by, channel, key, status):
    path = f"/viewing-fees/new?referral_id={channel.bound('broker1').id}"
    assert by(key).get(path).status_code == status
    assert by(key).post(path, {"amount": "5", "screenshot": shot()}).status_code == status
    assert count(ViewingFee) == 0


@pytest.mark.parametrize("query", ["", "?referral_id=", "?referral_id=x", "?referral_id=987654"])
def test_ch_25_there_is_no_fee_without_a_customer(by, channel, query):
    assert by("secretary").get(f"/viewing-fees/new{query}").status_code == 404


def test_ch_25_the_director_voids_once_with_a_reason_and_the_secretary_may_not(by, fees):
    path = f"/viewing-fees/{fees.fees[0].id}/void"
    assert by("secretary").post(path, {"reason": "错"}).status_code == 403
    form = by("director").page(path).form()
    assert form["data-ask"], "it cannot be undone: it is asked first"
    assert set(by("director").submit(path, {"reason": " "}, 422).errors()) == {"reason"}
    assert by("director").post(path, {"reason": "金额有误"}).status_code == 303
    assert by("director").post(path, {"reason": "金额有误"}).status_code == 409
    page = by("director").page("/viewing-fees/")
    assert _total(page) == "合计 80.50"
    assert [link["href"] for link in page.one("tbody").all("a", class_="op")] == [
        f"/viewing-fees/{fees.fees[1].id}/void"
    ]
    assert not by("secretary").page("/viewing-fees/").one("tbody").all("a", class_="op")


def test_ch_25_the_fees_own_page_and_who_reaches_it(by, fees):
    voided = fees.fees[2]
    page = by("secretary").page(f"/viewing-fees/{voided.id}")
    for said in ("1,200.00", "重复付款", fees.mine.code, "宋佳音", "已作废", fees.actor("director").name):
        assert said in page.text
    assert page.one("a", class_="shot")
    log = by("auditor").page(f"/viewing-fees/{voided.id}/tab/operations")
    assert "重复付款" in log.text
    assert by("secretary").get(f"/viewing-fees/{voided.id}/tab/operations").status_code == 404
    for key, status in (("onsite", 403), ("agent", 403), ("", 302)):
        assert by(key).get(f"/viewing-fees/{voided.id}").status_code == status
        assert by(key).get("/viewing-fees/").status_code == status
        assert by(key).post("/viewing-fees/export").status_code in {302, 403}
    assert by("secretary").get("/viewing-fees/987654").status_code == 404
