"""ACC-12, ACC-13: what a password must be, wherever one is set."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from app.cli.commands import create_admin_command
from app.kernel.access.actor import SYSTEM
from app.kernel.errors import Invalid
from app.org.accounts import services as accounts
from app.org.accounts.passwords import check_password
from app.org.staff import services as staffing
from tests.support.accounts import account, set_setting
from tests.support.world import PASSWORD

GOOD = "Blaue-Ente-77"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Kurz-1a", "At least 10 characters"),
        ("", "At least 10 characters"),
        ("a1" * 65, "At most 128 characters"),
        ("nurbuchstaben", "both a letter and a digit"),
        ("123456789012", "both a letter and a digit"),
        ("zhangwei2026", "The user name"),
        ("2026.ZhangWei", "The user name"),
        ("password123", "easy to guess"),
        ("Qwerty123456", "easy to guess"),
        ("aaaaaaaaaa1", "easy to guess"),
        ("blaue\tente77", "control characters"),
    ],
)
def test_acc_12_an_easy_password_is_refused_and_the_reason_said(app, password, said):
    with app.test_request_context("/"), force_locale("en"), pytest.raises(Invalid) as caught:
        check_password(password, "zhangwei", field="new_password")
    with app.test_request_context("/"), force_locale("en"):
        assert said in str(caught.value.fields["new_password"])


@pytest.mark.parametrize("password", [GOOD, "中文密码也可以123", "a b c d e f 1 2 3", "zhangwei-liest-7"])
def test_acc_12_a_good_password_is_accepted(app, password):
    with app.test_request_context("/"):
        check_password(password, "zhangwei")


def test_acc_12_length_and_mixture_follow_the_settings(world):
    set_setting("password_length", 14)
    with pytest.raises(Invalid):
        check_password(GOOD, "zhangwei")
    set_setting("password_mixed", value=False)
    check_password("nurlauterbuchstaben", "zhangwei")


def _by_command(app, password):
    arguments = ["--username", "chef", "--name", "王一", "--password", password]
    return app.test_cli_runner().invoke(create_admin_command, arguments).exit_code != 0


def _refused(call) -> bool:
    try:
        call()
    except Invalid:
        return True
    return False


@pytest.mark.parametrize("password", ["password123", "zu-kurz-1"])
def test_acc_12_the_rule_holds_wherever_a_password_is_set(app, world, password):
    admin, agent = world.actor("admin"), world.actor("agent")
    ways = {
        "create-admin": lambda: _by_command(app, password),
        "account": lambda: _refused(
            lambda: accounts.create_account(
                username="neu", name="新人", password=password, roles=["Agent"], actor=SYSTEM
            )
        ),
        "own change": lambda: _refused(
            lambda: accounts.change_own_password(old_password=PASSWORD, new_password=password, actor=agent)
        ),
        "reset": lambda: _refused(lambda: staffing.edit_staff(agent.id, password=password, actor=admin)),
    }
    assert {name: way() for name, way in ways.items()} == dict.fromkeys(ways, True)
    assert not account("agent").must_change_password
