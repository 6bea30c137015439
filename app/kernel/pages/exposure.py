"""Developer settings that are active here though others can reach this server (PLAT-16).

The settings are refused at the start where they tell that others come.  Requests tell it in any case: what
comes from another machine or through a proxy is not served, unless the installation is a demonstration, whose
administrators are shown what is open.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request
from flask_babel import lazy_gettext as _

from app.kernel.access.current import actor_or_none
from app.kernel.database.transactions import end_reading
from app.kernel.errors import Decision
from app.kernel.network import is_this_machine, was_forwarded

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from app.kernel.errors import Sentence


_DEMO, _FIND = "kepan_demo_accounts", "kepan_find_demo_accounts"
_ALWAYS_SERVED = frozenset({"static", "appbuilder.static", "healthz", "readyz"})
_SENTENCES = {
    "demo": _("demo accounts with a known password"),
    "KEPAN_RATE_LIMITS=off": _("no limits on requests and sign-in attempts"),
    "KEPAN_SHOW_CODES=on": _("codes by SMS are written into the log"),
}


def note_demo_accounts(app: Flask, *, present: bool) -> None:
    """Remember whether accounts with the published password can sign in."""
    app.extensions[_DEMO] = present


def init_exposure(app: Flask, has_demo_accounts: Callable[[], bool]) -> None:
    """Refuse requests from elsewhere while a switch is open.  ``has_demo_accounts`` is called for the first
    of them, unless it was noted at the start.
    """
    app.extensions[_FIND] = has_demo_accounts
    if not app.config["KEPAN"].demo:
        app.before_request(_refuse_others)


def _refuse_others() -> None:
    """Refuse a request from elsewhere.

    :raises Denied: 503 with what is open.
    """
    if request.endpoint in _ALWAYS_SERVED or not _comes_from_elsewhere():
        return
    names = _open_names()
    Decision(
        allowed=not names,
        code="only_this_machine",
        message=_(
            "This installation is set up for trying out and serves only its own machine: %(what)s. Whoever "
            "runs it switches that off, or sets KEPAN_DEMO=yes when there are no real customers.",
            what=" · ".join(str(_SENTENCES[name]) for name in names),
        ),
        status=503,
    ).enforce()


def _comes_from_elsewhere() -> bool:
    return was_forwarded(request.environ) or not is_this_machine(request.remote_addr or "")


def _open_names() -> list[str]:
    found = current_app.extensions
    if _DEMO not in found:
        found[_DEMO] = found[_FIND]()
        end_reading()
    return [*(["demo"] if found[_DEMO] else []), *current_app.config["KEPAN"].unsafe_switches]


def open_switches() -> list[Sentence]:
    """Return the warnings of the red bar for a signed-in administrator; empty for everyone else and on a
    developer's own machine.
    """
    actor = actor_or_none()
    if actor is None or not actor.is_admin:
        return []
    if not (current_app.config["KEPAN"].is_exposed or _comes_from_elsewhere()):
        return []
    return [_SENTENCES[name] for name in _open_names()]
