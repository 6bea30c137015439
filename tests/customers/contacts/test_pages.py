"""CUST-11, CUST-12, ACC-10, ACC-17: contacts and accounts on pages and in the API, for everybody."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.customers.accounts.services import add_account
from app.customers.company_paths.services import add_path
from app.customers.contacts.models import Contact
from app.customers.contacts.services import add_contact
from app.customers.numbers.models import NumberLookup
from app.customers.shipping_marks.services import add_mark
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from tests.support.make import make_customer
from tests.support.web.person import Browser

MOBILE, ACCOUNT = "13912345678", "6222021234567890"


@pytest.fixture
def made(world):
    agent = world.actor("agent")
    customer = make_customer(agent, kind="enterprise", name="天成贸易")
    contact = add_contact(customer.id, name="王芳", mobile=MOBILE, is_primary=True, actor=agent)
    account = add_account(customer.id, bank="工商银行", account_number=ACCOUNT, actor=agent)
    path = add_path(customer.id, path="成都→香港", actor=agent)
    mark = add_mark(customer.id, text="N/M", actor=agent)
    return {
        "customers": customer.id, "contacts": contact.id, "bank-accounts": account.id,
        "company-paths": path.id, "shipping-marks": mark.id,
    }  # fmt: skip


def _stored(pk) -> Contact:
    found = scoped(select(Contact).where(Contact.id == pk)).execution_options(populate_existing=True)
    return db.session.scalars(found).one()


PARTS = ("contacts", "bank-accounts", "company-paths", "shipping-marks")


def test_cust_12_the_api_reads_edits_and_deletes_by_the_persons_right(api, made):
    values = {
        "contacts": {"position": "经理"}, "bank-accounts": {"payee": "天成"},
        "company-paths": {"our_code": "K-1"}, "shipping-marks": {"text": "K.P."},
    }  # fmt: skip
    for part in PARTS:
        address = f"/{part}/{made[part]}"
        assert api("").get(address).status_code == 401
        for outsider in ("onsite", "director", "broker"):
            assert api(outsider).get(address).status_code == 403, (part, outsider)
        assert api("agent3").get(address).status_code == 404 == api("agent3").delete(address).status_code
        assert api("agent3").patch(address, values[part]).status_code == 404
        assert api("finance").get(address).status_code == 200
        assert api("finance").patch(address, values[part]).status_code == 403
        changed = api("agent").patch(address, values[part])
        assert (changed.status_code, changed.get_json() | values[part]) == (200, changed.get_json())
        assert api("agent").patch(address, {"owner": 1}).status_code == 422
        assert api("agent").delete(address).get_json() == {"id": made[part]}
        assert api("agent").get(address).status_code == 404
        assert api("agent").get(f"/customers/{made['customers']}/{part}").get_json()["items"] == []


def test_acc_10_whole_numbers_leave_by_reveals_alone(api, made):
    agent = api("agent")
    answers = [agent.get(f"/customers/{made['customers']}/360"), agent.get("/contacts")]
    answers += [agent.get(f"/{part}/{made[part]}") for part in PARTS]
    answers += [agent.get(f"/customers/{made['customers']}/operation-log")]
    for answer in answers:
        assert MOBILE not in answer.get_data(as_text=True)
        assert ACCOUNT not in answer.get_data(as_text=True)
    revealed = agent.post(f"/contacts/{made['contacts']}/reveal-number", {"purpose": "约看厂"})
    assert revealed.get_json() == {"phone": MOBILE, "landline": None}
    opened = api("finance").post(f"/bank-accounts/{made['bank-accounts']}/reveal-number", {"purpose": "对账"})
    assert opened.get_json() == {"account_number": ACCOUNT}
    assert agent.post(f"/contacts/{made['contacts']}/reveal-number", {}).status_code == 422
    looks = agent.get(f"/customers/{made['customers']}/reveals").get_json()["items"]
    assert [(one["number"], one["contact"]) for one in looks] == [
        ("**** 7890", None), ("139****5678", {"id": made["contacts"], "name": "王芳"})
    ]  # fmt: skip


def test_acc_17_searching_by_a_contacts_number_is_counted(api, made):
    agent = api("agent")
    for address in ("/customers/search", "/contacts/search"):
        found = agent.post(address, {"phone": MOBILE}).get_json()
        assert found["total"] == 1, address
    assert agent.post("/customers/search", {"phone": "13900000000"}).get_json()["total"] == 0
    lookups = db.session.query(NumberLookup).order_by(NumberLookup.id).all()
    assert [(one.way, one.hit) for one in lookups] == [("search", True), ("search", True), ("search", False)]
    assert agent.get("/customers", phone="5678").get_json()["total"] == 1
    assert api("finance").post("/contacts/search", {"phone": MOBILE}).status_code == 403
    assert api("finance").get("/contacts", phone="5678").get_json()["total"] == 1


def test_cust_11_a_null_number_is_removed_and_one_that_is_not_sent_stays(api, made):
    agent, address = api("agent"), f"/contacts/{made['contacts']}"
    kept = agent.patch(address, {"qq": "12345"}).get_json()
    assert (kept["mobile"], kept["qq"], kept["is_primary"]) == ("139****5678", "12345", True)
    assert agent.patch(address, {"mobile": None}).get_json()["mobile"] is None
    assert agent.patch(address, {"name": None}).status_code == 422


def test_cust_11_the_page_of_a_contact(app, made):
    pk, browser = made["contacts"], Browser(app, "agent")
    assert Browser(app, "agent3").get(f"/contacts/{pk}").status_code == 404
    page = browser.page(f"/contacts/{pk}")
    assert "139****5678" in page.text
    assert MOBILE not in page.text
    assert 'placeholder="139****5678"' in browser.get(f"/contacts/{pk}/edit").get_data(as_text=True)
    saved = browser.post(
        f"/contacts/{pk}/edit", {"name": "王方", "version": "1", "birthday": "5月20日", "mobile": ""}
    )
    assert saved.status_code == 303
    contact = _stored(pk)
    assert (contact.name, str(contact.mobile), str(contact.birthday)) == ("王方", "139****5678", "05-20")
    browser.post(f"/contacts/{pk}/edit", {"name": "王方", "version": "2", "without_mobile": "y"})
    assert not _stored(pk).mobile


def test_cust_15_the_tabs_of_what_belongs_to_a_customer(app, made):
    browser = Browser(app, "agent")
    for key, shown in (
        ("contacts", "王芳"), ("bank_accounts", "**** 7890"), ("company_paths", "成都→香港"),
        ("shipping_marks", "N/M"), ("edits", "139****5678"),
    ):  # fmt: skip
        assert shown in browser.page(f"/customers/{made['customers']}/tab/{key}").text, key
    finance = Browser(app, "finance").page(f"/customers/{made['customers']}/tab/bank_accounts")
    assert [button["href"] for button in finance.all("a") if "reveal-number" in (button["href"] or "")]


def test_cust_8_the_form_of_a_new_customer_says_whose_contact_has_the_number(app, made):
    """It forbids nothing; who may not open the customer learns no name."""
    asked = {"pool": "personal", "kind": "individual", "phone": MOBILE}
    mine = Browser(app, "agent").post("/customers/duplicate", asked).get_json()
    assert mine == {"message": "这是 天成贸易 的联系人的号码", "url": f"/customers/{made['customers']}"}
    other = Browser(app, "agent3").post("/customers/duplicate", asked).get_json()
    assert other == {"message": "这是别处一位客户的联系人的号码", "url": ""}
    free = Browser(app, "agent").post("/customers/duplicate", {**asked, "phone": "13900000000"}).get_json()
    assert free == {"message": "", "url": ""}
