"""The mini-program's platform (WeChat), behind one small interface that identifies the phone's holder (CH-3).

Address, id and secret come from the environment only.  Error messages contain nothing of the exchange: codes,
secrets and personal ids appear in no log.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlencode
from urllib.request import Request

from app.kernel.network import open_request

if TYPE_CHECKING:
    from config import Settings


TIMEOUT_SECONDS = 10.0
_LARGEST_ANSWER = 64 * 1024
# Error codes of the platform for a code that is wrong, expired, used before, or of another person.
_WRONG_CODES = {40029, 40163, 40226, 40013}


class WrongCodeError(Exception):
    """The platform does not accept the code."""


class UnreachableError(Exception):
    """The platform did not respond, or not as expected; ``kind`` contains nothing of the exchange."""

    def __init__(self, kind: str, code: object = "") -> None:
        self.kind = f"{kind} {code}".strip()[:40]
        super().__init__(self.kind)


@dataclass(frozen=True)
class Identity:
    """A person known to the platform: the id in our mini-program, and the number that the platform proved."""

    openid: str = field(repr=False)
    phone: str = field(default="", repr=False)


class MiniProgram(Protocol):
    """Exchanges the codes that the mini-program received from the phone."""

    def exchange(self, code: str, phone_code: str = "") -> Identity:
        """Return the identity of the person.

        :raises WrongCodeError: for an invalid code.
        :raises UnreachableError: when the platform is unavailable.
        """


@dataclass(frozen=True)
class HttpMiniProgram:
    """The platform's own API: ``jscode2session``; ``getuserphonenumber`` where a number is to be proved."""

    url: str
    appid: str
    secret: str = field(repr=False)

    def exchange(self, code: str, phone_code: str = "") -> Identity:
        """Request the identity from the platform."""
        secrets = {"appid": self.appid, "secret": self.secret}
        asked = {**secrets, "js_code": code, "grant_type": "authorization_code"}
        openid = _text(self._ask("/sns/jscode2session", asked), "openid")
        return Identity(openid, self._phone(phone_code, secrets) if phone_code else "")

    def _phone(self, code: str, secrets: dict[str, str]) -> str:
        granted = self._ask("/cgi-bin/token", {**secrets, "grant_type": "client_credential"})
        token = _text(granted, "access_token")
        answer = self._ask("/wxa/business/getuserphonenumber", {"access_token": token}, {"code": code})
        found = answer.get("phone_info")
        return _text(found if isinstance(found, dict) else {}, "purePhoneNumber")

    def _ask(self, path: str, asked: dict[str, str], body: dict[str, str] | None = None) -> dict[str, Any]:
        request = Request(  # noqa: S310 - config.py lets nothing but http and https through
            f"{self.url.rstrip('/')}{path}?{urlencode(asked)}",
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Content-Type": "application/json"},
        )
        try:
            with open_request(request, timeout=TIMEOUT_SECONDS) as answer:
                found = json.loads(answer.read(_LARGEST_ANSWER))
        except (OSError, ValueError) as error:
            raise UnreachableError(kind=type(error).__name__) from None
        if not isinstance(found, dict):
            raise UnreachableError(kind="form")
        code = found.get("errcode")
        if code in _WRONG_CODES:
            raise WrongCodeError
        if code:
            raise UnreachableError(kind="errcode", code=code)
        return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not value:
        raise UnreachableError(kind="without", code=name)
    return value


def mini_program(settings: Settings) -> MiniProgram | None:
    """Return the platform, if the environment configures it."""
    if not settings.wechat_url:
        return None
    return HttpMiniProgram(settings.wechat_url, settings.wechat_appid, settings.wechat_secret)
