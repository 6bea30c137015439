"""The operation that adds a colleague to a customer's team."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.members import forms, policies
from app.customers.members.serializers import MemberRecord, member_record
from app.customers.members.services import add_member
from app.customers.shared.operations import tab_url
from app.kernel.api.operations import CREATED
from app.kernel.pages.form_page import finish
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

ADD_MEMBER = Operation(
    name="add_member",
    label=_("Add a colleague"),
    icon="fa-user-plus",
    form=forms.MemberForm,
    policy=policies.can_manage_team,
    service=add_member,
    page=OperationPage(
        submit_label=_("Add"),
        hint=_("A colleague who is on the team already gets the access chosen here."),
        done=lambda member: finish(tab_url(member.customer_id, "team")),
        in_head=False,
    ),
    api=OperationApi(
        path="members",
        summary="Put a colleague on the team, or change their access (CUST-3).",
        answer=member_record,
        returns=MemberRecord,
        status=CREATED,
    ),
)
