"""PLAT-7: the page of settings."""

from __future__ import annotations

import json

import pytest

from app.customers.shared.settings import PHONE_ATTEMPTS, REVEAL_QUOTA
from app.kernel.database.session import db
from app.kernel.settings.declarations import declared_families, declared_settings
from app.org.sessions.settings import LOCKOUT_MINUTES, PASSWORD_MIXED
from app.system.settings.services import change_setting
from tests.support.system import rows
from tests.support.web.person import Browser


def _sent(page) -> dict[str, str]:
    """Return the whole form as the browser would send it: switches that are off are absent."""
    return {name: value for name, value in page.values().items() if value != "" and name != "csrf_token"}


@pytest.fixture
def admin(app):
    return Browser(app, "admin")


def test_plat_7_every_setting_is_on_the_page_with_its_value_and_default(admin, world):
    page = admin.page("/settings/")
    values = page.values()
    for one in declared_settings().values():
        shown = "y" if one.default is True else "" if one.default is False else one.show(one.default)
        shown = one.default if one.choices else [one.default] if one.names else shown
        assert values[one.name] == shown, one.name
        assert one.from_json(json.loads(values[f"seen:{one.name}"])) == one.default
        assert page.one("label", for_=one.name, id=f"{one.name}-l").text.removeprefix("* ") == str(one.label)
    for family in declared_families():
        for member in family.members():
            assert values[member.name] == str(member.default)
    assert "默认" in page.text or "Default" in page.text


def test_plat_7_numbers_switches_and_choices_have_the_field_of_their_type(admin, world):
    page = admin.page("/settings/")
    assert page.one("input", name="lockout_minutes")["inputmode"] == "numeric"
    assert page.one("input", name="password_mixed")["role"] == "switch"
    assert {o["value"] for o in page.one("select", name="dedupe_mode").all("option")} == {
        "",
        "by_owner",
        "global",
    }


def test_plat_7_only_what_was_changed_is_written(admin, world):
    data = {**_sent(admin.page("/settings/")), "lockout_minutes": "20", "reveal_quota.Agent": "7"}
    data.pop("password_mixed")
    response = admin.post("/settings/", data)
    assert (response.status_code, response.location) == (303, "/settings/")
    assert {(row[1], row[2]) for row in rows()["setting"]} == {
        ("lockout_minutes", "20"), ("reveal_quota.Agent", "7"), ("password_mixed", "false"),
    }  # fmt: skip
    assert (LOCKOUT_MINUTES.get(), REVEAL_QUOTA.of("Agent").get(), PASSWORD_MIXED.get()) == (20, 7, False)
    assert admin.page("/settings/").values()["lockout_minutes"] == "20"


def test_plat_7_saving_the_page_as_it_is_changes_nothing(admin, world):
    assert admin.post("/settings/", _sent(admin.page("/settings/"))).status_code == 303
    assert rows()["setting"] == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("lockout_minutes", "0"),
        ("lockout_minutes", "abc"),
        ("lockout_minutes", ""),
        ("lockout_minutes", "99999999999999999999"),
        ("reveal_quota.Agent", "-1"),
        ("dedupe_mode", "nothing"),
        ("totp_roles", "x" * 501),
    ],
)
def test_plat_7_a_wrong_value_is_an_error_under_its_field_and_typed_values_stay(admin, world, name, typed):
    data = {**_sent(admin.page("/settings/")), "phone_change_attempts": "8", name: typed}
    page = admin.submit("/settings/", data, 422)
    assert list(page.errors()) == [name]
    assert page.errors()[name]
    assert page.values()["phone_change_attempts"] == "8"
    if name != "dedupe_mode":
        assert page.values()[name] in (typed, [typed])
    assert rows()["setting"] == []
    assert PHONE_ATTEMPTS.get() == 5


def test_plat_7_full_width_digits_are_ordinary_ones(admin, world):
    admin.post("/settings/", {"seen:lockout_minutes": "15", "lockout_minutes": "２０"})
    db.session.commit()
    assert LOCKOUT_MINUTES.get() == 20


def test_plat_7_what_was_not_sent_stays_as_it_is(admin, world):
    admin.post("/settings/", {"seen:lockout_minutes": "15", "lockout_minutes": "20"})
    assert [row[1] for row in rows()["setting"]] == ["lockout_minutes"]


@pytest.mark.parametrize("seen", ["", "not json", '"abc"', "[]", "{}", "null", "1e400"])
def test_plat_7_a_broken_form_is_no_crash(admin, world, seen):
    response = admin.post("/settings/", {"seen:lockout_minutes": seen, "lockout_minutes": "15"})
    assert response.status_code == 303
    assert rows()["setting"] == []


def test_plat_7_anothers_change_is_shown_before_it_is_overwritten(admin, world):
    change_setting("lockout_minutes", value=30, actor=world.actor("admin"))
    data = {"seen:lockout_minutes": "15", "lockout_minutes": "60"}
    page = admin.submit("/settings/", data, 412)
    assert "30" in page.errors()["lockout_minutes"]
    assert page.values()["lockout_minutes"] == "60"
    assert page.values()["seen:lockout_minutes"] == "30"
    assert admin.post("/settings/", {**data, "seen:lockout_minutes": "30"}).status_code == 303
    db.session.commit()
    assert LOCKOUT_MINUTES.get() == 60


def test_plat_7_reset_to_default(admin, world):
    assert not admin.page("/settings/").all("button", formaction="/settings/reset/lockout_minutes")
    change_setting("lockout_minutes", value=30, actor=world.actor("admin"))
    assert admin.page("/settings/").one("button", formaction="/settings/reset/lockout_minutes")
    assert admin.post("/settings/reset/lockout_minutes").status_code == 303
    db.session.commit()
    assert LOCKOUT_MINUTES.get() == 15
    assert admin.post("/settings/reset/nothing").status_code == 404


@pytest.mark.parametrize("name", ["auditor", "manager", "agent", "director", "finance", "broker"])
def test_plat_7_settings_are_the_administrators(app, world, name):
    browser = Browser(app, name)
    assert browser.get("/settings/").status_code == 403
    assert (
        browser.post("/settings/", {"seen:lockout_minutes": "15", "lockout_minutes": "20"}).status_code == 403
    )
    assert browser.post("/settings/reset/lockout_minutes").status_code == 403
    home = browser.get("/", follow_redirects=True)
    assert home.status_code == 200
    assert 'href="/settings/"' not in home.get_data(as_text=True)
    assert rows()["setting"] == []


def test_plat_7_changing_needs_the_forms_token(app, world):
    admin = Browser(app, "admin")
    data = {"seen:lockout_minutes": "15", "lockout_minutes": "20"}
    assert admin.open("POST", "/settings/", data=data).status_code == 400
    assert rows()["setting"] == []


def test_ch_27_a_list_of_days_is_typed_in_one_line(admin, world):
    from app.channel.shared.settings import WARNING_DAYS

    page = admin.page("/settings/")
    assert page.values()["protection_warning_days"] == "7, 3, 1"
    data = {**_sent(page), "protection_warning_days": "２，10、 2"}
    assert admin.post("/settings/", data).status_code == 303
    assert WARNING_DAYS.get() == (10, 2)
    assert [row[2] for row in rows()["setting"]] == ["[10, 2]"]
    page = admin.page("/settings/")
    assert page.values()["protection_warning_days"] == "10, 2"
    empty = {**_sent(page), "protection_warning_days": ""}
    assert admin.post("/settings/", empty).status_code == 303
    assert WARNING_DAYS.get() == ()


@pytest.mark.parametrize("typed", ["0", "366", "7, x", "-1", "3.5", "99999999999999999999"])
def test_ch_27_days_out_of_bounds_are_refused_with_what_was_typed(admin, world, typed):
    sent = {**_sent(admin.page("/settings/")), "protection_warning_days": typed}
    page = admin.submit("/settings/", sent, 422)
    assert set(page.errors()) == {"protection_warning_days"}
    assert page.values()["protection_warning_days"] == typed
    assert rows()["setting"] == []
