"""The channel ranking in the REST API (CH-26)."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, request

from app.channel.ranking.exports import export_ranking, filter_of, read_asked
from app.channel.ranking.filters import RANKING
from app.channel.ranking.queries import ranking, totals
from app.channel.ranking.serializers import RankingRecord, ranking_record
from app.channel.shared.permissions import ChannelRankingPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.exports.spreadsheets import XLSX
from app.kernel.exports.views import BackgroundExport, Later


class RankingApi(KepanApi):
    """``/api/v1/reports/channel-ranking``."""

    route_base = "/api/v1/reports"
    class_permission_name = "ChannelRanking"

    @expose("/channel-ranking", methods=["GET"])
    @endpoint(ChannelRankingPermission.READ, lists=RANKING, returns=RankingRecord)
    def channel_ranking(self) -> Response:
        """Ranks brokers: most closed deals first, then most bound customers (CH-26)."""
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
    @endpoint(
        ChannelRankingPermission.EXPORT,
        leaves_trace=True,
        lists=RANKING,
        returns=XLSX,
        later=Later,
        refusals=(400,),
    )
    def channel_ranking_export(self) -> Any:
        """Exports this ranking as a spreadsheet; above 10,000 rows 202 with the id of a run (CH-26)."""
        found = export_ranking(request.args, current_actor())
        return (jsonify(job_id=found.id), 202) if isinstance(found, BackgroundExport) else found
