"""The framework's security manager, with its gaps closed (``docs/framework.md``, *Sign-in*)."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from flask import g, request
from flask_appbuilder.security.sqla.manager import SecurityManager

from app.kernel.access.current import actor_or_none
from app.kernel.network import network_of
from app.org.sessions.api import TokenApi, WechatApi
from app.org.sessions.signin import check_credentials
from app.org.sessions.views import LanguageView, SignInView
from app.org.sessions.web_session import load_account, load_by_session
from app.org.shared.models import Account

if TYPE_CHECKING:
    from flask import Flask
    from flask_jwt_extended import JWTManager
    from flask_limiter import Limiter


LOGIN_LIMIT = "20 per minute"


def network_of_client() -> str:
    """Return whose requests a limit counts: for IPv6 the network, because a client has all of its addresses
    (ACC-18).
    """
    return network_of(request.remote_addr or "")


class KepanSecurityManager(SecurityManager):
    """Sign-in by session epoch; access by the actor's permissions."""

    user_model = Account
    userstatschartview = None

    def __init__(self, appbuilder: Any) -> None:
        super().__init__(appbuilder)
        self.authdbview = SignInView
        self.security_api = TokenApi

    def create_limiter(self, app: Flask) -> Limiter:
        """Limit requests per network by default, too."""
        app.config["RATELIMIT_KEY_FUNC"] = network_of_client
        return super().create_limiter(app)

    def create_jwt_manager(self, app: Flask) -> JWTManager:
        manager = super().create_jwt_manager(app)
        manager.additional_claims_loader(lambda _identity: g.token_claims)
        return manager

    def register_views(self) -> None:
        """Register only sign-in: staff, roles and passwords have pages of our own."""
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
        user = load_account(int(jwt_data["sub"]), str(jwt_data.get("session", "")))
        if user is not None:
            g.user = user
        return user

    def auth_user_db(self, username: str, password: str) -> Account | None:
        return check_credentials(username, password, source=request.remote_addr or "")

    def has_access(self, permission_name: str, view_name: str) -> bool:
        actor = actor_or_none()
        return actor is not None and (permission_name, view_name) in actor.permissions

    def is_item_public(self, permission_name: str, view_name: str) -> bool:
        """Return False: nothing is public by permission; public routes do not ask."""
        return False

    def get_user_menu_access(self, menu_names: list[str] | None = None) -> set[str]:
        """Return the permitted menu entries: they follow the pages' permissions
        (``app.kernel.pages.menu``).
        """
        return set(menu_names or ())


def fake_hash(app: Flask) -> None:
    """Make the unknown user's check as slow as a real one, whatever hash method is configured.

    It is the hash of no password: checking takes as long, and making it takes no time at each start.
    """
    method = app.config["FAB_PASSWORD_HASH_METHOD"]
    app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"] = (
        f"{method}${secrets.token_hex(8)}${secrets.token_hex(64)}"
    )
