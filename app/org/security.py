"""The framework's security manager, with its gaps closed (``docs/framework.md``, *Sign-in*).

Sessions and tokens carry the account's session epoch; permissions are read once into the actor; nothing is
public; the stock user and role pages are not registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NotRequired, TypedDict

from flask import flash, g, jsonify, redirect, request, session, url_for
from flask_appbuilder.api import BaseApi, expose
from flask_appbuilder.baseviews import BaseView
from flask_appbuilder.baseviews import expose as expose_page
from flask_appbuilder.security.forms import LoginForm_db
from flask_appbuilder.security.sqla.manager import SecurityManager
from flask_appbuilder.security.views import AuthDBView
from flask_appbuilder.utils.base import get_safe_redirect
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    get_jwt,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import JWTExtendedException
from flask_login import logout_user
from jwt.exceptions import PyJWTError
from werkzeug.exceptions import Unauthorized

from app.kernel.access.current import actor_or_none
from app.kernel.api.base import KepanApi, json_body, public
from app.kernel.database.session import db
from app.kernel.errors import Decision, Denied, Invalid
from app.kernel.fields.phones import mask_phone
from app.kernel.fields.validators import REQUIRED
from app.kernel.pages.requests import LANGUAGES
from app.org.forms import CodeForm
from app.org.models import Account
from app.org.sessions import (
    await_second_step,
    load_account,
    load_by_session,
    second_step_account,
    start_session,
)
from app.org.signin import check_credentials, check_second_factor
from app.org.smscodes import sign_in_by_code
from app.org.wechat import TICKET_VALID, identify_by_codes, link, make_ticket, read_ticket, sign_in
from app.org.wechat_provider import WrongCodeError

if TYPE_CHECKING:
    from flask import Flask, Response
    from werkzeug.wrappers import Response as AnyResponse

    from app.kernel.errors import Sentence

LOGIN_LIMIT = "20 per minute"
WRONG = _("The user name or the password is wrong, or the account is locked")
WRONG_SMS_CODE = _("The code is wrong or too old, or nobody is registered with this number")
WRONG_CODE = _("The code is wrong, too old or was used before, or the account is locked")


class KepanSecurityManager(SecurityManager):
    """Sign-in by session epoch; access by the actor's permissions."""

    user_model = Account
    userstatschartview = None

    def __init__(self, appbuilder: Any) -> None:
        super().__init__(appbuilder)
        self.authdbview = SignInView
        self.security_api = TokenApi

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(lambda _identity: g.token_claims)
        return manager

    def register_views(self) -> None:
        """Only sign-in: staff, roles and passwords have pages of our own."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_api(self.security_api)
        self.appbuilder.add_api(WechatApi)
        self.appbuilder.add_view_no_menu(LanguageView)
        self.limiter.limit(LOGIN_LIMIT, methods=["POST"])(self.auth_view.blueprint)
        for api in self.appbuilder.baseviews:
            if isinstance(api, (TokenApi, WechatApi)):
                self.limiter.limit(LOGIN_LIMIT, methods=["POST"])(api.blueprint)

    def load_user(self, pk: str) -> Account | None:
        return load_by_session(pk)

    def load_user_jwt(self, _jwt_header: Any, jwt_data: dict[str, Any]) -> Account | None:
        epoch, by_phone = int(jwt_data.get("epoch", -1)), bool(jwt_data.get("by_phone"))
        user = load_account(int(jwt_data["sub"]), epoch, by_phone=by_phone)
        if user is not None:
            g.user = user
        return user

    def auth_user_db(self, username: str, password: str) -> Account | None:
        return check_credentials(username, password, source=request.remote_addr or "")

    def has_access(self, permission_name: str, view_name: str) -> bool:
        actor = actor_or_none()
        return actor is not None and (permission_name, view_name) in actor.permissions

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Nothing is public by permission; public routes do not ask."""
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """The menu follows the pages' permissions (``app.kernel.nav``)."""
        return set(menu_names or ())


class SignInView(AuthDBView):
    """The sign-in page.  A failure keeps the name typed and says the same whatever was wrong (ACC-12)."""

    endpoint = "AuthDBView"

    def create_blueprint(self, appbuilder: Any, endpoint: Any = None, static_folder: Any = None) -> Any:
        return super().create_blueprint(appbuilder, "AuthDBView", static_folder)

    @expose_page("/login/", methods=["GET", "POST"])
    def login(self) -> Any:
        """Sign in."""
        if actor_or_none() is not None:
            return redirect(get_safe_redirect(request.args.get("next", "")))
        form = LoginForm_db()
        status = 200
        if form.validate_on_submit():
            user = check_credentials(form.username.data, form.password.data, source=request.remote_addr or "")
            if user is not None and user.has_second_factor:
                await_second_step(user)
                return redirect(url_for(".code", next=request.args.get("next")), 303)
            if user is not None:
                start_session(user)
                return redirect(get_safe_redirect(request.args.get("next", "")), 303)
            flash(str(WRONG), "danger")
            status = 401
        page = self.render_template(
            self.login_template, title=gettext("Sign in"), form=form, appbuilder=self.appbuilder
        )
        return page, status

    @expose_page("/login/code", methods=["GET", "POST"])
    def code(self) -> Any:
        """The second step of signing in, for accounts with a second factor (ACC-12)."""
        user = second_step_account()
        if user is None:
            return redirect(url_for(".login", next=request.args.get("next")), 303)
        form = CodeForm()
        status = 200
        if request.method == "POST":
            status = 401
            if form.validate() and check_second_factor(
                user, form.code.data, source=request.remote_addr or ""
            ):
                start_session(user)
                return redirect(get_safe_redirect(request.args.get("next", "")), 303)
            flash(str(WRONG_CODE), "danger")
        page = self.render_template(
            "org/login_code.html", title=gettext("Sign in"), form=form, appbuilder=self.appbuilder
        )
        return page, status

    @expose_page("/logout/", methods=["POST"])
    def logout(self) -> AnyResponse:
        """Sign out of this session."""
        logout_user()
        session.clear()
        return redirect(self.appbuilder.get_url_for_login, 303)


class LanguageView(BaseView):
    """Choosing the language of the pages."""

    route_base = "/language"
    default_view = "choose"

    @expose_page("/<string:code>", methods=["POST"])
    def choose(self, code: str) -> AnyResponse:
        """Remember the language in the session and go back to where one was."""
        if code in LANGUAGES:
            session["locale"] = code
        return redirect(get_safe_redirect(request.form.get("next") or request.referrer or ""), 303)


class Credentials(TypedDict):
    """Who signs in."""

    username: str
    password: str
    provider: NotRequired[Literal["db"]]
    otp: NotRequired[str | None]


class PhoneCredentials(TypedDict):
    """Who signs in with a code by SMS, asked for with the purpose ``login`` (CH-3)."""

    phone: str
    code: str
    otp: NotRequired[str | None]
    wechat_ticket: NotRequired[str | None]


class WechatCredentials(TypedDict):
    """Who signs in by the mini-program: ``code`` of ``wx.login``, ``phone_code`` of ``getPhoneNumber``."""

    code: str
    phone_code: NotRequired[str | None]
    otp: NotRequired[str | None]


class Tokens(TypedDict):
    """What later requests carry as ``Authorization: Bearer …``."""

    access_token: str
    refresh_token: NotRequired[str]


class WechatAnswer(TypedDict):
    """Tokens; or, while the person's WeChat is nobody's, a ticket that links it (CH-3).

    ``phone``: the number that WeChat proved, masked; registering with it needs no code by SMS.
    """

    access_token: NotRequired[str]
    refresh_token: NotRequired[str]
    wechat_ticket: NotRequired[str]
    valid_seconds: NotRequired[int]
    phone: NotRequired[str | None]


class TokenApi(BaseApi):
    """``/api/v1/security``: JSON web tokens."""

    resource_name = "security"
    route_base = "/api/v1/security"

    @expose("/login", methods=["POST"])
    @public(takes=Credentials, returns=Tokens, refusals=(401,))
    def login(self) -> Response:
        """Exchange a user name and a password for tokens."""
        body = _strings(json_body(), "username", "password")
        if body.get("provider", "db") != "db":
            raise Invalid(provider=_("Not one of the choices"))
        user = check_credentials(body["username"], body["password"], source=request.remote_addr or "")
        if user is None:
            raise _wrong(WRONG)
        if user.has_second_factor:
            _ask_code(user, body.get("otp"))
        return jsonify(issue_tokens(user))

    @expose("/sms-login", methods=["POST"])
    @public(takes=PhoneCredentials, returns=Tokens, refusals=(401,))
    def sms_login(self) -> Response:
        """Exchange a proved phone number for tokens: 401 whatever was wrong.

        With a ticket the person's WeChat signs in to the account from then on.
        """
        body = _strings(json_body(), "phone", "code")
        identity = read_ticket(str(body["wechat_ticket"])) if body.get("wechat_ticket") else None
        user = sign_in_by_code(body["phone"], body["code"])
        if user is None:
            raise _wrong(WRONG_SMS_CODE)
        if user.has_second_factor:
            _ask_code(user, body.get("otp"))
        if identity is not None:
            link(user, identity, source=request.remote_addr or "")
        return jsonify(issue_tokens(user, by_phone=True))

    @expose("/refresh", methods=["POST"])
    @public(returns=Tokens, refusals=(401,))
    def refresh(self) -> Response:
        """Exchange a refresh token for a new access token."""
        try:
            verify_jwt_in_request(refresh=True)
        except (JWTExtendedException, PyJWTError) as error:
            raise Unauthorized from error
        claims = get_jwt()
        user = db.session.get_one(Account, int(claims["sub"]))
        return jsonify(issue_tokens(user, refresh=False, by_phone=bool(claims.get("by_phone"))))


class WechatApi(KepanApi):
    """``/api/v1/wechat``: signing in by the mini-program."""

    route_base = "/api/v1/wechat"
    class_permission_name = "Wechat"

    @expose("/login", methods=["POST"])
    @public(takes=WechatCredentials, returns=WechatAnswer, refusals=(401, 409))
    def login(self) -> Response:
        """Exchange the mini-program's code for tokens, or for a ticket where the person is not known yet."""
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
            _ask_code(user, body.get("otp"))
        return jsonify(issue_tokens(user, by_phone=True))


def _strings(body: Any, *names: str) -> dict[str, Any]:
    """The body, in which these fields hold text.

    :raises Invalid: when it is no object, or one of them is missing.
    """
    if not isinstance(body, dict):
        raise Invalid(body=_("A JSON object is expected"))
    wrong = {name: REQUIRED for name in names if not isinstance(body.get(name), str) or not body[name]}
    if wrong:
        raise Invalid(**wrong)
    return body


def _wrong(message: Sentence) -> Denied:
    """What proved nobody: 401, the same whatever was wrong (ACC-12)."""
    return Denied(Decision(allowed=False, code="auth.wrong", message=message, status=401))


def _ask_code(user: Account, code: Any) -> None:
    if not isinstance(code, str) or not code.strip():
        message = _("A code of the second factor is needed")
        Decision(allowed=False, code="auth.otp_required", message=message, status=401).enforce()
    if not check_second_factor(user, code, source=request.remote_addr or ""):
        Decision(allowed=False, code="auth.otp_wrong", message=WRONG_CODE, status=401).enforce()


def issue_tokens(user: Account, *, refresh: bool = True, by_phone: bool = False) -> Tokens:
    """What the account's later requests carry; the caller has proved who it is, ``by_phone`` without a
    password.
    """
    g.token_claims = {"epoch": user.session_epoch, **({"by_phone": True} if by_phone else {})}
    answer: Tokens = {"access_token": create_access_token(identity=str(user.id), fresh=refresh)}
    if refresh:
        answer["refresh_token"] = create_refresh_token(identity=str(user.id))
    return answer


def fake_hash(app: Flask) -> None:
    """Make the unknown user's check as slow as a real one, whatever hash method is configured."""
    from werkzeug.security import generate_password_hash  # noqa: PLC0415 - needed once, at start

    app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"] = generate_password_hash(
        "nobody", method=app.config["FAB_PASSWORD_HASH_METHOD"]
    )
