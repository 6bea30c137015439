"""Collisions, viewing fees and the ranking in the REST API (CH-18, CH-19, CH-25, CH-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.channel import forms
from app.channel.fees import create_fee
from app.channel.listing import COLLISIONS, FEES, RANKING
from app.channel.money_records import (
    CollisionRecord,
    FeeRecord,
    RankingRecord,
    collision_record,
    collision_records,
    fee_records,
    ranking_record,
)
from app.channel.queries import (
    FEE_PEOPLE,
    SIDES,
    get_collision,
    get_fee,
    visible_collisions,
    visible_fees,
)
from app.channel.ranking import ranking, totals
from app.channel.ranking_sheet import export_ranking, filter_of, read_asked
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.exports.spreadsheets import XLSX
from app.kernel.exports.views import BackgroundExport, Later

if TYPE_CHECKING:
    from app.channel.models import Collision, ViewingFee


class CollisionApi(KepanApi):
    """``/api/v1/collisions``."""

    route_base = "/api/v1/collisions"
    class_permission_name = "Collision"
    record_type = CollisionRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Collision:
        """A collision that the caller can open."""
        return get_collision(pk, actor=actor)

    @staticmethod
    def record(collision: Any) -> CollisionRecord:
        """A collision as it now is, with both sides."""
        return collision_record(get_collision(collision.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @endpoint("read", lists=COLLISIONS, returns=CollisionRecord)
    def get_list(self) -> Response:
        """Collisions, open ones first, newest within (CH-19)."""
        return self.list_answer(visible_collisions(current_actor()), COLLISIONS, collision_records, *SIDES)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint("read", returns=CollisionRecord)
    def get(self, pk: int) -> Response:
        """One collision with both sides."""
        return jsonify(collision_record(get_collision(pk, actor=current_actor())))


class ViewingFeeApi(KepanApi):
    """``/api/v1/viewing-fees``."""

    route_base = "/api/v1/viewing-fees"
    class_permission_name = "ViewingFee"
    record_type = FeeRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> ViewingFee:
        """A fee that the caller can open."""
        return get_fee(pk, actor=actor)

    @staticmethod
    def record(fee: Any) -> FeeRecord:
        """A fee as it now is."""
        return fee_records([get_fee(fee.id, actor=current_actor())])[0]

    @expose("", methods=["GET"])
    @endpoint("read", lists=FEES, returns=FeeRecord)
    def get_list(self) -> Response:
        """Viewing fees, newest first (CH-25)."""
        return self.list_answer(visible_fees(current_actor()), FEES, fee_records, *FEE_PEOPLE)

    @expose("", methods=["POST"])
    @endpoint("create", takes=forms.FeeForm, returns=FeeRecord, status=201, refusals=(404,))
    def post(self) -> tuple[Response, int]:
        """Pay a viewing fee, as multipart/form-data with the picture of the payment (CH-25)."""
        form = self.body(forms.FeeForm)

        def create() -> FeeRecord:
            actor, key = current_actor(), request.headers.get("Idempotency-Key")
            token = f"key:{actor.id}:{key}" if key else ""
            return self.record(create_fee(**form.values(), token=token, actor=actor))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint("read", returns=FeeRecord)
    def get(self, pk: int) -> Response:
        """One viewing fee."""
        return jsonify(fee_records([get_fee(pk, actor=current_actor())])[0])


class RankingApi(KepanApi):
    """``/api/v1/reports/channel-ranking``."""

    route_base = "/api/v1/reports"
    class_permission_name = "ChannelRanking"

    @expose("/channel-ranking", methods=["GET"])
    @endpoint("read", lists=RANKING, returns=RankingRecord)
    def channel_ranking(self) -> Response:
        """Brokers by how far their customers came: most closed first, then most bound (CH-26)."""
        asked, actor = read_asked(request.args), current_actor()
        wanted = filter_of(asked)
        start = (asked.page - 1) * asked.page_size
        rows = ranking(actor, wanted, limit=asked.page_size, offset=start)
        return jsonify(
            items=[ranking_record(row) for row in rows],
            total=totals(actor, wanted)["brokers"],
            total_is_exact=True,
            page=asked.page,
            page_size=asked.page_size,
        )

    @expose("/channel-ranking/export", methods=["GET"])
    @endpoint("export", leaves_trace=True, lists=RANKING, returns=XLSX, later=Later, refusals=(400,))
    def channel_ranking_export(self) -> Any:
        """Exactly the result as a spreadsheet; past 10,000 rows 202 and a run's id (CH-26)."""
        found = export_ranking(request.args, current_actor())
        return (jsonify(job_id=found.id), 202) if isinstance(found, BackgroundExport) else found
