"""The operations that add a colleague to a customer's team and take one off it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.members import forms, policies
from app.customers.members.serializers import MemberList, MemberRecord, member_list, member_record
from app.customers.members.services import add_member, remove_member
from app.customers.shared.operations import tab_url
from app.customers.shared.permissions import CustomerPermission
from app.kernel.api.operations import CREATED
from app.kernel.api.removals import Removal, RemovalApi
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

ADD_MEMBER = Operation(
    name="add_member",
    label=_("Add a colleague"),
    icon="fa-user-plus",
    form=forms.MemberForm,
    policy=policies.can_manage_team,
    service=add_member,
    answer=Answer(_("The team of %(name)s was changed")),
    page=OperationPage(
        submit_label=_("Add"),
        hint=_("A colleague who is on the team already gets the access chosen here."),
        goes_to=lambda member: tab_url(member.customer_id, "team"),
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
REMOVE_MEMBER = Removal(
    permission=CustomerPermission.REMOVE_MEMBER,
    label=_("Remove"),
    parts="members",
    key="staff_id",
    policy=policies.can_manage_team,
    service=remove_member,
    tab="team",
    done=Answer(_("A colleague was taken off the team of %(name)s")),
    api=RemovalApi(
        summary="Take a colleague off the team; answers who is left.",
        answer=member_list,
        returns=MemberList,
    ),
)
