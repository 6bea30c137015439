"""REST API records of the channel ranking (CH-26)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.channel.shared.serializers import BusinessContact
from app.kernel.api.schemas import Named

if TYPE_CHECKING:
    from app.channel.ranking.queries import RankingRow


class RankingRecord(TypedDict):
    """A broker of the ranking, with the numbers of customers that reached each state (CH-26)."""

    broker: BusinessContact
    company: Named
    entered: int
    reported: int
    bound: int
    closed: int


def ranking_record(row: RankingRow) -> RankingRecord:
    """Return the API record of a row of the ranking."""
    return {
        "broker": {"id": row.broker_id, "name": row.broker, "phone": row.phone},
        "company": {"id": row.company_id, "name": row.company},
        "entered": row.entered,
        "reported": row.reported,
        "bound": row.bound,
        "closed": row.closed,
    }
