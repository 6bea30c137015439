"""Operations on tours (CH-21)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.tours.forms import TourFollowUpForm
from app.channel.tours.policies import can_follow_tour
from app.channel.tours.serializers import TourFollowUpRecord, tour_follow_up_record
from app.channel.tours.services import follow_tour
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, without_facts

# The consultant follows up on the phone; the office has no page for it.
FOLLOW_UP = Operation(
    name="follow_up",
    label=_("Follow up"),
    icon="fa-comment",
    form=TourFollowUpForm,
    policy=without_facts(can_follow_tour),
    service=follow_tour,
    answer=Answer(_("%(name)s: follow-up written")),
    api=OperationApi(
        answer=tour_follow_up_record,
        returns=TourFollowUpRecord,
        status=CREATED,
        path="follow-ups",
        summary="Adds a follow-up to a tour (CH-21).",
    ),
)
