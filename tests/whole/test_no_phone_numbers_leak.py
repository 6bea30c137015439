"""No full number is stored in a file, a table or a log, and only a reveal shows one: ACC-9, ACC-10, PLAT-13.

The product runs as its own process with its most detailed log (``KEPAN_LOG_LEVEL=DEBUG``). People create,
search, reveal, change and fail, on pages and over the API; then every stored byte, and every page that links
lead to, is searched for the numbers.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import create_engine, inspect, text

from tests.support.people.world import PASSWORD
from tests.support.processes.server import Server, copy_of_world
from tests.support.web.browser import Browser

pytestmark = [pytest.mark.process, pytest.mark.slow]

PLAIN, ON_PAGE, CHANGED, WRONG = "13951346207", "15062738495", "18673920415", "17793846251"
REFUSED, LOOKED_UP, LANDLINE, FOREIGN = "13684920573", "15884739201", "02886739512", "+85291738462"
NUMBERS = {PLAIN, ON_PAGE, CHANGED, WRONG, REFUSED, LOOKED_UP, LANDLINE, FOREIGN}
CREATION = {"pool": "personal", "kind": "individual"}


def spellings(number: str) -> list[str]:
    """Return the ways to write a number."""
    bare = number.removeprefix("+852")
    return [bare, f"{bare[:3]} {bare[3:7]} {bare[7:]}", f"{bare[:3]}-{bare[3:7]}-{bare[7:]}", quote(number)]


def found_in(content: str | bytes) -> set[str]:
    """Return those of the numbers that the content reveals."""
    raw = content if isinstance(content, bytes) else content.encode()
    return {number for number in NUMBERS if any(one.encode() in raw for one in spellings(number))}


@pytest.fixture
def server(database, tmp_path):
    """Return the product as a process, with its most detailed log."""
    data, url = copy_of_world(database, tmp_path / "data")
    with Server(data, tmp_path / "server.log", url, KEPAN_LOG_LEVEL="DEBUG") as one:
        yield one


class Scene:
    """People who work with numbers; ``answers`` holds all responses of the API except those of reveals."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.token = server.token("agent", PASSWORD)
        self.browser = Browser(server, "agent", PASSWORD)
        self.answers: list[str] = []

    def call(self, method: str, path: str, body=None, *, expect: int, **headers: str):
        answer = self.server.request(method, f"/api/v1{path}", body, token=self.token, headers=headers)
        assert answer.status == expect, (path, answer)
        self.answers.append(answer.text)
        return answer.json

    def create(self, phone: str, *, expect: int = 201, **fields: str):
        body = {**CREATION, "name": "吴清晏", "phone": phone, **fields}
        return self.call(
            "POST",
            "/customers",
            body,
            expect=expect,
            **{"Idempotency-Key": f"k-{sorted(NUMBERS).index(phone)}"},
        )

    def work(self) -> tuple[int, int]:
        """Create customers on pages and over the API, search and change them. Return two customers."""
        first = self.create(PLAIN, email="wu@example.com")["id"]
        self.create(PLAIN, email="wu@example.com")
        self.create(LANDLINE)
        self.create(FOREIGN)
        page = self.browser.post("/customers/new", {**CREATION, "name": "郑怀瑾", "phone": ON_PAGE})
        assert found_in(page.text) == set(), "the page after a creation"
        second = self.call("GET", f"/customers?phone={ON_PAGE}", expect=200)["items"][0]["id"]
        self.reveal(first, second)
        change = {"old_phone": PLAIN, "new_phone": CHANGED}
        self.call("POST", f"/customers/{first}/change-phone", change, expect=200)
        return first, second

    def reveal(self, first: int, second: int) -> None:
        """ACC-10: reveal the number, on a page and over the API; nothing else shows it."""
        body = {"purpose": "预约看房"}
        path = f"/api/v1/customers/{first}/reveal-phone"
        assert self.server.request("POST", path, body, token=self.token).json == {"phone": PLAIN}
        page = self.browser.post(f"/customers/{second}/reveal-phone", body)
        assert page.status == 200
        assert found_in(page.text) == {ON_PAGE}

    def fail(self, first: int) -> None:
        """Send every request that is refused, with a number in it."""
        self.create(CHANGED, expect=409)
        self.create(REFUSED, expect=422, name="")
        self.create(REFUSED, expect=422, nonsense=REFUSED)
        self.call("POST", "/customers", '{"phone": "' + REFUSED + '"', expect=422)
        self.call("PATCH", f"/customers/{first}", {"version": 2, "phone": REFUSED}, expect=422)
        for old in (WRONG, "x" + WRONG):
            change = {"old_phone": old, "new_phone": REFUSED}
            self.call("POST", f"/customers/{first}/change-phone", change, expect=422)
        self.call("GET", f"/customers?phone={LOOKED_UP}", expect=200)
        self.call("GET", f"/customers?order_by={REFUSED}", expect=422)
        self.call("GET", f"/nothing/{REFUSED}", expect=404)
        self.call("DELETE", f"/customers?phone={REFUSED}", expect=405)
        self.server.request(
            "POST",
            "/api/v1/security/login",
            {"username": WRONG, "password": "wrong-password", "provider": "db"},
        )

    def fail_on_pages(self, first: int) -> None:
        """Do the same on pages; the typed value is in its own field again, and nowhere else."""
        page = self.browser.post("/customers/new", {**CREATION, "name": "", "phone": REFUSED})
        assert (page.status, page.text.count(REFUSED)) == (422, 1)
        page = self.browser.post("/customers/new", {**CREATION, "name": "重复", "phone": CHANGED})
        assert (page.status, page.text.count(CHANGED)) == (409, 1)
        wrong = {"old_phone": WRONG, "new_phone": REFUSED}
        page = self.browser.post(f"/customers/{first}/change-phone", wrong)
        assert page.status == 422
        assert page.text.count(REFUSED) <= 1
        self.browser.get(f"/customers/?phone={LOOKED_UP}")
        self.browser.get(f"/customers/{LOOKED_UP}")


def _resting(server: Server) -> dict[str, bytes]:
    """Yield every file below the data directory, the log, and every table as text."""
    data = server.log.parent
    kept = {str(path.relative_to(data)): path.read_bytes() for path in data.rglob("*") if path.is_file()}
    engine = create_engine(server.database_url)
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            rows = connection.execute(text(f'SELECT * FROM "{table}"')).all()
            kept[f"table {table}"] = repr([tuple(row) for row in rows]).encode()
    engine.dispose()
    return kept


def _leaks(kept: dict[str, bytes]) -> dict[str, set[str]]:
    return {name: numbers for name, content in kept.items() if (numbers := found_in(content))}


def test_acc_9_no_number_is_stored_or_shown_except_by_reveal(server):
    scene = Scene(server)
    first, _second = scene.work()
    scene.fail(first)
    scene.fail_on_pages(first)
    assert [text_ for text_ in scene.answers if found_in(text_)] == []

    kept = _resting(server)
    assert _leaks(kept) == {}
    if "data/kepan.db" in kept:
        assert "data/kepan.db-wal" in kept, "the write-ahead log is searched while it is full"
    assert len(kept["server.log"]) > 0
    # Proof that the search works: it finds the masked forms in the tables.
    for masked in ("139****6207", "186****0415", "028****9512"):
        assert any(masked.encode() in content for content in kept.values()), masked

    server.kill()
    assert _leaks(_resting(server)) == {}, "after a crash"


def test_acc_10_no_page_and_no_answer_shows_a_number(server):
    scene = Scene(server)
    first, _second = scene.work()
    for name, limit in (("agent", 110), ("manager", 110), ("auditor", 110), ("admin", 140)):
        browser = scene.browser if name == "agent" else Browser(server, name, PASSWORD)
        pages = dict(browser.walk("/", "/customers/", limit=limit))
        assert {path: found_in(answer.text) for path, answer in pages.items() if found_in(answer.text)} == {}
        assert any(path.startswith(f"/customers/{first}") for path in pages), (name, sorted(pages))
        assert [path for path, answer in pages.items() if answer.status >= 500] == []
        assert found_in("".join(f"{cookie.name}={cookie.value}" for cookie in browser.jar)) == set()
    for path in ("", "/follow-ups", "/reveals", "/operation-log", "/edits", "/allowed"):
        scene.call("GET", f"/customers/{first}{path}", expect=200)
    for path in ("/customers", "/notifications", "/todos", "/me", "/staff", f"/customers?phone={CHANGED}"):
        scene.call("GET", path, expect=200)
    assert [text_ for text_ in scene.answers if found_in(text_)] == []


# The database itself refuses the row, so that the product crashes while it handles the number.
_BREAK = {
    "sqlite": ["CREATE TRIGGER boom BEFORE INSERT ON customer BEGIN SELECT RAISE(ABORT, 'boom'); END"],
    "postgresql": ["ALTER TABLE customer ADD CONSTRAINT boom CHECK (name <> '薛不留痕')"],
}


def test_plat_13_a_crash_logs_no_personal_data(server):
    token = server.token("agent", PASSWORD)
    engine = create_engine(server.database_url)
    with engine.begin() as connection:
        for statement in _BREAK[engine.dialect.name]:
            connection.execute(text(statement))
    engine.dispose()
    body = {
        **CREATION,
        "name": "薛不留痕",
        "phone": REFUSED,
        "address": "秘密街九号",
        "email": "secret@example.com",
    }
    answer = server.request("POST", "/api/v1/customers", body, token=token)
    assert answer.status == 500
    assert "薛不留痕" not in answer.text
    log = server.log.read_text(encoding="utf-8")
    assert "crash" in log, "the crash itself is logged"
    private = ["薛不留痕", "秘密街九号", "secret@example.com", "136****0573", REFUSED]
    escaped = [word.encode("unicode_escape").decode() for word in private]
    assert [word for word in private + escaped if word in log] == []
