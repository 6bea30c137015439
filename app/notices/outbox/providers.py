"""Providers of outgoing messages (PLAT-2): e-mail by SMTP, SMS and chat robots by HTTP, behind one small
interface.

The environment configures them.  Each receives the message's key, so that a provider that supports it sends
the same message once even if its response was lost.
"""

from __future__ import annotations

import json
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Protocol
from urllib.error import HTTPError
from urllib.parse import unquote, urlsplit
from urllib.request import Request

from app.kernel.network import open_request
from config import is_loopback

if TYPE_CHECKING:
    from config import Settings


TIMEOUT_SECONDS = 15.0
_LARGEST_ANSWER = 64 * 1024
_TRY_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS}
_SMTP_PERMANENT = 500


@dataclass(frozen=True)
class Letter:
    """The content passed to a provider; logs contain nothing of it."""

    key: str
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)


class NotSentError(Exception):
    """A provider did not accept the message; ``permanent`` means that a retry is useless.

    ``kind`` is a short code without any part of the message.
    """

    def __init__(self, kind: str, code: object = "", *, permanent: bool) -> None:
        self.kind = f"{kind} {code}".strip()[:40]
        super().__init__(self.kind)
        self.permanent = permanent


class Provider(Protocol):
    """A provider of one channel."""

    def send(self, letter: Letter) -> None:
        """Send the message.

        :raises NotSentError: when it was not accepted.
        """


@dataclass(frozen=True)
class HttpSms:
    """POSTs ``{"phone", "text"}`` to a gateway; any 2xx means accepted."""

    url: str
    token: str

    def send(self, letter: Letter) -> None:
        """Send it to the gateway."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        _post(self.url, {"phone": letter.recipient, "text": letter.body}, letter.key, headers)


@dataclass(frozen=True)
class ChatRobot:
    """POSTs a text to the webhook of a group's robot (the form that WeCom and DingTalk share)."""

    url: str

    def send(self, letter: Letter) -> None:
        """Post it to the group; robots return 200 and an ``errcode``."""
        answer = _post(self.url, {"msgtype": "text", "text": {"content": letter.body}}, letter.key, {})
        code = answer.get("errcode") if isinstance(answer, dict) else None
        if code:
            raise NotSentError(kind="robot", code=code, permanent=False)


def _post(url: str, body: Any, key: str, headers: dict[str, str]) -> Any:
    request = Request(  # noqa: S310 - config.py lets nothing but http and https through
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json", "Idempotency-Key": key, **headers},
    )
    try:
        with open_request(request, timeout=TIMEOUT_SECONDS) as answer:
            content = answer.read(_LARGEST_ANSWER)
    except HTTPError as error:
        error.close()
        refused = error.code < HTTPStatus.INTERNAL_SERVER_ERROR and error.code not in _TRY_AGAIN
        raise NotSentError(kind="HTTP", code=error.code, permanent=refused) from None
    except OSError as error:
        raise NotSentError(type(error).__name__, permanent=False) from None
    try:
        return json.loads(content)
    except ValueError:
        return None


@dataclass(frozen=True)
class Smtp:
    """Sends e-mail; ``smtp://`` switches to TLS before any other command, ``smtps://`` begins with it.

    The server must prove its name with a certificate that this machine trusts.  Only a server on this machine
    may do without TLS (``may_be_plain``).
    """

    url: str = field(repr=False)
    sender: str
    may_be_plain: bool = False

    def send(self, letter: Letter) -> None:
        """Send it to the mail server."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, letter.recipient, letter.subject
        mail["Message-ID"] = f"<{letter.key}@{self.sender.rpartition('@')[2].strip('>') or 'kepan'}>"
        mail.set_content(letter.body)
        try:
            with self._connect() as server:
                server.send_message(mail)
        except smtplib.SMTPResponseException as error:
            permanent = error.smtp_code >= _SMTP_PERMANENT
            raise NotSentError(kind="SMTP", code=error.smtp_code, permanent=permanent) from None
        except smtplib.SMTPRecipientsRefused as error:
            code = min((code for code, _text in error.recipients.values()), default=0)
            raise NotSentError(kind="SMTP", code=code, permanent=code >= _SMTP_PERMANENT) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotSentError(type(error).__name__, permanent=False) from None

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        trusted = ssl.create_default_context()
        where = (parts.hostname or "", parts.port or 0)
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(*where, timeout=TIMEOUT_SECONDS, context=trusted)
        else:
            server = smtplib.SMTP(*where, timeout=TIMEOUT_SECONDS)
        try:
            self._secure(server, trusted)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except BaseException:
            server.close()
            raise
        return server

    def _secure(self, server: smtplib.SMTP, trusted: ssl.SSLContext) -> None:
        """Switch to TLS.  A server without it receives neither password nor message."""
        server.ehlo()
        if isinstance(server, smtplib.SMTP_SSL):
            return
        if server.has_extn("starttls"):
            server.starttls(context=trusted)
            server.ehlo()
        elif not self.may_be_plain:
            raise NotSentError(kind="SMTP without TLS", permanent=False)


def provider_for(channel: str, settings: Settings) -> Provider | None:
    """Return the provider of a channel, if the environment configures one."""
    if channel == "sms" and settings.sms_url:
        return HttpSms(settings.sms_url, settings.sms_token)
    if channel == "robot" and settings.robot_url:
        return ChatRobot(settings.robot_url)
    if channel == "email" and settings.smtp_url:
        sender = settings.smtp_from or "kepan@localhost"
        here = is_loopback(urlsplit(settings.smtp_url).hostname or "")
        return Smtp(settings.smtp_url, sender, may_be_plain=here)
    return None
