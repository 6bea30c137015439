"""ACC-12, ACC-13: the rules of passwords, wherever one is set."""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import select, update
from werkzeug.security import generate_password_hash

from app.cli.commands import create_admin_command
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.org.accounts import administration
from app.org.accounts import services as accounts
from app.org.sessions import passwords
from app.org.sessions.passwords import check_password
from app.org.sessions.signin import check_credentials
from app.org.shared.models import Account, Company
from app.org.staff import services as staffing
from tests.support.channel.scene import Channel
from tests.support.people.accounts import account, set_setting
from tests.support.people.world import PASSWORD
from tests.support.web.clients import ApiClient

GOOD = "Blaue-Ente-77"


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Kurz-1a", "At least 10 characters"),
        ("", "At least 10 characters"),
        ("a1" * 65, "At most 128 characters"),
        ("nurbuchstaben", "both a letter and a digit"),
        ("123456789012", "both a letter and a digit"),
        ("zhangwei2026", "your user name"),
        ("2026.ZhangWei", "your user name"),
        ("zhangwei-liest-7", "your user name"),
        ("x9-陈晓雯-p4kk", "your user name"),
        ("lieber13800001234", "your user name"),
        ("lieber-0000-1234", "your user name"),
        ("Kepan-liest-77", "your user name"),
        ("客盘-liest-777", "your user name"),
        ("password2026!", "easy to guess"),
        ("1qaz2wsx3edc", "easy to guess"),
        ("password123", "easy to guess"),
        ("Qwerty123456", "easy to guess"),
        ("aaaaaaaaaa1", "easy to guess"),
        ("blaue\tente77", "control characters"),
    ],
)
def test_acc_12_an_easy_password_is_refused_with_the_reason(app, password, said):
    with app.test_request_context("/"), force_locale("en"), pytest.raises(Invalid) as caught:
        check_password(password, "zhangwei", about=("陈晓雯", "13800001234"), field="new_password")
    with app.test_request_context("/"), force_locale("en"):
        assert said in str(caught.value.fields["new_password"])


@pytest.mark.parametrize("password", [GOOD, "中文密码也可以123", "a b c d e f 1 2 3", "wei-liest-77-mal"])
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


def test_acc_12_no_password_holds_the_companys_name(world):
    company = db.session.scalars(select(Company).order_by(Company.id)).first()
    with pytest.raises(Invalid):
        check_password(f"zq7-{company.name}-x4", "zhangwei")


def test_acc_12_the_rule_knows_the_persons_name_and_phone(world):
    admin, agent = world.actor("admin"), world.actor("agent")
    staffing.edit_staff(agent.id, phone="13912345678", actor=admin)
    for password in (f"x9-{agent.name}-p4kk", "lieber-13912345678"):
        with pytest.raises(Invalid):
            staffing.edit_staff(agent.id, password=password, actor=admin)
        with pytest.raises(Invalid):
            accounts.change_own_password(old_password=PASSWORD, new_password=password, actor=agent)


def test_acc_12_a_brokers_password_does_not_hold_the_proved_number(app, world):
    channel = Channel(world)
    broker = channel.brokers["broker1"]
    easy = f"qx-{broker.phone}-zk"
    sent = ApiClient(app, "admin").post(f"/accounts/{broker.id}/reset-password", {"password": easy})
    assert (sent.status_code, set(sent.get_json()["fields"])) == (422, {"password"})
    administration.reset_password(broker.id, password=GOOD, actor=channel.admin)
    with pytest.raises(Invalid) as refused:
        accounts.change_own_password(old_password=GOOD, new_password=easy, actor=channel.actor("broker1"))
    assert set(refused.value.fields) == {"new_password"}


def test_acc_12_an_old_hash_is_renewed_at_the_next_sign_in(app, world, monkeypatch):
    user = account("agent")
    epoch = user.session_epoch
    monkeypatch.setitem(app.config, "FAB_PASSWORD_HASH_METHOD", "scrypt:1024:8:1")
    assert check_credentials("agent", "falsch-77-x") is None
    assert account("agent").password.startswith("pbkdf2:"), "a wrong one renews nothing"
    assert check_credentials("agent", PASSWORD) is not None
    renewed = account("agent")
    assert renewed.password.startswith("scrypt:1024:8:1$")
    assert renewed.session_epoch == epoch, "sessions stay"
    assert check_credentials("agent", PASSWORD) is not None
    assert account("agent").password == renewed.password


def test_acc_12_a_refusal_of_an_old_hash_takes_the_work_of_a_new_one(app, world, monkeypatch):
    """Otherwise a quick refusal would reveal that an old account exists."""
    work: list[int] = []
    real = passwords.check_password_hash

    def check(stored, password):
        work.append(passwords._cost(stored))
        return real(stored, password)

    old = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")
    db.session.execute(update(Account).where(Account.username == "agent").values(password=old))
    db.session.commit()
    monkeypatch.setitem(app.config, "FAB_PASSWORD_HASH_METHOD", "scrypt:4096:8:1")
    fake = generate_password_hash("nobody", method="scrypt:4096:8:1")
    monkeypatch.setitem(app.config, "AUTH_DB_FAKE_PASSWORD_HASH_CHECK", fake)
    monkeypatch.setattr(passwords, "check_password_hash", check)
    check_credentials("agent", "falsch-77-x")
    old_work = sum(work)
    work.clear()
    check_credentials("nobody-here", "falsch-77-x")
    assert old_work == sum(work) == 4096 * 8
