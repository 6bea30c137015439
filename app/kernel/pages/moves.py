"""Moving between pages of the office replaces the content only (OFF-16).

The page's script asks for the next page with ``HX-Request`` and gets title, messages and content without the
frame (menu, head) around them.  Every address still answers a whole page to a browser that opens it by
itself.  The headers are those of htmx, so that a proxy, a test or a later script of that kind knows them:
``HX-Redirect`` names an address that has to be opened as a whole page, ``HX-Refresh`` says that the frame in
the browser is out of date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, current_app, g, redirect, request, session
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf

from app.kernel.access.current import actor_or_none, duty_or_none
from app.kernel.keys import keys
from app.kernel.pages.assets import mark
from app.kernel.pages.requests import is_move

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

WHOLE_PAGE = "appbuilder/baselayout.html"
CONTENT_ONLY = "kernel/content.html"
ERRORS = 400  # and above: the statuses that refuse


def layout(whole: str = WHOLE_PAGE) -> str:
    """Return the template that a page extends: the whole page, or for a move the content alone."""
    if not is_move():
        return whole
    note_content_only()
    return CONTENT_ONLY


def note_content_only() -> None:
    """Remember that the answer to a move is content without a frame."""
    g.kepan_content_only = True


def shell_mark() -> str:
    """Return a mark of all that the frame (the shell) shows or sends: person, permissions, language, token
    against forged requests, scripts and styles.  A page carries it, and a move names it (``HX-Shell``).
    """
    generate_csrf()
    return _shell_mark()


def _shell_mark() -> str:
    actor = actor_or_none()
    if actor is None:
        return ""
    own: str | None = actor.memory.get("shell")
    if own is None:
        shown: list[Any] = [actor.id, actor.username, actor.name, actor.department_name]
        shown += [sorted(actor.roles), sorted(actor.permissions)]
        own = actor.memory["shell"] = keys().index(f"shell:{shown}")
    rest = [own, duty_or_none() is None, str(get_locale()), request.script_root, session.get("csrf_token")]
    version = [mark("office.js"), mark("office.css"), current_app.config["KEPAN_ASSET_VERSION"]]
    return keys().index(f"shell:{rest}{version}")


def old_shell() -> Response | None:
    """Return the answer to a move out of a frame that is not the present one any more: of another role, of
    another language, from before an update or another sign-in.  The script opens the address as a whole.
    """
    given = request.headers.get("HX-Shell")
    if not is_move() or given is None or request.method != "GET" or given == _shell_mark():
        return None
    return Response(headers={"HX-Refresh": "true"})


def open_whole(address: str) -> AnyResponse:
    """Lead to a page that has no place in the frame, such as the sign-in."""
    return Response(headers={"HX-Redirect": address}) if is_move() else redirect(address)


def finish_move(response: Response) -> Response:
    """Tell caches that an address has two answers; send the script to what turned out to be a whole page."""
    if response.mimetype != "text/html":
        return response
    response.vary.add("HX-Request")
    is_leading = response.location or {"HX-Refresh", "HX-Redirect"} & set(response.headers.keys())
    is_whole = not ("kepan_content_only" in g or is_leading or response.status_code >= ERRORS)
    if is_move() and is_whole and request.method == "GET":
        return Response(headers={"HX-Redirect": request.full_path.rstrip("?"), "Vary": "HX-Request"})
    return response
