"""Route permissions: the decorator of every route of the back office."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import Forbidden

from app.kernel.access.current import actor_or_none, duty_or_none
from app.kernel.fields.phones import is_number
from app.kernel.pages.moves import old_shell, open_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask_appbuilder.baseviews import BaseView

    from app.kernel.access.permissions import AnyPermission


NOT_SENT = "unsent"  # a flashed message's category: the typed values were not saved


def can_be_opened() -> bool:
    """Return True if the request's address is a page that can also be opened by GET."""
    return request.url_rule is not None and "GET" in (request.url_rule.methods or ())


def _next_address() -> str | None:
    """Return where to go after sign-in, or after a pending duty; whole phone numbers stay out of this address
    (ACC-17).
    """
    if not can_be_opened():
        return None
    kept = [(name, value) for name, value in request.args.items(multi=True) if not is_number(value)]
    return f"{request.path}?{urlencode(kept)}".rstrip("?")


def permitted(permission: AnyPermission | None = None, *, during_duty: bool = False) -> Callable[[Any], Any]:
    """Route decorator of pages: checks sign-in first, then pending duties (``during_duty`` pages are exempt),
    then the permission on the view's resource, if one is named.  A view with its own sign-in page names it in
    ``sign_in_endpoint``; a view with its own pages for duties names them in ``duty_endpoints``.
    """

    def decorate(handler: Any) -> Any:
        @wraps(handler)
        def run(self: BaseView, *args: Any, **kwargs: Any) -> Any:
            actor = actor_or_none()
            if actor is None:
                entrance = getattr(self, "sign_in_endpoint", "AuthDBView.login")
                if request.method == "POST":
                    flash(gettext("You are signed out: please sign in, and send it again"), NOT_SENT)
                return open_whole(url_for(entrance, next=_next_address()))
            stale = old_shell()
            if stale is not None:
                return stale
            duty = duty_or_none()
            if duty is not None and not during_duty:
                own = getattr(self, "duty_endpoints", {}).get(duty.endpoint)
                return redirect(url_for(own, next=_next_address()) if own else url_for(duty.endpoint))
            if permission and not actor.has_permission(permission, self.class_permission_name):
                raise Forbidden
            return handler(self, *args, **kwargs)

        if permission:
            run._permission_name = permission  # type: ignore[attr-defined]
        run._signed_in = True  # type: ignore[attr-defined]
        return run

    return decorate
