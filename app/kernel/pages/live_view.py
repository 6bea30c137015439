"""The endpoint that visible pages ask (OFF-9)."""

from __future__ import annotations

from flask import Response, jsonify, request
from flask_appbuilder.baseviews import BaseView, expose

from app.kernel.access.current import current_actor
from app.kernel.pages.live import live_state
from app.kernel.pages.routes import permitted

MAX_NAME = 8000


class LiveView(BaseView):
    """``/live``: counts, changes of the shown list, long work of the person who asks."""

    route_base = "/live"
    class_permission_name = "OwnAccount"
    default_view = "state"

    @expose("/", methods=["GET"])
    @permitted()
    def state(self) -> Response:
        """Return what a visible page shows anew; 304 while nothing of it has changed."""
        found = live_state(current_actor(), request.args.get("list", "")[:MAX_NAME])
        if request.if_none_match.contains_weak(found.etag):
            answer = Response(status=304)
        else:
            answer = jsonify(found.content())
        answer.set_etag(found.etag, weak=True)
        return answer
