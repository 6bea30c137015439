"""Signing in in the REST API (ACC-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from flask import Response, g, jsonify, request
from flask_appbuilder.api import BaseApi
from flask_babel import lazy_gettext as _
from flask_jwt_extended import (
    create_access_token,
    create_refresh_token,
    decode_token,
    get_jwt,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt.exceptions import PyJWTError
from werkzeug.exceptions import Unauthorized

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose, json_body, public
from app.kernel.database.session import db
from app.kernel.errors import Decision, Denied, Invalid
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import REQUIRED, BaseForm, required
from app.kernel.fields.phones import mask_phone
from app.kernel.fields.texts import PhoneField
from app.org.sessions.access_events import note_failed_sign_in, note_sign_in
from app.org.sessions.login_sessions import end_all_after_reuse, end_session, open_session, rotate
from app.org.sessions.signin import WRONG, WRONG_CODE, WRONG_SMS_CODE, check_credentials, check_second_factor
from app.org.sessions.sms_codes import SMS_PURPOSE, VALID, send_sms_code, sign_in_by_code
from app.org.sessions.web_session import device_account, present_session, request_origin
from app.org.sessions.wechat import TICKET_VALID, identify_by_codes, link, make_ticket, read_ticket, sign_in
from app.org.sessions.wechat_provider import WrongCodeError
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.errors import Sentence


class Credentials(TypedDict):
    """A user name and a password."""

    username: str
    password: str
    provider: NotRequired[Literal["db"]]
    otp: NotRequired[str | None]


class PhoneCredentials(TypedDict):
    """A phone number and its code by SMS, requested with the purpose ``login`` (CH-3)."""

    phone: str
    code: str
    otp: NotRequired[str | None]
    wechat_ticket: NotRequired[str | None]


class WechatCredentials(TypedDict):
    """Codes of the mini-program: ``code`` from ``wx.login``, ``phone_code`` from ``getPhoneNumber``."""

    code: str
    phone_code: NotRequired[str | None]
    otp: NotRequired[str | None]


class Tokens(TypedDict):
    """Tokens of a session: requests send the access token as ``Authorization: Bearer …``; a refresh token
    works once.
    """

    access_token: str
    refresh_token: str


class WechatAnswer(TypedDict):
    """Tokens, or a ticket that links the person's WeChat with an account while it has none (CH-3).

    ``phone`` is the number that WeChat proved, masked; registration with it needs no code by SMS.
    """

    access_token: NotRequired[str]
    refresh_token: NotRequired[str]
    wechat_ticket: NotRequired[str]
    valid_seconds: NotRequired[int]
    phone: NotRequired[str | None]


class SignedOut(TypedDict):
    """The answer to a sign-out: the session has ended."""

    signed_out: bool


def _make_tokens(user: Account, key: str) -> Tokens:
    g.token_claims = {"epoch": user.session_epoch, "session": key}
    identity = str(user.id)
    return {
        "access_token": create_access_token(identity=identity),
        "refresh_token": create_refresh_token(identity=identity),
    }


class TokenApi(BaseApi):
    """``/api/v1/security``: JSON web tokens."""

    resource_name = "security"
    route_base = "/api/v1/security"

    @expose("/login", methods=["POST"])
    @public(takes=Credentials, returns=Tokens, refusals=(401,))
    def login(self) -> Response:
        """Signs in with a user name and a password, and returns tokens."""
        body = _strings(json_body(), "username", "password")
        if body.get("provider", "db") != "db":
            raise Invalid(provider=_("Not one of the choices"))
        user = check_credentials(body["username"], body["password"], source=request.remote_addr or "")
        if user is None:
            raise _sign_in_failed(WRONG)
        if user.has_second_factor:
            _require_second_factor(user, body.get("otp"))
        return jsonify(issue_tokens(user))

    @expose("/sms-login", methods=["POST"])
    @public(takes=PhoneCredentials, returns=Tokens, refusals=(401, 404))
    def sms_login(self) -> Response:
        """Signs in with a phone number and a code by SMS, and returns tokens; any mistake is a 401.

        A number that is proved and belongs to no account is answered with 404 ``account.none`` and a
        ``ticket``, which registration takes in place of a code, once and for ten minutes (CH-31). With the
        ticket of the mini-program the person's WeChat signs in to the account from then on.
        """
        body = _strings(json_body(), "phone", "code")
        identity = read_ticket(str(body["wechat_ticket"])) if body.get("wechat_ticket") else None
        user = sign_in_by_code(body["phone"], body["code"])
        if user is None:
            raise _sign_in_failed(WRONG_SMS_CODE)
        if user.has_second_factor:
            _require_second_factor(user, body.get("otp"))
        if identity is not None:
            link(user, identity, source=request.remote_addr or "")
        return jsonify(issue_tokens(user, by_phone=True))

    @expose("/refresh", methods=["POST"])
    @public(returns=Tokens, refusals=(401,))
    def refresh(self) -> Response:
        """Exchanges a refresh token for new tokens; it works once, and a second use ends all sessions."""
        try:
            verify_jwt_in_request(refresh=True)
        except (JWTExtendedException, PyJWTError) as error:
            raise Unauthorized from error
        user = db.session.get_one(Account, current_actor().id)
        made = _make_tokens(user, present_session())
        if not rotate(present_session(), str(get_jwt()["jti"]), decode_token(made["refresh_token"])["jti"]):
            end_all_after_reuse(user.id, actor=current_actor())
            note_failed_sign_in("refresh", user.id)
            raise Unauthorized
        return jsonify(made)

    @expose("/logout", methods=["POST"])
    @endpoint(during_duty=True, returns=SignedOut)
    def logout(self) -> Response:
        """Signs out: the access token and the refresh token stop working."""
        end_session(present_session())
        return jsonify(signed_out=True)


class WechatApi(KepanApi):
    """``/api/v1/wechat``: signing in by the mini-program."""

    route_base = "/api/v1/wechat"
    class_permission_name = "Wechat"

    @expose("/login", methods=["POST"])
    @public(takes=WechatCredentials, returns=WechatAnswer, refusals=(401, 409))
    def login(self) -> Response:
        """Signs in with the mini-program's code: returns tokens, or a ticket for a new person."""
        body = _strings(json_body(), "code")
        phone_code, source = body.get("phone_code"), request.remote_addr or ""
        try:
            identity = identify_by_codes(body["code"], phone_code if isinstance(phone_code, str) else "")
        except WrongCodeError:
            raise Unauthorized from None
        user = sign_in(identity, source=source)
        if user is None:
            return jsonify(
                wechat_ticket=make_ticket(identity),
                valid_seconds=int(TICKET_VALID.total_seconds()),
                phone=mask_phone(identity.phone) if identity.phone else None,
            )
        if user.has_second_factor:
            _require_second_factor(user, body.get("otp"))
        return jsonify(issue_tokens(user, by_phone=True))


def _strings(body: Any, *names: str) -> dict[str, Any]:
    """Return the body, in which these fields must be text.

    :raises Invalid: when it is not an object, or one of the fields is missing.
    """
    if not isinstance(body, dict):
        raise Invalid(body=_("A JSON object is expected"))
    wrong = {name: REQUIRED for name in names if not isinstance(body.get(name), str) or not body[name]}
    if wrong:
        raise Invalid(**wrong)
    return body


def _sign_in_failed(message: Sentence) -> Denied:
    """Return 401 for a failed sign-in, the same for every reason (ACC-12)."""
    return Denied(Decision(allowed=False, code="auth.wrong", message=message, status=401))


def _require_second_factor(user: Account, code: Any) -> None:
    if not isinstance(code, str) or not code.strip():
        message = _("A code of the second factor is needed")
        Decision(allowed=False, code="auth.otp_required", message=message, status=401).enforce()
    if not check_second_factor(user, code, source=request.remote_addr or ""):
        Decision(allowed=False, code="auth.otp_wrong", message=WRONG_CODE, status=401).enforce()


def issue_tokens(user: Account, *, by_phone: bool = False) -> Tokens:
    """Open a session of an application; return its tokens.  The caller has verified the person's identity,
    with ``by_phone`` without a password.
    """
    opened = open_session(user, "api", by_phone=by_phone, **request_origin())
    made = _make_tokens(user, opened.key)
    rotate(opened.key, None, decode_token(made["refresh_token"])["jti"])
    note_sign_in(user.id, "api")
    return made


class SmsCodeForm(BaseForm):
    """The number that a code proves, and what the code is for."""

    phone = PhoneField(_("Phone"), required())
    purpose = ChoiceField(_("Purpose"), SMS_PURPOSE, required())


class CodeAsked(TypedDict):
    """The lifetime of a code in seconds; the answer does not tell whether a code was sent."""

    valid_seconds: int


class SmsCodeApi(KepanApi):
    """``/sms-codes``: for everybody, signed in or not."""

    route_base = "/api/v1"
    class_permission_name = "SmsCode"

    @expose("/sms-codes", methods=["POST"])
    @public(takes=SmsCodeForm, returns=CodeAsked, status=202)
    def ask(self) -> tuple[Response, int]:
        """Sends a code by SMS; the answer is the same for every number, also above the limit of codes."""
        form = self.body(SmsCodeForm)
        send_sms_code(
            phone=form.phone.data,
            purpose=form.purpose.data,
            source=request.remote_addr or "",
            device_account=device_account(),
        )
        return jsonify(valid_seconds=int(VALID.total_seconds())), 202
