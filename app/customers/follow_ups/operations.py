"""The operation that writes a follow-up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.follow_ups import forms, policies, services
from app.customers.follow_ups.serializers import FollowUpRecord, follow_up_records
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

FOLLOW_UP = Operation(
    name="follow_up",
    label=_("Follow up"),
    icon="fa-comment-dots",
    form=forms.FollowUpForm,
    policy=policies.can_follow_up,
    service=services.follow_up,
    answer=Answer(_("A follow-up on %(name)s was written")),
    page=OperationPage(
        submit_label=_("Save"),
        in_list=True,
        is_main=True,
    ),
    api=OperationApi(
        path="follow-ups",
        summary="Write a follow-up (POOL-18).",
        answer=lambda written: follow_up_records([written])[0],
        returns=FollowUpRecord,
        status=CREATED,
    ),
)
