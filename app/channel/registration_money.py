"""What viewing fees, collisions and the ranking bring into the menu (CH-18, CH-19, CH-25, CH-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.audit.services import export_recorder
from app.channel.collisions.api import CollisionApi
from app.channel.collisions.operations import ON_COLLISIONS
from app.channel.collisions.views import CollisionView
from app.channel.fees.api import ViewingFeeApi
from app.channel.fees.operations import ON_FEES
from app.channel.fees.views import FeeView
from app.channel.ranking.views import RankingView
from app.kernel.api.operations import form_action
from app.kernel.exports.views import offer_export
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder

for _action in ON_COLLISIONS:
    form_action(CollisionView, CollisionApi, _action)
for _action in ON_FEES:
    form_action(FeeView, ViewingFeeApi, _action)
offer_export(FeeView, ViewingFeeApi, export_recorder("viewing_fee.export"), begin_export)


def register_money(builder: AppBuilder) -> None:
    """The pages, in the menu of channel sales."""
    menu: dict[str, Any] = {
        "category": "Channel sales",
        "category_label": _("Channel sales"),
        "category_icon": "fa-handshake",
    }
    builder.add_view(FeeView, "Viewing fees", icon="fa-coins", label=_("Viewing fees"), **menu)
    builder.add_view(CollisionView, "Collisions", icon="fa-burst", label=_("Collisions"), **menu)
    builder.add_view(
        RankingView, "Channel ranking", icon="fa-ranking-star", label=_("Channel ranking"), **menu
    )
