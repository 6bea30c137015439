"""What becomes of requests when their customer is merged or erased (CUST-32), and what an open one forbids
(POOL-19, CUST-9).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.approvals.models import ApprovalRequest
from app.approvals.queries import open_requests
from app.approvals.services import fail_request
from app.customers.shared.parts import Answers, nothing
from app.kernel.errors import Decision, conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.shared.models import Customer
    from app.customers.shared.parts import Merge
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence

_OPEN = _("A request about this customer waits for approval")


def customers_with_open_requests(ids: Sequence[int]) -> dict[int, Sentence]:
    """Return the customers among these that an open request keeps with their owner (POOL-19)."""
    return dict.fromkeys((one.customer_id for one in open_requests(ids)), _OPEN)


def unmergeable(customers: Sequence[Customer], _actor: Actor) -> dict[int, Decision]:
    """Refuse to merge files about which a request is open (CUST-9)."""
    refusal = conflict("approval.open", _OPEN)
    return dict.fromkeys((one.customer_id for one in open_requests([one.id for one in customers])), refusal)


def merge_requests(step: Merge) -> None:
    """The survivor takes the closed requests of the merged file (CUST-9); no request is open then."""
    step.take(ApprovalRequest.customer_id)


def fail_open_requests(customers: Sequence[Customer], actor: Actor) -> None:
    """End the open requests of customers that exist no more (APP-5)."""
    for request in open_requests([one.id for one in customers]):
        fail_request(request, actor)


ANSWERS = Answers(
    hand_over=nothing,  # who asked and who decides stay the same
    unshelve=nothing,
    recycle=nothing,
    freeze=nothing,
    merge=merge_requests,
    erase=fail_open_requests,
)
