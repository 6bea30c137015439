"""HTML that is made once, with marks where each request puts its own (OFF-13).

Most of a page is the same for everybody with the same roles: menu, head, filters, headings.  A template makes
it once, and what belongs to one person, one address or one moment is a mark there, which every request
replaces.  So that nothing personal can get into what others are shown, a shell is made within the request of
nobody: it has no arguments, no session, no token, and an actor who has the roles and permissions but no name,
no department and no data scope.  Whatever else a shell depends on is in its key; what is kept is dropped
whenever a setting, dictionary, role or name changes (:class:`CachedValue`).
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from cachetools import LRUCache
from flask import current_app, g, request, session
from flask_babel import get_locale
from markupsafe import Markup

from app.kernel.access.current import current_actor, duty_or_none, set_actor, set_anonymous
from app.kernel.database.cache import CachedValue, share_cache
from app.kernel.pages.requests import MOVE, is_drawer, is_move
from app.kernel.translation import translate_request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from app.kernel.access.actor import Actor


MOST_KEPT = 300  # shells in a process, of 20 to 60 KB each
_MARKS = "kepan_marks"


class Marks:
    """The marks of a shell that is being made.  A mark is letters and digits, which stay as they are in a
    text, an attribute and an address; nobody can guess it.
    """

    def __init__(self) -> None:
        self._salt = f"m{secrets.token_hex(8)}m"
        self._slots: list[tuple[str, tuple[Any, ...], str]] = []

    def __call__(self, name: str, *arguments: Any, default: str = "") -> Markup:
        """Return a new mark: each request gives the content ``name``, a text or a function of the arguments;
        ``default`` is shown where that is None.
        """
        self._slots.append((name, arguments, default))
        return Markup(f"{self._salt}{len(self._slots) - 1}m")  # noqa: S704 - letters and digits

    def shell(self, html: str) -> Shell:
        """Return the shell of the HTML that was made with these marks."""
        pieces = re.split(f"{self._salt}([0-9]+)m", html)
        slots = [(at, *self._slots[int(pieces[at])]) for at in range(1, len(pieces), 2)]
        return Shell(pieces, slots)


class Shell:
    """HTML in pieces, every second of which belongs to the request."""

    def __init__(self, pieces: list[str], slots: list[tuple[int, str, tuple[Any, ...], str]]) -> None:
        self._pieces = pieces
        self._slots = slots

    def filled(self, given: Mapping[str, Any]) -> Markup:
        """Return the HTML with the given contents, which are HTML themselves; None leaves the default.

        :raises KeyError: for a mark that has neither content nor default.
        """
        pieces = self._pieces.copy()
        for at, name, arguments, default in self._slots:
            value = given[name]
            if callable(value):
                value = value(*arguments)
            pieces[at] = default if value is None else value
        return Markup("".join(pieces))  # noqa: S704 - a template's output and escaped contents


def marks_or_none() -> Marks | None:
    """Return the marks of the shell that is being made; None in the request of a person."""
    found: Marks | None = g.get(_MARKS)
    return found


_kept: CachedValue[LRUCache[Any, Any]] = CachedValue(lambda: LRUCache(MOST_KEPT))
_lock = Lock()


def kept(key: Any, make: Callable[[], Any]) -> Any:
    """Return what was made for the key, by people with the same roles in the same language; make it else."""
    known, key = _kept.get(), (key, _audience())
    with _lock:
        found = known.get(key)
    if found is None:
        found = make()
        with _lock:
            known[key] = found
    return found


def _audience() -> tuple[Any, ...]:
    """Return what the pages of people have in common who may share a shell."""
    actor = current_actor()
    release = current_app.config["KEPAN_ASSET_VERSION"]
    duty = duty_or_none()
    rights = actor.roles, actor.permissions, actor.is_admin, actor.sees_all, actor.reads_all
    place = str(get_locale()), duty.endpoint if duty else "", request.script_root
    return *rights, *place, is_drawer(), is_move(), release


@contextmanager
def nobodys_request() -> Iterator[Marks]:
    """Make a shell in here: the same page, asked for by nobody, with marks."""
    actor, duty, language = _without_person(current_actor()), duty_or_none(), str(get_locale())
    share = share_cache()
    headers = {MOVE: "true"} if is_move() else {}
    query, app = {"_drawer": "1"} if is_drawer() else {}, current_app
    base = f"http://localhost{request.script_root}"
    asked = {"base_url": base, "headers": headers, "query_string": query}
    # A context of its own, or Flask would go on with the person's.
    with app.app_context(), app.test_request_context(request.path, **asked):
        share()
        set_anonymous()
        set_actor(actor)
        g.kepan_duty = duty
        session["locale"] = language[:2]
        translate_request()
        marks = g.kepan_marks = Marks()
        g.csrf_token, g.csp_nonce = marks("csrf_token"), marks("nonce")
        yield marks


def _without_person(actor: Actor) -> Actor:
    """Return an actor with the same roles and permissions, who is nobody."""
    none: frozenset[int] = frozenset()
    return replace(
        actor, id=0, username="", name="", department_name="", company_id=None, department_id=None,
        scope=none, managed=none, below=none, districts=none, avatar_id=None, source="", request_id="",
    )  # fmt: skip
