"""ACC-13: accounts without a staff profile: the administrator finds them, resets passwords, disables, enables."""

from __future__ import annotations

import pytest

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound
from app.org.accounts import administration
from app.org.accounts.services import create_account
from app.org.sessions.actors import actor_by_username
from app.org.sessions.signin import check_credentials
from app.org.shared.models import Account
from tests.support.databases.race import race
from tests.support.people.accounts import Authenticator, account, account_operations
from tests.support.people.organisation import nothing_changed
from tests.support.people.world import PASSWORD
from tests.support.processes.operate import command, succeed
from tests.support.web.person import Browser

FIRST = "Blaue-Ente-77"
WITHOUT = ["visitor", "brokersite", "broker"]  # the newest first
OPERATIONS = ("reset-password", "reset-second-factor", "disable", "enable")


def _names(page) -> list[str]:
    return [td.text for td in page.all("td") if td["data-key"] == "username"]


def test_acc_13_the_list_has_who_is_on_no_staff(app):
    admin = Browser(app, "admin", locale="en")
    page = admin.page("/accounts/")
    assert _names(page) == WITHOUT
    row = {td["data-key"]: td.text for td in page.all("tr")[-1].all("td") if td["data-key"]}
    assert (row["name"], row["roles"], row["state"]) == ("谭立新", "Broker", "Enabled")


def test_acc_13_a_reset_password_is_changed_first_and_ends_all_sessions(app, world):
    before = Browser(app, "broker")
    pk, epoch = account("broker").id, account("broker").session_epoch
    answer = Browser(app, "admin").post(f"/accounts/{pk}/reset-password", {"password": FIRST})
    assert answer.status_code == 303
    user = account("broker")
    assert (user.must_change_password, user.session_epoch) == (True, epoch + 1)
    assert check_credentials("broker", PASSWORD, source="") is None
    assert check_credentials("broker", FIRST, source="").id == pk
    assert before.get("/account/password").status_code == 302, "signed out"
    assert Browser(app, "broker").get("/").location == "/account/password", "nothing else before that"
    assert account_operations("broker")[-1] == "account.password_reset"


def test_acc_13_the_same_by_api(api, world):
    pk = account("broker").id
    admin = api("admin")
    broker = api("broker")
    assert broker.get("/me").status_code == 200
    listed = admin.get("/accounts").get_json()["items"]
    assert [one["username"] for one in listed] == WITHOUT
    answer = admin.post(f"/accounts/{pk}/reset-password", {"password": FIRST})
    assert answer.status_code == 200
    assert answer.get_json() == admin.get(f"/accounts/{pk}").get_json()
    assert answer.get_json() == {
        "id": pk, "username": "broker", "name": "谭立新", "roles": ["Broker"], "enabled": True,
        "second_factor": False, "must_change_password": True,
    }  # fmt: skip
    assert broker.get("/me").status_code == 401
    for body, field in (
        ({"password": "short"}, "password"),
        ({}, "password"),
        ({"password": FIRST, "x": 1}, "x"),
    ):
        refused = admin.post(f"/accounts/{pk}/reset-password", body)
        assert (refused.status_code, [*refused.get_json()["fields"]]) == (422, [field])


def test_acc_12_a_disabled_account_signs_in_no_more_until_it_is_enabled(app, api, world):
    admin, broker, pk = api("admin"), api("broker"), account("broker").id
    assert admin.post(f"/accounts/{pk}/disable").get_json()["enabled"] is False
    assert broker.get("/me").status_code == 401
    assert check_credentials("broker", PASSWORD, source="") is None
    again = admin.post(f"/accounts/{pk}/disable")
    assert (again.status_code, again.get_json()["code"]) == (409, "account.disabled")
    assert admin.post(f"/accounts/{pk}/enable").get_json()["enabled"] is True
    assert check_credentials("broker", PASSWORD, source="").id == pk
    assert broker.get("/me").status_code == 401, "what was ended stays ended"
    again = admin.post(f"/accounts/{pk}/enable")
    assert (again.status_code, again.get_json()["code"]) == (409, "account.enabled")
    assert account_operations("broker")[-2:] == ["account.close", "account.enable"]


def test_acc_12_a_lost_authenticator(app, api, world):
    pk = account("broker").id
    refused = api("admin").post(f"/accounts/{pk}/reset-second-factor")
    assert (refused.status_code, refused.get_json()["code"]) == (409, "second_factor.off")
    Authenticator("broker")
    epoch = account("broker").session_epoch
    assert api("admin").post(f"/accounts/{pk}/reset-second-factor").get_json()["second_factor"] is False
    assert account("broker").session_epoch == epoch + 1


def test_acc_13_staff_are_kept_on_their_own_pages(app, api, world):
    pk = world.actor("agent").id
    assert Browser(app, "admin").get(f"/accounts/{pk}").status_code == 404
    for path in OPERATIONS:
        body = {"password": FIRST} if path == "reset-password" else {}
        assert api("admin").post(f"/accounts/{pk}/{path}", body).status_code == 404
    with nothing_changed(Account), pytest.raises(NotFound):
        administration.disable_account(pk, actor=world.actor("admin"))


@pytest.mark.parametrize("username", ["auditor", "manager", "director", "broker"])
def test_acc_13_only_administrators_may(app, api, world, username):
    pk = account("visitor").id
    assert Browser(app, username).get("/accounts/").status_code == 403
    assert api(username).get("/accounts").status_code == 403
    for path in OPERATIONS:
        assert api(username).post(f"/accounts/{pk}/{path}", {}).status_code == 403
    service = {"password": FIRST}
    with nothing_changed(Account), pytest.raises((Denied, NotFound)):
        administration.reset_password(pk, **service, actor=world.actor(username))


def test_acc_13_a_custom_role_with_the_function_is_no_administrator(app, world):
    """A role may have the permission, but the rule still refuses: resetting a password gives all permissions
    of its owner.
    """
    from dataclasses import replace

    pk, manager = account("visitor").id, replace(world.actor("manager"), sees_all=True)
    for service, values in (
        (administration.reset_password, {"password": FIRST}),
        (administration.disable_account, {}),
        (administration.enable_account, {}),
        (administration.reset_second_factor, {}),
    ):
        with nothing_changed(Account), pytest.raises(Denied) as caught:
            service(pk, **values, actor=manager)
        assert caught.value.decision.code == "account.administrator_only"


@pytest.fixture
def chiefs(world) -> list[str]:
    """Create two administrators without a staff profile, as ``create-admin`` does; no other one is left."""
    for name in ("chief1", "chief2"):
        create_account(username=name, name="总管", password=FIRST, roles=["Admin"], actor=SYSTEM)
    account("admin").close()
    db.session.commit()
    return ["chief1", "chief2"]


def test_acc_13_the_own_account_is_not_managed_here(world, chiefs):
    chief = actor_by_username("chief1")
    for service, values in (
        (administration.reset_password, {"password": FIRST}),
        (administration.disable_account, {}),
    ):
        with nothing_changed(Account), pytest.raises(Denied) as caught:
            service(chief.id, **values, actor=chief)
        assert caught.value.decision.code == "account.yourself"


@pytest.mark.both
def test_acc_13_one_administrator_stays_when_two_disable_each_other(app, chiefs):
    actors = [actor_by_username(name) for name in chiefs]
    db.session.commit()
    done = race(app, [
        lambda: administration.disable_account(actors[1].id, actor=actors[0]) and None,
        lambda: administration.disable_account(actors[0].id, actor=actors[1]) and None,
    ])  # fmt: skip
    refused = [one for one in done if one is not None]
    assert [one.decision.code for one in refused] == ["account.last_administrator"]
    assert sorted(account(name).active for name in chiefs) == [False, True]


def test_acc_13_the_pages_buttons_say_why_not(app, world):
    page = Browser(app, "admin", locale="en").page(f"/accounts/{account('broker').id}")
    text = page.text
    for label in ("Reset password", "Disable", "Enable", "Reset second factor"):
        assert label in text, label
    assert "The account is enabled already" in " ".join(page.texts())


def test_acc_13_the_operators_command_resets_any_password(app, world):
    said = succeed(app, "reset-password", "--username", "manager", "--password", FIRST)
    assert FIRST not in said
    user = account("manager")
    assert user.must_change_password
    assert check_credentials("manager", FIRST, source="").id == user.id
    assert account_operations("manager")[-1] == "account.password_reset"


@pytest.mark.parametrize(
    ("username", "password"), [("nobody", FIRST), ("manager", "12345678"), ("manager", "manager1")]
)
def test_acc_13_the_command_refuses_in_words(app, world, username, password):
    with nothing_changed(Account):
        result = command(app, "reset-password", "--username", username, "--password", password)
    assert result.exit_code == 1
    assert result.stderr.strip()
    assert password not in result.stderr
    with pytest.raises(Invalid):
        administration.reset_password_by_name(username, password=password, actor=SYSTEM)
