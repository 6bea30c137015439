"""Developer settings that are active here though others can reach this server (PLAT-16); shown to
administrators.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, request
from flask_babel import lazy_gettext as _

from app.kernel.access.current import actor_or_none
from app.kernel.network.proxies import was_forwarded

if TYPE_CHECKING:
    from flask import Flask

    from app.kernel.errors import Sentence


_DEMO = "kepan_demo_accounts"
_SENTENCES = {
    "demo": _("demo accounts with a known password"),
    "KEPAN_RATE_LIMITS=off": _("no limits on requests and sign-in attempts"),
    "KEPAN_SHOW_CODES=on": _("codes by SMS are written into the log"),
}


def note_demo_accounts(app: Flask, *, present: bool) -> None:
    """Remember whether accounts with the published password can sign in."""
    app.extensions[_DEMO] = present


def open_switches() -> list[Sentence]:
    """Return the warnings of the red bar for a signed-in administrator; empty for everyone else and on a
    developer's own machine.
    """
    actor = actor_or_none()
    settings = current_app.config["KEPAN"]
    if actor is None or not actor.is_admin or not (settings.is_exposed or was_forwarded(request.environ)):
        return []
    names = [*(["demo"] if current_app.extensions.get(_DEMO) else []), *settings.unsafe_switches]
    return [_SENTENCES[name] for name in names]
