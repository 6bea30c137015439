"""Registration of the channel ranking with the application (CH-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.ranking.api import RankingApi
from app.channel.ranking.exports import KIND, write_ranking
from app.channel.ranking.views import RankingView
from app.channel.shared.permissions import ChannelRankingPermission
from app.kernel.setup import add_apis, add_menu_entry
from app.system.runs.services import RunKind, register_kind

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register the ranking and its export."""
    register_kind(
        RunKind(
            KIND,
            _("Export"),
            write_ranking,
            lambda _arguments, actor: actor.may(ChannelRankingPermission.EXPORT),
        )
    )
    add_menu_entry(app, "Channel ranking", RankingView, "fa-ranking-star", _("Channel ranking"))
    add_apis(app, RankingApi)
