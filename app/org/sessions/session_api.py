"""Sessions in the REST API (ACC-18)."""

from __future__ import annotations

from typing import TypedDict

from flask import Response, jsonify

from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose, iso
from app.org.sessions.login_sessions import end_one, open_sessions
from app.org.sessions.web_session import present_session


class SessionRecord(TypedDict):
    """A signed-in browser or application."""

    id: int
    kind: str
    browser: str
    source: str
    began_at: str | None
    seen_at: str | None
    is_present: bool


class SessionList(TypedDict):
    """The caller's own sessions, the last used first."""

    items: list[SessionRecord]


class SessionApi(KepanApi):
    """``/api/v1/sessions``: where one is signed in; asks for sign-in only."""

    route_base = "/api/v1/sessions"
    class_permission_name = "OwnSession"

    @expose("", methods=["GET"])
    @endpoint(returns=SessionList)
    def get_list(self) -> Response:
        """Lists the caller's own active sessions."""
        present = present_session()
        items = [
            {
                "id": row.id,
                "kind": row.kind,
                "browser": row.browser,
                "source": row.source,
                "began_at": iso(row.began_at),
                "seen_at": iso(row.seen_at),
                "is_present": row.key == present,
            }
            for row in open_sessions(current_actor())
        ]
        return jsonify(items=items)

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(returns=Gone)
    def delete(self, pk: int) -> Response:
        """Ends a session of the caller; administrators may end any session."""
        end_one(pk, actor=current_actor())
        return jsonify(id=pk)
