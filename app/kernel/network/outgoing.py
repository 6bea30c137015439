"""Requests to services outside: to the address that the settings name, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.request import HTTPRedirectHandler, build_opener

if TYPE_CHECKING:
    from http.client import HTTPResponse
    from urllib.request import Request


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is an error: tokens and messages would follow it to an address that no setting names."""

    def redirect_request(self, *_args: Any, **_kwargs: Any) -> None:
        return None


_opener = build_opener(_NoRedirects)


def open_request(request: Request, *, timeout: float) -> HTTPResponse:
    """Send a request; certificates are checked.

    :raises OSError: when the service cannot be reached, or answers with an error or a redirect.
    """
    answer: HTTPResponse = _opener.open(request, timeout=timeout)
    return answer
