"""PLAT-7: settings are typed, validated, changed by one service, and every change is logged."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit.services import verify
from app.customers.shared.settings import DEDUPE_MODE, PHONE_ATTEMPTS, REVEAL_QUOTA
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.settings import declarations as kernel
from app.kernel.settings.declarations import (
    Setting,
    SettingValue,
    before_change,
    declared_families,
    declared_settings,
    find_setting,
)
from app.org.sessions.settings import LOCKOUT_MINUTES, TOTP_ROLES
from app.system.settings.services import change_setting, change_settings, reset_setting
from tests.support.system import log_of, refused, rows
from tests.support.web.clients import apart


def _row(name: str) -> SettingValue:
    return db.session.scalars(select(SettingValue).where(SettingValue.name == name)).one()


def test_plat_7_every_setting_has_words_a_group_and_an_acceptable_default(world):
    settings = [
        *declared_settings().values(),
        *(one for family in declared_families() for one in family.members()),
    ]
    assert len(settings) >= 8
    for one in settings:
        assert str(one.label), one.name
        assert one.group.key != "general", f"{one.name} is in no group"
        assert one.accepts(one.default), one.name
        assert len(one.name) <= 100
        if type(one.default) is int:
            assert one.minimum is not None, f"{one.name} has no bounds"
            assert one.maximum is not None, f"{one.name} has no bounds"


@pytest.mark.both
def test_plat_7_a_change_holds_at_once_and_is_logged_with_both_values(world):
    admin = world.actor("admin")
    assert change_setting("lockout_minutes", value=30, actor=admin)
    assert LOCKOUT_MINUTES.get() == LOCKOUT_MINUTES.read() == 30
    [entry] = log_of(_row("lockout_minutes"))
    assert (entry.operation, entry.actor_id) == ("setting.change", admin.id)
    assert list(entry.differences.values()) == [["15", "30"]]
    assert "15" in entry.sentence
    assert "30" in entry.sentence
    change_setting("lockout_minutes", value=45, seen=30, actor=admin)
    assert [row.number for row in log_of(_row("lockout_minutes"))] == [1, 2]
    assert list(verify()) == []


def test_plat_7_setting_the_same_value_again_is_no_change(world):
    assert not change_setting("lockout_minutes", value=15, actor=world.actor("admin"))
    assert rows()["setting"] == []
    assert not [row for row in rows()["operation_log"] if "setting" in row]


def test_plat_7_reset_to_default_keeps_the_history(world):
    admin = world.actor("admin")
    change_setting("phone_change_attempts", value=2, actor=admin)
    assert reset_setting("phone_change_attempts", actor=admin)
    assert PHONE_ATTEMPTS.get() == PHONE_ATTEMPTS.default
    row = _row("phone_change_attempts")
    assert row.value is None
    assert len(log_of(row)) == 2
    assert not reset_setting("phone_change_attempts", actor=admin)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lockout_minutes", 0),
        ("lockout_minutes", 1441),
        ("lockout_minutes", "15"),
        ("lockout_minutes", True),
        ("lockout_minutes", 15.0),
        ("lockout_minutes", None),
        ("dedupe_mode", "sometimes"),
        ("dedupe_mode", ""),
        ("password_mixed", 1),
        ("password_mixed", "true"),
        ("totp_roles", "x" * 501),
        ("reveal_quota.Agent", -1),
        ("reveal_quota.Agent", 10_001),
    ],
)
def test_plat_7_a_value_of_the_wrong_type_or_out_of_bounds_is_refused(world, name, value):
    error = refused(lambda: change_setting(name, value=value, actor=world.actor("admin")), Invalid)
    assert list(error.fields) == [name]
    assert str(error.fields[name])


@pytest.mark.parametrize(
    "name", ["nothing", "", "reveal_quota", "reveal_quota.Nobody", "reveal_quota.Visitor"]
)
def test_plat_7_an_unknown_setting_is_not_found(world, name):
    with pytest.raises(NotFound):
        change_setting(name, value=1, actor=world.actor("admin"))


def test_plat_7_several_changes_are_made_together_or_not_at_all(world):
    admin = world.actor("admin")
    error = refused(
        lambda: change_settings(
            {"lockout_minutes": (15, 20), "lockout_failures": (5, 0), "reveal_quota.Agent": (50, -3)},
            actor=admin,
        ),
        Invalid,
    )
    assert sorted(error.fields) == ["lockout_failures", "reveal_quota.Agent"]
    assert change_settings({"lockout_minutes": (15, 20), "lockout_failures": (5, 9)}, actor=admin) == 2


@pytest.mark.both
def test_plat_7_anothers_change_in_between_is_not_overwritten_unseen(world):
    admin = world.actor("admin")
    change_setting("lockout_minutes", value=30, actor=admin)
    error = refused(lambda: change_setting("lockout_minutes", value=60, seen=15, actor=admin), Denied)
    assert (error.code, error.status, error.decision.field) == ("setting.stale", 412, "lockout_minutes")
    assert "30" in str(error.message)


def test_plat_7_a_refusing_check_leaves_the_setting_as_it_was(world, monkeypatch):
    monkeypatch.setattr(kernel, "_before", {})
    seen = []

    def check(before, after, actor):
        seen.append((before, after, actor.username))
        raise Invalid(lockout_minutes="no")

    before_change(LOCKOUT_MINUTES, check)
    refused(lambda: change_setting("lockout_minutes", value=30, actor=world.actor("admin")), Invalid)
    assert seen == [(15, 30, "admin")]


def test_plat_7_other_requests_see_the_change_without_a_statement_each(app, world):
    assert apart(app, LOCKOUT_MINUTES.get) == 15
    apart(app, lambda: change_setting("lockout_minutes", value=25, actor=world.actor("admin")))
    assert apart(app, LOCKOUT_MINUTES.get) == 25
    db.session.commit()
    assert LOCKOUT_MINUTES.get() == 25


def test_plat_7_a_rolled_back_change_is_not_cached(app, world):
    LOCKOUT_MINUTES.store(99)
    assert LOCKOUT_MINUTES.get() == 99
    db.session.rollback()
    assert LOCKOUT_MINUTES.get() == 15
    assert apart(app, LOCKOUT_MINUTES.get) == 15


def test_plat_7_a_stored_value_that_is_no_longer_acceptable_counts_as_none(world):
    db.session.add(SettingValue(name="lockout_minutes", value="100000"))
    db.session.commit()
    assert LOCKOUT_MINUTES.get() == LOCKOUT_MINUTES.read() == 15


def test_a_setting_may_check_its_value_by_a_rule_of_its_own():
    even = Setting("even", 2, "Even", check=lambda value: "odd" if value % 2 else "")
    assert even.accepts(4)
    assert not even.accepts(3)


def test_acc_10_quotas_are_offered_for_the_roles_that_may_reveal(world):
    assert list(REVEAL_QUOTA.keys()) == ["Admin", "StoreManager", "Agent", "Sales"]
    assert find_setting("reveal_quota.Agent").get() == 50
    assert find_setting("reveal_quota.Broker") is None


def test_settings_read_as_people_say_them(world):
    assert DEDUPE_MODE.show("global") not in {"", "global"}
    assert TOTP_ROLES.show("") == ""
    assert LOCKOUT_MINUTES.show(15) == "15"
