"""ACC-18: every operation that changes a credential ends the other sessions, tells the former number and is
logged; where people change their own, it asks for the present factor first.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from sqlalchemy import select

from app.audit.models import OperationLog
from app.channel.brokers.services import edit_broker
from app.channel.consultants.services import edit_consultant
from app.kernel.database.session import db
from app.kernel.keys import keys
from app.notices.outbox.models import OutgoingMessage
from app.org.accounts import administration
from app.org.sessions import wechat
from app.org.sessions.passwords import hash_password
from app.org.sessions.sms_codes import send_sms_code
from app.org.sessions.wechat_provider import Identity
from app.org.shared.models import Account, Staff
from app.org.staff import services as staffing
from tests.support.channel.scene import Channel, sent_code
from tests.support.people.accounts import Authenticator, set_setting
from tests.support.people.world import PASSWORD
from tests.support.traces import denied
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser

if TYPE_CHECKING:
    from collections.abc import Callable

# Nothing here asks the database anything that the other one could answer differently.
ONE_KIND = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

NEW, NEW_PHONE, OFFICE_PHONE = "Herbstlaub-2026-gelb", "13966660000", "13911110001"
APP = Path(__file__).parents[3] / "app"


class Scene:
    """A person with two browsers: ``own`` makes the change, ``other`` is signed in elsewhere."""

    def __init__(self, app: Any, world: Any, who: str) -> None:
        self.app, self.channel = app, Channel(world)
        self.admin = world.actor("admin")
        self.id = self.channel.actor(who).id
        self.user = db.session.get_one(Account, self.id)
        broker = self.channel.brokers.get(who)
        if broker is None:
            db.session.get_one(Staff, self.id).phone = OFFICE_PHONE
        self.number = broker.phone if broker else OFFICE_PHONE
        db.session.commit()

    def prepare(self, *, password: bool = False, second_factor: bool = False) -> None:
        """Give the account a password or a second factor, and sign in twice."""
        if password:
            self.user.password = hash_password(PASSWORD)
            db.session.commit()
        if second_factor:
            Authenticator(self.user.username)
        self.before = len(self.told())
        self.own, self.other = (Browser(self.app, self.user.username) for _ in range(2))
        self.client = ApiClient(self.app, self.user.username)

    def code(self, number: str, purpose: str) -> str:
        assert send_sms_code(phone=number, purpose=purpose)
        return sent_code()

    def told(self) -> list[str]:
        """Return the numbers that were told of a change."""
        db.session.rollback()
        found = select(OutgoingMessage).where(OutgoingMessage.purpose == "Change of sign-in")
        rows = db.session.scalars(found.order_by(OutgoingMessage.id))
        return [keys().fernet.decrypt(row.recipient_cipher.encode()).decode() for row in rows]

    def operations(self) -> list[str]:
        rows = select(OperationLog.operation).where(
            OperationLog.record_id == self.id, OperationLog.record_type.in_(("account", "broker", "staff"))
        )
        return list(db.session.scalars(rows.order_by(OperationLog.id)))

    def epoch(self) -> int:
        db.session.rollback()
        return db.session.get_one(Account, self.id, populate_existing=True).session_epoch

    def is_in(self, browser: Browser) -> bool:
        return browser.get("/m/messages").status_code == 200


@dataclass(frozen=True)
class Own:
    """A way to change one's own credential: ``send(scene, proof)`` answers the status."""

    changes: str
    who: str
    send: Callable[[Scene, dict[str, str]], int]
    proof: str
    operation: str
    done: int
    refused: int = 422
    password: bool = False
    second_factor: bool = False
    keeps: str = "page"  # whose session goes on: that of the page, of the API, or nobody's

    def right(self, scene: Scene) -> dict[str, str]:
        if self.proof in {"present_code", "code"}:
            return {self.proof: scene.code(scene.number, "confirm" if self.proof != "code" else "login")}
        return {self.proof: PASSWORD}


def _password(path: str) -> Callable[[Scene, dict[str, str]], int]:
    return lambda s, proof: s.own.post(path, {"new_password": NEW, "repeated": NEW, **proof}).status_code


def _api_password(scene: Scene, proof: dict[str, str]) -> int:
    return scene.client.post("/me/password", {"new_password": NEW, **proof}).status_code


def _own_phone(scene: Scene, proof: dict[str, str]) -> int:
    code = scene.code(NEW_PHONE, "change_phone")
    return scene.own.post("/m/me/phone", {"phone": NEW_PHONE, "sms_code": code, **proof}).status_code


def _api_own_phone(scene: Scene, proof: dict[str, str]) -> int:
    code = scene.code(NEW_PHONE, "change_phone")
    body = {"phone": NEW_PHONE, "sms_code": code, **proof}
    return scene.client.patch(f"/brokers/{scene.id}", body).status_code


def _staff_phone(scene: Scene, proof: dict[str, str]) -> int:
    return scene.own.post(f"/staff/{scene.id}/edit", {"phone": NEW_PHONE, **proof}).status_code


def _api_staff_phone(scene: Scene, proof: dict[str, str]) -> int:
    return scene.client.patch(f"/staff/{scene.id}", {"phone": NEW_PHONE, **proof}).status_code


def _second_factor(scene: Scene, proof: dict[str, str]) -> int:
    page = scene.own.page("/account/second-factor")
    secret = page.one("code", class_="totp-key").text.replace(" ", "")
    fields = {"sealed": page.one("input", name="sealed")["value"], "code": pyotp.TOTP(secret).now()}
    return scene.own.post("/account/second-factor", {**fields, **proof}).status_code


def _page(path: str) -> Callable[[Scene, dict[str, str]], int]:
    return lambda scene, proof: scene.own.post(path, proof).status_code


def _wechat(scene: Scene, proof: dict[str, str]) -> int:
    body = {"phone": scene.number, "wechat_ticket": wechat.make_ticket(Identity("oABC-9")), "code": "000000"}
    return ApiClient(scene.app).post("/security/sms-login", {**body, **proof}).status_code


STORED, EDITED, STAFF = "_store_own_password", "edit_broker", "_edit_staff"
OWN = {
    "password, office": Own(STORED, "agent", _password("/account/password"), "old_password",
                            "account.password", 303),
    "password, phone": Own(STORED, "onsite", _password("/m/password"), "old_password",
                           "account.password", 303),
    "password, API": Own(STORED, "agent", _api_password, "old_password", "account.password", 200,
                         keeps=""),
    "first password, phone": Own(STORED, "broker1", _password("/m/password"), "present_code",
                                 "account.password", 303),
    "first password, API": Own(STORED, "broker1", _api_password, "present_code", "account.password", 200,
                               keeps=""),
    "phone by a code, phone": Own(EDITED, "broker1", _own_phone, "present_code", "broker.edit", 303),
    "phone by a password, phone": Own(EDITED, "broker1", _own_phone, "present_password", "broker.edit", 303,
                                      password=True),
    "phone by a code, API": Own(EDITED, "broker1", _api_own_phone, "present_code", "broker.edit", 200,
                                keeps="API"),
    "phone by a password, API": Own(EDITED, "broker1", _api_own_phone, "present_password", "broker.edit",
                                    200, password=True, keeps="API"),
    "phone, office": Own(STAFF, "admin", _staff_phone, "present_password", "staff.edit", 303),
    "phone, office API": Own(STAFF, "admin", _api_staff_phone, "present_password", "staff.edit", 200,
                            keeps="API"),
    "second factor on": Own("_enable_second_factor", "agent", _second_factor, "password",
                            "account.second_factor", 200),
    "second factor off": Own("drop_second_factor", "agent", _page("/account/second-factor/off"), "password",
                             "account.second_factor", 303, second_factor=True),
    "recovery codes": Own("_renew_codes", "agent", _page("/account/second-factor/codes"), "password",
                          "account.recovery_codes", 200, second_factor=True),
    "WeChat": Own("link", "broker1", _wechat, "code", "account.wechat", 200, refused=401, keeps=""),
}  # fmt: skip


@dataclass(frozen=True)
class ByOffice:
    """A way in which the office changes a person's credential."""

    changes: str
    who: str
    run: Callable[[Scene], Any]
    operation: str
    password: bool = False
    second_factor: bool = False


BY_OFFICE = {
    "password of staff": ByOffice("reset_password", "agent",
        lambda s: staffing.edit_staff(s.id, password=NEW, actor=s.admin), "account.password_reset"),
    "password of a broker": ByOffice("reset_password", "broker1",
        lambda s: administration.reset_password(s.id, password=NEW, actor=s.admin), "account.password_reset"),
    "second factor of staff": ByOffice("drop_second_factor", "agent",
        lambda s: staffing.reset_second_factor(s.id, actor=s.admin), "account.second_factor",
        second_factor=True),
    "second factor of a broker": ByOffice("drop_second_factor", "broker1",
        lambda s: administration.reset_second_factor(s.id, actor=s.admin), "account.second_factor",
        password=True, second_factor=True),
    "phone of staff": ByOffice(STAFF, "agent",
        lambda s: staffing.edit_staff(s.id, phone=NEW_PHONE, actor=s.admin), "staff.edit"),
    "phone of a consultant": ByOffice(STAFF, "consultant",
        lambda s: edit_consultant(s.id, phone=NEW_PHONE, actor=s.admin), "staff.edit"),
    "phone of a broker": ByOffice(EDITED, "broker1",
        lambda s: edit_broker(s.id, phone=NEW_PHONE, actor=s.admin), "broker.edit"),
}  # fmt: skip


def _changing_functions() -> set[str]:
    """Return the functions of the application that change a credential."""
    found = set()
    for path in APP.rglob("*.py"):
        for function in ast.walk(ast.parse(path.read_text())):
            if isinstance(function, ast.FunctionDef) and any(
                isinstance(call, ast.Call) and getattr(call.func, "id", "") == "credential_changed"
                for call in ast.walk(function)
            ):
                found.add(function.name)
    return found


def test_acc_18_the_tables_name_every_operation_that_changes_a_credential():
    assert {case.changes for case in (*OWN.values(), *BY_OFFICE.values())} == _changing_functions()


@ONE_KIND
@pytest.mark.parametrize("name", OWN)
def test_acc_18_ones_own_credential_asks_for_the_present_factor(app, world, name):
    case = OWN[name]
    scene = Scene(app, world, case.who)
    scene.prepare(password=case.password, second_factor=case.second_factor)
    epoch, logged = scene.epoch(), len(scene.operations())
    for proof in ({}, {case.proof: "falsch"}):
        assert case.send(scene, proof) == case.refused
        assert (scene.epoch(), len(scene.operations())) == (epoch, logged), "nothing has changed"
    assert scene.is_in(scene.other)
    assert case.send(scene, case.right(scene)) == case.done
    assert not scene.is_in(scene.other), "the other sessions ended"
    assert scene.is_in(scene.own) == (case.keeps == "page")
    assert (scene.client.get("/me").status_code == 200) == (case.keeps == "API")
    assert scene.told()[scene.before :] == [scene.number]
    assert case.operation in scene.operations()[logged:]


@ONE_KIND
@pytest.mark.parametrize("name", BY_OFFICE)
def test_acc_18_a_credential_changed_by_the_office_ends_sessions_tells_and_is_logged(app, world, name):
    case = BY_OFFICE[name]
    scene = Scene(app, world, case.who)
    scene.prepare(password=case.password, second_factor=case.second_factor)
    logged = len(scene.operations())
    case.run(scene)
    assert not scene.is_in(scene.other)
    assert not scene.is_in(scene.own)
    assert scene.told()[scene.before :] == [scene.number]
    assert case.operation in scene.operations()[logged:]


@ONE_KIND
def test_acc_18_administrators_change_their_own_sign_in_only_where_it_asks_for_the_present_factor(app, world):
    admin = world.actor("admin")
    Authenticator("admin")
    with denied("account.yourself", 403):
        staffing.edit_staff(admin.id, password=NEW, actor=admin)
    with denied("account.yourself", 403):
        staffing.reset_second_factor(admin.id, actor=admin)
    own, others = (
        Browser(app, "admin").page(f"/staff/{pk}/edit").values() for pk in (admin.id, world.actor("agent").id)
    )
    assert ("present_password" in own, "password" in own) == (True, False)
    assert ("present_password" in others, "password" in others) == (False, True)


@ONE_KIND
def test_acc_18_wrong_present_factors_are_throttled_as_at_sign_in(database, world):
    limited = database.new_app({"KEPAN_RATE_LIMITS": "on"})
    set_setting("lockout_failures", 3)
    scene = Scene(limited, world, "broker1")
    scene.prepare(password=True)
    for _ in range(3):
        body = {"phone": NEW_PHONE, "sms_code": "000000", "present_password": "falsch"}
        assert scene.client.patch(f"/brokers/{scene.id}", body).status_code == 422
    db.session.rollback()
    assert db.session.get_one(Account, scene.id, populate_existing=True).locked_until is not None
    broker2 = scene.channel.brokers["broker2"]
    code = scene.code(broker2.phone, "confirm")
    client = ApiClient(limited, db.session.get_one(Account, broker2.id).username)
    for _ in range(5):
        body = {"new_password": NEW, "present_code": f"{(int(code) + 1) % 10**6:06d}"}
        assert client.post("/me/password", body).status_code == 422
    assert client.post("/me/password", {"new_password": NEW, "present_code": code}).status_code == 422
