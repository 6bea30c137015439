"""Collisions and rebinding in the REST API (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.channel.collisions.filters import COLLISIONS
from app.channel.collisions.queries import SIDES, get_collision, visible_collisions
from app.channel.collisions.serializers import CollisionRecord, collision_record, collision_records
from app.channel.shared.permissions import CollisionPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.channel.collisions.models import Collision


class CollisionApi(KepanApi):
    """``/api/v1/collisions``."""

    route_base = "/api/v1/collisions"
    class_permission_name = "Collision"
    record_type = CollisionRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Collision:
        """Return a collision that the caller can open."""
        return get_collision(pk, actor=actor)

    @staticmethod
    def record(collision: Any) -> CollisionRecord:
        """Return the response of every operation, with both sides."""
        return collision_record(get_collision(collision.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @endpoint(CollisionPermission.READ, lists=COLLISIONS, returns=CollisionRecord)
    def get_list(self) -> Response:
        """Lists collisions: open ones first, the newest first among each (CH-19)."""
        return self.list_answer(visible_collisions(current_actor()), COLLISIONS, collision_records, *SIDES)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(CollisionPermission.READ, returns=CollisionRecord)
    def get(self, pk: int) -> Response:
        """Returns one collision with both sides."""
        return jsonify(collision_record(get_collision(pk, actor=current_actor())))
