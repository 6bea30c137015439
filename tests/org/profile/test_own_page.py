"""OFF-10: one's own page: picture, e-mail, language, first page, notices."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from PIL import Image
from sqlalchemy import select

from app.audit.models import OperationLog
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.keys import keys
from app.notices.choices.queries import choices_of, quiet_hours_of
from app.notices.outbox.models import OutgoingMessage
from app.org.profile import queries, services
from app.org.profile.policies import is_email, may_see_picture, minute_of_day
from app.org.profile.queries import email_of, profile_of
from app.org.shared.models import Account
from tests.support.documents import png
from tests.support.people.world import PASSWORD
from tests.support.web.person import Browser

EMAIL = "chen.xw@example.com"


@pytest.fixture
def providers(monkeypatch):
    """Every channel has a provider."""
    monkeypatch.setattr(queries, "provider_for", lambda _channel, _settings: object())


def _code() -> str:
    """Return the code of the latest e-mail."""
    sealed = db.session.scalars(
        select(OutgoingMessage.body_cipher)
        .where(OutgoingMessage.channel == "email")
        .order_by(OutgoingMessage.id.desc())
    ).first()
    return re.search(r"[0-9]{6}", keys().fernet.decrypt(sealed.encode()).decode())[0]


def _address(world, who: str = "agent") -> str:
    db.session.expire_all()
    return email_of(profile_of(world.actor(who).id))


def _actions(world, who: str = "agent") -> list[str]:
    mine = select(OperationLog.operation).where(OperationLog.actor_id == world.actor(who).id)
    return list(db.session.scalars(mine.order_by(OperationLog.id)))


def _confirm(browser: Browser) -> None:
    assert browser.post("/my/email", {"email": EMAIL, "password": PASSWORD}).status_code == 303
    assert browser.post("/my/email/code", {"code": _code()}).status_code == 303


# ---- e-mail


@pytest.mark.both
def test_off_10_an_address_counts_once_a_code_proved_it(app, world):
    agent = Browser(app, "agent")
    answer = agent.post("/my/email", {"email": EMAIL, "password": PASSWORD})
    assert (answer.status_code, answer.location) == (303, "/my/email/code")
    assert EMAIL in agent.page("/my/email/code").text
    assert _address(world) == ""
    code = _code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert agent.post("/my/email/code", {"code": wrong}).status_code == 422
    assert _address(world) == ""
    assert agent.post("/my/email/code", {"code": code}).status_code == 303
    assert _address(world) == EMAIL
    assert EMAIL in agent.page("/my/").text
    assert choices_of(world.actor("agent").id) == {("security", "email")}, "security is sent there at once"
    assert "account.email" in _actions(world)


def test_acc_18_the_present_password_proves_the_person_first(app, world):
    agent = Browser(app, "agent")
    assert agent.post("/my/email", {"email": EMAIL, "password": "not the password"}).status_code == 422
    assert agent.post("/my/email", {"email": EMAIL}).status_code == 422
    assert db.session.scalar(select(OutgoingMessage.id)) is None
    assert agent.get("/my/email/code").location == "/my/email"


def test_off_10_a_code_is_good_once_and_for_its_person_only(app, world):
    agent, other = Browser(app, "agent"), Browser(app, "agent2")
    agent.post("/my/email", {"email": EMAIL, "password": PASSWORD})
    code = _code()
    assert other.post("/my/email/code", {"code": code}).location == "/my/email"
    assert agent.post("/my/email/code", {"code": code}).status_code == 303
    with pytest.raises(Invalid):
        services.confirm_email(email=EMAIL, code=code, source="", actor=world.actor("agent2"))
    assert _address(world, "agent2") == ""


def test_acc_9_the_address_is_not_readable_in_the_database(app, world):
    _confirm(Browser(app, "agent"))
    profile = profile_of(world.actor("agent").id)
    assert EMAIL not in profile.email_cipher
    message = db.session.scalars(select(OutgoingMessage).where(OutgoingMessage.channel == "email")).one()
    assert EMAIL not in f"{message.recipient_cipher}{message.recipient_masked}{message.body_cipher}"


def test_off_10_without_the_address_nothing_is_sent_there(app, world):
    agent = Browser(app, "agent")
    _confirm(agent)
    assert agent.post("/my/email/remove").status_code == 303
    assert _address(world) == ""
    assert choices_of(world.actor("agent").id) == set()


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (EMAIL, True),
        ("a@b.cn", True),
        ("a@b", False),
        ("a b@c.cn", False),
        ("a@b.cn\nBcc: x@y.cn", False),
        ("a@b.cn,c@d.cn", False),
        ("中文@例子.cn", False),
        (f"{'a' * 65}@b.cn", False),
        ("", False),
    ],
)
def test_off_10_an_address_is_one_line_of_plain_letters(text, right):
    assert is_email(text) is right


# ---- language and first page


def test_off_10_the_first_page_opens_after_signing_in_and_the_language_is_taken(app, world):
    agent = Browser(app, "agent")
    assert agent.post("/my/preferences", {"language": "en", "start_page": "CustomerView"}).status_code == 303
    form = {"username": "agent", "password": PASSWORD}
    fresh = Browser(app)
    answer = fresh.post("/login/", form)
    assert (answer.status_code, answer.location) == (303, "/customers/")
    assert fresh.page("/customers/").one("html")["lang"] == "en"
    asked = Browser(app).post("/login/?next=/todos/", form)
    assert asked.location == "/todos/", "an address that was asked for comes first"


def test_off_10_a_first_page_that_one_may_not_open_any_more_is_left_out(app, world, monkeypatch):
    Browser(app, "admin").post("/my/preferences", {"language": "", "start_page": "SettingsView"})
    assert Browser(app).post("/login/", {"username": "admin", "password": PASSWORD}).location == "/settings/"
    monkeypatch.setattr("app.org.sessions.start_page.start_pages", lambda _actor: {})
    assert Browser(app).post("/login/", {"username": "admin", "password": PASSWORD}).location == "/"


@pytest.mark.parametrize(
    "posted", [{"language": "fr"}, {"start_page": "SettingsView"}, {"start_page": "https://example.com"}]
)
def test_off_10_only_languages_and_pages_that_there_are(app, world, posted):
    assert Browser(app, "agent").post("/my/preferences", posted).status_code == 422
    assert profile_of(world.actor("agent").id) is None


# ---- picture


def _picture(size=(1200, 900)) -> dict:
    return {"avatar": (BytesIO(png(size)), "我.png")}


@pytest.mark.both
def test_off_10_the_picture_is_bounded_and_shown_to_colleagues(app, world):
    agent = Browser(app, "agent")
    assert agent.post("/my/picture", _picture()).status_code == 303
    shown = agent.page("/todos/").all("img", class_="avatar")
    assert shown
    address = shown[0]["src"]
    answer = agent.get(address)
    width, height = Image.open(BytesIO(answer.data)).size
    assert max(width, height) <= 512
    whole = agent.get(address.removesuffix("/thumbnail"))
    assert max(Image.open(BytesIO(whole.data)).size) <= 512
    assert Browser(app, "manager").get(address).status_code == 200
    assert Browser(app, "other_agent").get(address).status_code == 404, "another company"
    assert Browser(app, "broker").get(address).status_code == 403
    assert Browser(app).get(address).status_code == 302


def test_off_10_a_new_picture_replaces_the_former_one(app, world):
    agent = Browser(app, "agent")
    agent.post("/my/picture", _picture())
    first = agent.page("/todos/").all("img", class_="avatar")[0]["src"]
    agent.post("/my/picture", _picture((300, 300)))
    second = agent.page("/todos/").all("img", class_="avatar")[0]["src"]
    assert first != second
    assert agent.get(first).status_code == 404
    assert agent.post("/my/picture/remove").status_code == 303
    assert not agent.page("/todos/").all("img", class_="avatar")
    assert agent.get(second).status_code == 404


def test_off_10_no_other_file_is_a_picture(app, world):
    bad = {"avatar": (BytesIO(b"%PDF-1.4"), "我.png")}
    assert Browser(app, "agent").post("/my/picture", bad).status_code == 422


@pytest.mark.parametrize(
    ("viewer", "opens_all", "is_own", "company", "seen"),
    [
        (1, False, False, 1, True),
        (1, False, False, 2, False),
        (None, False, False, None, False),
        (None, False, True, None, True),
        (None, True, False, 2, True),
    ],
)
def test_off_10_who_sees_a_picture(viewer, opens_all, is_own, company, seen):
    assert may_see_picture(viewer, opens_all=opens_all, is_own=is_own, company=company) is seen


# ---- notices


def test_off_10_notices_and_quiet_hours_are_chosen_on_the_page(app, world, providers):
    agent, pk = Browser(app, "agent"), world.actor("agent").id
    _confirm(agent)
    chosen = {"choice": ["customer:email", "push:email"], "quiet": "1", "begins": "22:30", "ends": "07:00"}
    assert agent.post("/my/notices", chosen).status_code == 303
    assert choices_of(pk) == {("customer", "email"), ("push", "email"), ("security", "email")}
    hours = quiet_hours_of(pk)
    assert (hours.begins, hours.ends) == (22 * 60 + 30, 7 * 60)
    page = agent.page("/my/")
    ticked = {one["value"] for one in page.all("input", name="choice") if "checked" in one.attrs}
    assert ticked == {"customer:email", "push:email", "security:email"}
    assert agent.post("/my/notices", {}).status_code == 303
    db.session.expire_all()
    assert choices_of(pk) == {("security", "email")}
    assert quiet_hours_of(pk) is None
    assert "account.notices" in _actions(world)


@pytest.mark.parametrize(
    "posted",
    [
        {"choice": ["customer:email"]},
        {"choice": ["customer:robot"]},
        {"quiet": "1", "begins": "25:00", "ends": "07:00"},
        {"quiet": "1", "begins": "07:00", "ends": "07:00"},
        {"quiet": "1"},
    ],
)
def test_off_10_a_wrong_choice_says_so_and_changes_nothing(app, world, posted):
    agent = Browser(app, "agent")
    page = agent.submit("/my/notices", posted, 422)
    assert page.one("div", class_="form-alert").text
    assert choices_of(world.actor("agent").id) == set()


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("23:59", 1439), ("08:05", 485)])
def test_off_10_a_time_of_day(text, minute):
    assert minute_of_day(text) == minute


@pytest.mark.parametrize("who", ["agent", "admin", "auditor", "finance", "broker", "visitor"])
def test_off_10_everybody_has_a_page_and_strangers_none(app, world, who):
    page = Browser(app, who).page("/my/")
    assert page.one("h1").text == "我的主页"
    assert world.actor(who).name in page.text
    assert Browser(app).get("/my/").location.startswith("/login/")


def test_off_10_an_account_is_named_in_the_log(app, world):
    _confirm(Browser(app, "agent"))
    user = db.session.get_one(Account, world.actor("agent").id)
    logged = db.session.scalars(select(OperationLog).where(OperationLog.operation == "account.email")).one()
    assert (logged.record_type, logged.record_id) == ("account", user.id)
