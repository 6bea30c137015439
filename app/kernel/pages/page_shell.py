"""What every page shows around its content: head, menu, name, counts, messages.

In a shell (:mod:`app.kernel.pages.shells`) these are marks; :func:`page_contents` is what they stand for in
the request of a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app, g, render_template, session, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from app.kernel import clock
from app.kernel.access.current import actor_or_none
from app.kernel.keys import keys
from app.kernel.pages.badges import current_badges
from app.kernel.pages.exposure import open_switches
from app.kernel.pages.formatting import local_time
from app.kernel.pages.menu import badge_html
from app.kernel.pages.moves import shell_mark
from app.kernel.pages.requests import csp_nonce
from app.kernel.pages.shells import marks_or_none

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.kernel.access.actor import Actor


_MANY = 99


def page_contents() -> dict[str, Any]:
    """Return what the marks of a page's frame stand for in this request, as HTML."""
    return {
        "csrf_token": generate_csrf,
        "nonce": csp_nonce,
        "messages": lambda: _messages() if "_flashes" in session else None,
        "now": _now,
        "person": lambda name: escape(_person(_present())[name]),
        "face": lambda look: _face(_present(), look),
        "badge": lambda name: str(_count(name)),
        "badge_hidden": _hidden,
        "top_badge": lambda name: _top_badge(name, _count(name)),
        "nav_badge": lambda names: badge_html(names, current_badges(_present())),
        "shell": shell_mark,
        "open_bar": _open_bar,
    }


def frame_globals() -> Mapping[str, Callable[..., Any]]:
    """Return the functions that templates call for what belongs to the request."""
    return {
        "me": _me, "badges": _badges, "messages_html": messages_html,
        "shell_mark": _marked("shell", shell_mark),
        "face_html": _marked("face", lambda look: _face(_present(), look)),
        "badge": _marked("badge", lambda name: str(_count(name))),
        "badge_hidden": _marked("badge_hidden", _hidden),
        "top_badge": _marked("top_badge", lambda name: _top_badge(name, _count(name))),
        "open_bar": _marked("open_bar", _open_bar),
    }  # fmt: skip


def _marked(name: str, make: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function that answers a mark while a shell is made, else the content itself."""

    def content(*arguments: Any) -> Any:
        marks = marks_or_none()
        return marks(name, *arguments) if marks else make(*arguments)

    return content


def messages_html() -> Markup:
    """Return the messages to show, if there are any."""
    marks = marks_or_none()
    return marks("messages", default=_messages()) if marks else _messages()


def _messages() -> Markup:
    return Markup(render_template("appbuilder/flash.html"))  # noqa: S704 - a template's output


def _present() -> Actor:
    actor = actor_or_none()
    assert actor is not None, "a frame with a person's name needs somebody"  # noqa: S101
    return actor


def _me() -> dict[str, Any] | None:
    """Return how the page shows the signed-in person."""
    if "kepan_me" not in g:
        actor, marks = actor_or_none(), marks_or_none()
        if actor is not None:
            found: dict[str, Any] = _person(actor)
            if marks:
                found = {name: marks("person", name) for name in found}
            labels = current_app.extensions["kepan_role_label"]
            found["role_names"] = [labels(name) for name in sorted(actor.roles)]
        g.kepan_me = None if actor is None else found
    me: dict[str, Any] | None = g.kepan_me
    return me


def _person(actor: Actor) -> dict[str, str]:
    place = f" · {actor.department_name}" if actor.department_name else ""
    # The browser keeps drafts by the mark of their writer.
    mark = keys().index(f"person:{actor.id}")
    return {
        "name": actor.name, "username": actor.username, "mark": mark, "place": place,
        "avatar": url_for("FileView.thumbnail", pk=actor.avatar_id) if actor.avatar_id else "",
        "department_name": actor.department_name,
    }  # fmt: skip


def _face(actor: Actor, look: str) -> Markup:
    avatar = _person(actor)["avatar"]
    if avatar:
        return Markup('<img class="{}" src="{}" alt="">').format(look, avatar)
    return Markup('<span class="{}" aria-hidden="true">{}</span>').format(look, actor.name[:1])


def _badges() -> dict[str, int]:
    """Return the person's counts, for pages that are made for one person only."""
    assert marks_or_none() is None, "a shell has marks for counts"  # noqa: S101
    actor = actor_or_none()
    return {} if actor is None else current_badges(actor)


def _count(name: str) -> int:
    return current_badges(_present()).get(name, 0)


def _hidden(name: str) -> Markup:
    return Markup() if _count(name) else Markup(" hidden")


def _top_badge(name: str, number: int) -> Markup:
    """Return a count on a button of the head; 0 is hidden until it grows."""
    shown = f"{_MANY}+" if number > _MANY else str(number)
    hidden = "" if number else Markup(" hidden")
    return Markup('<b class="badge-dot" data-badge="{}"{}>{}</b>').format(name, hidden, shown)


def _open_bar() -> Markup:
    """Return the warning that others can reach an installation for trying out (PLAT-16)."""
    found = open_switches()
    made = render_template("appbuilder/open_bar.html", what=found) if found else ""
    return Markup(made)  # noqa: S704 - a template's output


def _now() -> str:
    return local_time(clock.now())
