"""Every address that the application serves, with the access that its view declares."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from app.kernel.access.permissions import declared_grants
from app.org.roles.names import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask

ANONYMOUS = "anonymous"
EVERYBODY = frozenset({*BUILT_IN, ANONYMOUS})

# Public addresses, with the reason.
PUBLIC = {
    "AuthDBView.login": "where one signs in",
    "AuthDBView.code": "the second step of signing in, after the password",
    "AuthDBView.logout": "ends the caller's own session, if there is one",
    "LanguageView.choose": "the sign-in page can be read in either language",
    "TokenApi.login": "where one signs in",
    "TokenApi.sms_login": "where one signs in",
    "WechatApi.login": "where one signs in",
    "SmsCodeApi.ask": "before one signs in or registers",
    "BrokerCompanyApi.offered": "for the choice at registration",
    "BrokerApi.register": "before one can sign in, with a proved number",
    "VisitorApi.register": "before one can sign in, with a proved number",
    "PhoneEntranceView.login": "where one signs in",
    "PhoneEntranceView.code": "the second step of signing in, after the password",
    "PhoneEntranceView.register": "before one can sign in",
    "PhoneEntranceView.register_broker": "before one can sign in, with a proved number",
    "PhoneEntranceView.register_onsite": "before one can sign in, with a proved number",
    "PhoneEntranceView.register_visitor": "before one can sign in, with a proved number",
    "PhoneEntranceView.privacy": "read before one agrees to it",
    "healthz": "asked by the machine",
    "readyz": "asked by the machine",
    "static": "style and scripts, the same for all",
    "appbuilder.static": "style and scripts of the framework",
}
# Requires another credential: neither a session nor an access token opens it.
OWN_CREDENTIAL = {"TokenApi.refresh": "takes the refresh token only"}

SAMPLES = {
    "code": "zh",
    "key": "follow_ups",
    "name": "follow_statuses",
    "filename": "kepan/office.css",
    "token": "nobody",
    "file_id": "1",
    "staff_id": "1",
    "version": "2026-01",
    "stage": "following",
    "step": "up",
}


@dataclass(frozen=True)
class Route:
    """One method of one address."""

    rule: str
    method: str
    endpoint: str
    permission: str = ""
    resource: str = ""
    signed_in: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"

    @property
    def is_api(self) -> bool:
        return self.rule.startswith("/api/")

    @property
    def changes(self) -> bool:
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    @property
    def allowed(self) -> frozenset[str] | None:
        """The built-in roles that may use it; None when it declares none."""
        if self.endpoint in PUBLIC:
            return EVERYBODY
        if self.permission:
            return declared_grants().get((f"can_{self.permission}", self.resource))
        if self.signed_in:
            return frozenset(BUILT_IN)
        return None

    def path(self, ids: Mapping[str, int] | None = None) -> str:
        """Return an address with all arguments filled in; ``ids``: first part of the rule → a record's id."""
        first = self.rule.removeprefix("/api/v1").strip("/").split("/")[0]
        filled = self.rule.replace("<int:pk>", str((ids or {}).get(first, 1)))
        return re.sub(r"<(?:(\w+):)?(\w+)>", lambda f: "1" if f[1] == "int" else SAMPLES[f[2]], filled)


def all_routes(app: Flask) -> list[Route]:
    """Return every address × method, from the registered views."""
    views = {view.endpoint: view for view in app.extensions["appbuilder"].baseviews}
    return [
        _route(views, rule, method)
        for rule in sorted(app.url_map.iter_rules(), key=str)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def _route(views: Mapping[str, Any], rule: Any, method: str) -> Route:
    owner, _dot, name = rule.endpoint.partition(".")
    view = views.get(owner)
    handler = getattr(view, name, None)
    return Route(
        rule.rule,
        method,
        rule.endpoint,
        permission=getattr(handler, "_permission_name", ""),
        resource=getattr(view, "class_permission_name", "") or "",
        signed_in=getattr(handler, "_signed_in", False),
    )
