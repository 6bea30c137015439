"""Requests to external services: only to the addresses in the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.request import HTTPRedirectHandler, build_opener

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from urllib.request import Request


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
