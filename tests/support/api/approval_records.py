"""Requests and the customers for which they are filed, made for the operations of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.approvals.services import reject_request, request_stage
from tests.support import make

if TYPE_CHECKING:
    from tests.support.databases.database import Database


def requests(database: Database) -> dict[str, list[Any]]:
    """Create open requests of ``agent``, whose superior is ``manager``, one that was rejected, and firms about which
    nothing is asked.
    """
    agent, manager = (database.world.actor(name) for name in ("agent", "manager"))

    def firm() -> int:
        return make.make_customer(agent, kind="enterprise").id

    def asked() -> int:
        return request_stage(firm(), stage="ordinary", reason="成交", actor=agent).id

    rejected = asked()
    reject_request(rejected, comment="资料不全", actor=manager)
    return {
        "approvals": [asked()],
        "to_reject": [asked()],
        "to_withdraw": [asked()],
        "rejected": [rejected],
        "to_ask_for": [firm()],
        "to_ask_limits_for": [firm()],
    }
