"""Text that looks like a script, template, formula or format is text: stored as typed, shown escaped on every
page, exported as text (PLAT-6). Full-width digits become ordinary ones; invisible characters are dropped, on
pages and in the API (ACC-11).
"""

from __future__ import annotations

from io import BytesIO
from itertools import product
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from tests.support.people.roles import role_id
from tests.support.web.clients import apart
from tests.support.web.pages import Page
from tests.support.web.person import Browser
from tests.support.web.routes import all_routes

# Each has a word of its own, to find it again.
TEXTS = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=go()>',
    "closing": "</textarea>'\"--><b data-x>",
    "template": "甲{{7*7}}${7*7}{%if%}乙",
    "formula": "=1+1",
    "command": "@SUM(A1)|'",
    "format": "100%(name)s %s %n {0}",
}
# What a page would contain if it did not treat them as text.
ALIVE = ("<script>alert", "<img src=x", "</textarea>'", "甲49", "<b data-x>")
TABS = ("follow_ups", "files", "team", "linked", "edits", "operations", "reveals")


def _alive(html: str) -> list[str]:
    return [one for one in ALIVE if one in html]


class Writer:
    """Types the same text into every field of a customer, by page or by API."""

    def __init__(self, database, api, face: str) -> None:
        self.database, self.face = database, face
        self.browser, self.api = Browser(database.app, "agent"), api("agent")

    def create(self, **values) -> int:
        if self.face == "api":
            answer = self.api.post("/customers", values)
            assert answer.status_code == 201, answer.get_json()
            return answer.get_json()["id"]
        form = {**values, **{f"demand-{name}": value for name, value in values.pop("demand", {}).items()}}
        form.pop("demand", None)
        known = {row["id"] for row in self.api.get("/customers").get_json()["items"]}
        answer = self.browser.post("/customers/new", {"kind": "individual", "pool": "personal", **form})
        assert answer.status_code == 303, answer.get_data(as_text=True)[:2000]
        (made,) = {row["id"] for row in self.api.get("/customers").get_json()["items"]} - known
        return made

    def do(self, pk: int, operation: str, page: str, **values) -> None:
        if self.face == "api":
            answer = self.api.post(f"/customers/{pk}/{operation}", values)
            assert answer.status_code in {200, 201}, answer.get_json()
        else:
            assert self.browser.post(f"/customers/{pk}/{page}", values).status_code in {200, 303}

    def edit(self, pk: int, **values) -> None:
        version = self.api.get(f"/customers/{pk}").get_json()["version"]
        if self.face == "api":
            answer = self.api.patch(f"/customers/{pk}", {"version": version, **values})
            assert answer.status_code == 200, answer.get_json()
            return
        shown = self.browser.page(f"/customers/{pk}/edit").values()
        assert self.browser.post(f"/customers/{pk}/edit", {**shown, **values}).status_code == 303


@pytest.fixture(params=["page", "api"])
def writer(request, database, api) -> Writer:
    return Writer(database, api, request.param)


@pytest.mark.parametrize("kind", TEXTS)
def test_plat_9_text_is_stored_as_typed_and_shown_as_text(database, writer, kind):
    text = TEXTS[kind]
    other = database.world.actor("agent2").id
    pk = writer.create(
        name=text, phone="13800001234", short_name=text, remark=f"{text}\n{text}", address=text,
        demand={"needs": text},
    )  # fmt: skip
    writer.do(pk, "follow-ups", "follow-up", content=text, method="phone")
    writer.do(pk, "reveal-phone", "reveal-phone", purpose=text)
    writer.do(pk, "members", "add-member", staff_id=other, access="write")
    writer.edit(pk, name=f"{text}改", remark=text)
    record = writer.api.get(f"/customers/{pk}").get_json()
    assert (record["name"], record["short_name"], record["remark"]) == (f"{text}改", text, text)
    assert (record["address"], record["demand"]["needs"]) == (text, text)
    (note,) = writer.api.get(f"/customers/{pk}/follow-ups").get_json()["items"]
    assert note["content"] == text
    _shown(writer, pk, text)
    inbox = Browser(database.app, "agent2")
    assert text in inbox.page("/inbox/").text
    assert _alive(inbox.get("/inbox/").get_data(as_text=True)) == []


def _shown(writer: Writer, pk: int, text: str) -> None:
    """Check that every page of the customer shows the text literally."""
    browser = writer.browser
    for address in ("/customers/", f"/customers/{pk}", f"/customers/{pk}/edit", "/"):
        answer = browser.page(address)
        assert _alive(answer.response.get_data(as_text=True)) == [], address
        written = " ".join(
            [answer.text, *map(str, answer.values().values())] if "edit" in address else [answer.text]
        )
        assert " ".join(text.split()) in " ".join(written.split()), address
    for tab in TABS:
        answer = browser.page(f"/customers/{pk}/tab/{tab}")
        assert _alive(answer.response.get_data(as_text=True)) == [], tab
        said = tab in {"follow_ups", "edits", "reveals"}
        assert not said or " ".join(text.split()) in answer.text, tab
    found = browser.page(f"/customers/?name={quote(text, safe='')}")
    assert [row["data-url"] for row in found.all("tr") if row["data-url"]] == [f"/customers/{pk}"]


def test_plat_6_every_such_text_is_exported_as_text(database, writer):
    for number, text in enumerate(TEXTS.values()):
        writer.create(name=text, phone=f"1380000{number:04d}")
    answer = writer.browser.post("/customers/export")
    sheet = load_workbook(BytesIO(answer.data)).active
    cells = [cell for row in sheet.iter_rows(min_row=2) for cell in row]
    written = {cell.value for cell in cells if cell.data_type == "s"}
    assert set(TEXTS.values()) <= written
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]


def _name_everything(database, texts) -> None:
    """Use the texts as names: role, company, department, district, dictionary entry, and a saved filter."""
    admin, east = Browser(database.app, "admin"), str(database.world.department("store_east").id)
    agent = str(apart(database.app, lambda: role_id("Agent")))
    for number, text in enumerate(texts):
        entry = f"/dictionaries/customer_sources/{('walk_in', 'referral')[number % 2]}/edit"
        staff = {"username": f"odd{number}", "password": "Blaue-Wiese-2026", "role_ids": agent}
        forms = {
            "/roles/new": {"name": text, "like_id": agent, "kind": "own"},
            "/companies/new": {"name": text},
            "/departments/new": {"name": text, "parent_id": east},
            "/districts/new": {"name": text, "code": f"99000{number}"},
            "/dictionaries/customer_sources/new": {
                "code": f"odd_{number}",
                "label_zh": text,
                "label_en": text,
            },
            entry: {"label_zh": f"{text}改", "label_en": f"{text}改", "enabled": "y"},
            "/staff/new": {**staff, "name": text, "department_id": east},
            "/list-views/new?list=CustomerView&query=pool%3Dpersonal": {"name": text},
        }
        for address, values in forms.items():
            answer = admin.post(address, values)
            assert answer.status_code == 303, (address, Page(answer).errors())


def _pages(app, ids) -> list[str]:
    """Return the addresses of all pages that are read, except signing out."""
    left_out = ("static", "logout", "/lang/")
    return [
        route.path(ids).replace("follow_statuses", "customer_sources")
        for route in all_routes(app)
        if route.method == "GET" and not route.is_api and not any(part in str(route) for part in left_out)
    ]


@pytest.mark.parametrize("locale", ["zh", "en"])
def test_plat_7_names_that_an_administrator_gives_are_text_on_every_page(database, api, locale):
    _name_everything(database, TEXTS.values())
    writer = Writer(database, api, "api")
    made = [
        writer.create(name=text, phone=f"1380000{n:04d}", source=f"odd_{n}")
        for n, text in enumerate(TEXTS.values())
    ]
    browser, shown = Browser(database.app, "admin", locale=locale), set()
    for address in _pages(database.app, {"customers": made[0]}):
        answer = browser.get(address, query_string={"page_size": "100"})
        assert answer.status_code < 500, address
        if answer.mimetype == "text/html":
            assert _alive(answer.get_data(as_text=True)) == [], address
            words = " ".join(Page(answer).texts())
            if all(text in words for text in TEXTS.values()):
                shown.add(address)
    assert {"/roles/", "/companies/", "/departments/", "/districts/", "/staff/", "/operation-log/"} <= shown
    assert {"/dictionaries/", "/dictionaries/customer_sources", "/customers/", "/customers/new"} <= shown


def test_plat_7_choices_of_remote_search_are_text(database):
    _name_everything(database, TEXTS.values())
    browser = Browser(database.app, "admin")
    for address, text in product(("/options/staff", "/options/departments"), TEXTS.values()):
        answer = browser.get(address, query_string={"q": text})
        assert answer.mimetype == "application/json"
        assert any(text in one["text"] for one in answer.get_json()["results"]), (address, text)


HIDDEN = "\u200b\u202e\ufeff\u2066\u00ad"


def test_acc_11_digits_of_any_width_and_hidden_characters(writer):
    """Numbers and days are read by their value; names lose invisible characters; other text stays
    as typed.
    """
    pk = writer.create(
        name=f"{HIDDEN}王{HIDDEN}小明{HIDDEN}",
        phone=f"{HIDDEN}１３８ ０００{HIDDEN}０-１２３４",
        remark=f"门牌１２３\r\n{HIDDEN}二",
        founded_on="2020-02-29",
        demand={"needs": f"{HIDDEN}三室"},
    )
    writer.do(pk, "follow-ups", "follow-up", content=f"{HIDDEN}谈１次{HIDDEN}", method="phone")
    record = writer.api.get(f"/customers/{pk}").get_json()
    assert (record["name"], record["phone"]) == ("王小明", "138****1234")
    assert (record["remark"], record["demand"]["needs"]) == ("门牌１２３\n二", "三室")
    assert writer.api.get(f"/customers/{pk}/follow-ups").get_json()["items"][0]["content"] == "谈１次"
    assert writer.api.get("/customers", phone="13800001234").get_json()["total"] == 1
    assert writer.api.get("/customers", phone="１２３４").get_json()["total"] == 1
    revealed = writer.api.post(f"/customers/{pk}/reveal-phone", {"purpose": "看"}).get_json()
    assert revealed["phone"].replace(" ", "").removeprefix("+86") == "13800001234"
    name = f"王{HIDDEN}小"
    assert writer.api.get("/customers", name=name).get_json()["total"] == 1
    writer.do(
        pk,
        "change-phone",
        "change-phone",
        old_phone=f"１３８００００１２３４{HIDDEN}",
        new_phone="１３９００００５６７８",
    )
    assert writer.api.get(f"/customers/{pk}").get_json()["phone"] == "139****5678"


def test_acc_11_numbers_on_the_page_in_full_width(database, api):
    writer = Writer(database, api, "page")
    pk = writer.create(
        name="王小明", phone="13800001234", annual_revenue="６０００００", cooperation_years="２．５",
        founded_on="２０２０-０２-２９", demand={"rooms_min": "２", "price_min": "８０"},
    )  # fmt: skip
    record = writer.api.get(f"/customers/{pk}").get_json()
    assert (float(record["annual_revenue"]), float(record["cooperation_years"])) == (600_000, 2.5)
    assert record["founded_on"] == "2020-02-29"
    assert (record["demand"]["rooms_min"], float(record["demand"]["price_min"])) == (2, 80)


def test_acc_11_names_of_the_organisation_lose_what_cannot_be_seen(database):
    _name_everything(database, [f"{HIDDEN}东{HIDDEN}区"])
    admin = Browser(database.app, "admin")
    for address in (
        "/roles/",
        "/companies/",
        "/departments/",
        "/districts/",
        "/staff/",
        "/dictionaries/customer_sources",
    ):
        text = admin.page(address).text
        assert "东区" in text, address
        assert not set(HIDDEN) & set(text), address
