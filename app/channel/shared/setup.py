"""Registration of what all subjects of channel sales share: permissions and switches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.channel.shared import settings
from app.channel.shared.grants import grant_permissions
from app.channel.shared.permissions import ChannelRankingPermission, ViewingFeePermission
from app.channel.shared.settings import CHANNEL_RANKING, VIEWING_FEES
from app.kernel.settings.declarations import declare_settings, register_switch

if TYPE_CHECKING:
    from flask import Flask


def register(_app: Flask) -> None:
    """Register the permissions and the functions that can be switched off."""
    declare_settings(settings)
    grant_permissions()
    register_switch(VIEWING_FEES, ViewingFeePermission)
    register_switch(CHANNEL_RANKING, ChannelRankingPermission)
