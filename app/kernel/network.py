"""The network around the server: trusted proxies (PLAT-16), client addresses, outgoing requests.

``KEPAN_PROXIES`` is the number of the operator's own proxies.  The headers that they write are read here, for
every server in the same way; without a proxy any client could write the headers, so they are removed.  An
operator who forgot the variable gets a warning: all visitors would share one address and one rate limit.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import TYPE_CHECKING, Any
from urllib.request import HTTPRedirectHandler, build_opener

import structlog
from werkzeug.middleware.proxy_fix import ProxyFix

if TYPE_CHECKING:
    from collections.abc import Iterable
    from http.client import HTTPResponse
    from pathlib import Path
    from urllib.request import Request

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask


log = structlog.get_logger("kepan.web")

_HEADERS = tuple(
    f"HTTP_{name}"
    for name in (
        "X_FORWARDED_FOR",
        "X_FORWARDED_HOST",
        "X_FORWARDED_PROTO",
        "X_FORWARDED_PORT",
        "X_FORWARDED_PREFIX",
        "X_REAL_IP",
        "FORWARDED",
    )
)
_NOTE = "forwarded-without-trust"  # a file in the data directory; its time is that of the last such request
_NOTE_SECONDS = 600.0
_FORWARDED = "kepan.forwarded"
_PREFIX = 64  # the prefix of an IPv6 address that is assigned to a single household or server


def init_proxies(app: Flask) -> None:
    """Trust the proxies in the settings, and no others."""
    settings = app.config["KEPAN"]
    if settings.proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
        )
    else:
        app.wsgi_app = _Untrusting(app.wsgi_app, settings.data_dir)  # type: ignore[method-assign]


def forwarded_without_trust(data_dir: Path) -> datetime | None:
    """Return when a forwarded request last arrived although no proxy is trusted; for the operator's
    doctor.
    """
    try:
        return datetime.fromtimestamp((data_dir / _NOTE).stat().st_mtime, UTC)
    except OSError:
        return None


def was_forwarded(environ: WSGIEnvironment) -> bool:
    """Return True if the request came through a proxy that is not in the settings."""
    return bool(environ.get(_FORWARDED))


class _Untrusting:
    """Removes the headers of proxies, and records that they came."""

    def __init__(self, application: WSGIApplication, data_dir: Path) -> None:
        self._application = application
        self._path = data_dir / _NOTE
        self._noted_at = -_NOTE_SECONDS

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if [environ.pop(name) for name in _HEADERS if name in environ]:
            environ[_FORWARDED] = True
            self._note()
        return self._application(environ, start_response)

    def _note(self) -> None:
        if time.monotonic() - self._noted_at < _NOTE_SECONDS:
            return
        self._noted_at = time.monotonic()
        log.warning("forwarded_without_trust", advice="behind a proxy of your own set KEPAN_PROXIES")
        try:
            self._path.touch(mode=0o600)
        except OSError:
            log.warning("note_not_written", name=_NOTE)


def is_this_machine(address: str) -> bool:
    """Return True for an address of a client on the server's own machine, False for anything else."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return (mapped or found).is_loopback


def network_of(address: str) -> str:
    """Return an IPv4 address unchanged; for an IPv6 address its /64 network (ACC-18)."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(IPv6Network((found, _PREFIX), strict=False))


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is an error: it would send tokens and messages to an address that is not in the settings."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


def open_request(request: Request, *, timeout: float) -> HTTPResponse:
    """Send a request; certificates are checked.

    :raises OSError: when the service cannot be reached, or returns an error or a redirect.
    """
    answer: HTTPResponse = _opener.open(request, timeout=timeout)
    return answer
