"""The operations that link customers and dissolve the link."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.groups import forms, policies
from app.customers.groups.services import join_group, leave_group
from app.customers.shared.operations import tab_url
from app.customers.shared.policies import can_edit_all
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationPage

JOIN_GROUP = Operation(
    name="join_group",
    label=_("Link with a customer"),
    icon="fa-link",
    form=forms.JoinForm,
    policy=can_edit_all,
    service=join_group,
    answer=Answer(_("%(name)s was linked")),
    page=OperationPage(
        submit_label=_("Link"),
        hint=_("For customers that belong together: a family, the branches of a firm."),
        goes_to=lambda customer: tab_url(customer.id, "linked"),
        in_head=False,
    ),
)
LEAVE_GROUP = Operation(
    name="leave_group",
    label=_("Dissolve the link"),
    icon="fa-link-slash",
    form=ConfirmForm,
    policy=policies.can_leave_group,
    service=leave_group,
    answer=Answer(_("%(name)s is no longer linked")),
    page=OperationPage(
        submit_label=_("Dissolve"),
        hint=_("This customer will belong to no group; the others of the group stay linked."),
        goes_to=lambda customer: tab_url(customer.id, "linked"),
        in_head=False,
    ),
)
