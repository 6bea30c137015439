"""The framework's security manager, with its gaps closed (``docs/framework.md``, *Sign-in*).

Sessions and tokens carry the account's session epoch; permissions are read once into the actor; nothing is
public; the stock user and role pages are not registered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, g, jsonify, redirect, request, session
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
from flask_login import login_user, logout_user
from jwt.exceptions import PyJWTError
from sqlalchemy import select
from werkzeug.exceptions import Unauthorized

from app.kernel.api import json_body
from app.kernel.current import actor_or_none, set_actor
from app.kernel.db import db
from app.kernel.errors import Invalid
from app.kernel.forms import REQUIRED
from app.kernel.web import LANGUAGES, request_id
from app.org.actors import actor_of
from app.org.models import Account, OrgVersion
from app.org.signin import check_credentials

if TYPE_CHECKING:
    from flask import Flask, Response
    from werkzeug.wrappers import Response as AnyResponse

LOGIN_LIMIT = "20 per minute"
_WRONG = _("The user name or the password is wrong, or the account is locked")


def _load(user_id: int, epoch: int) -> Account | None:
    """The account if it is open and the session's epoch is still its own; sets the actor.  One statement."""
    version = select(OrgVersion.value).where(OrgVersion.id == 1).scalar_subquery()
    row = db.session.execute(select(Account, version).where(Account.id == user_id)).one_or_none()
    if row is None:
        return None
    user: Account = row[0]
    if not user.active or user.session_epoch != epoch:
        return None
    set_actor(actor_of(user, row[1] or 0, source=request.remote_addr or "", request_id=request_id()))
    return user


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
        manager.additional_claims_loader(lambda _identity: {"epoch": g.token_epoch})
        return manager

    def register_views(self) -> None:
        """Only sign-in: staff, roles and passwords have pages of our own."""
        self.auth_view = self.authdbview()
        self.appbuilder.add_view_no_menu(self.auth_view)
        self.appbuilder.add_api(self.security_api)
        self.appbuilder.add_view_no_menu(LanguageView)
        self.limiter.limit(LOGIN_LIMIT, methods=["POST"])(self.auth_view.blueprint)
        for api in self.appbuilder.baseviews:
            if isinstance(api, TokenApi):
                self.limiter.limit(LOGIN_LIMIT, methods=["POST"])(api.blueprint)

    def load_user(self, pk: str) -> Account | None:
        user_id, _separator, epoch = pk.partition(":")
        if not (user_id.isdigit() and epoch.isdigit()):
            return None
        return _load(int(user_id), int(epoch))

    def load_user_jwt(self, _jwt_header: Any, jwt_data: dict[str, Any]) -> Account | None:
        user = _load(int(jwt_data["sub"]), int(jwt_data.get("epoch", -1)))
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
            if user is not None:
                _start_session(user)
                return redirect(get_safe_redirect(request.args.get("next", "")), 303)
            flash(str(_WRONG), "danger")
            status = 401
        page = self.render_template(
            self.login_template, title=gettext("Sign in"), form=form, appbuilder=self.appbuilder
        )
        return page, status

    @expose_page("/logout/", methods=["POST"])
    def logout(self) -> AnyResponse:
        """Sign out of this session."""
        logout_user()
        session.clear()
        return redirect(self.appbuilder.get_url_for_login, 303)


def _start_session(user: Account) -> None:
    locale = session.get("locale")
    session.clear()
    if locale:
        session["locale"] = locale
    session.permanent = True
    login_user(user)


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


class TokenApi(BaseApi):
    """``/api/v1/security``: JSON web tokens."""

    resource_name = "security"
    route_base = "/api/v1/security"

    @expose("/login", methods=["POST"])
    def login(self) -> Response:
        """Exchange a user name and a password for tokens."""
        body = json_body()
        if not isinstance(body, dict):
            raise Invalid(body=_("A JSON object is expected"))
        wrong = {
            name: REQUIRED
            for name in ("username", "password")
            if not isinstance(body.get(name), str) or not body[name]
        }
        if body.get("provider", "db") != "db":
            wrong["provider"] = _("Not one of the choices")
        if wrong:
            raise Invalid(**wrong)
        user = check_credentials(body["username"], body["password"], source=request.remote_addr or "")
        if user is None:
            raise Unauthorized
        return _tokens(user, refresh=True)

    @expose("/refresh", methods=["POST"])
    def refresh(self) -> Response:
        """Exchange a refresh token for a new access token."""
        try:
            verify_jwt_in_request(refresh=True)
        except (JWTExtendedException, PyJWTError) as error:
            raise Unauthorized from error
        user = db.session.get_one(Account, int(get_jwt()["sub"]))
        return _tokens(user, refresh=False)


def _tokens(user: Account, *, refresh: bool) -> Response:
    g.token_epoch = user.session_epoch
    answer = {"access_token": create_access_token(identity=str(user.id), fresh=refresh)}
    if refresh:
        answer["refresh_token"] = create_refresh_token(identity=str(user.id))
    return jsonify(answer)


def fake_hash(app: Flask) -> None:
    """Make the unknown user's check as slow as a real one, whatever hash method is configured."""
    from werkzeug.security import generate_password_hash  # noqa: PLC0415 - needed once, at start

    app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"] = generate_password_hash(
        "nobody", method=app.config["FAB_PASSWORD_HASH_METHOD"]
    )
