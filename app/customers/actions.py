"""The operations of the customer file, one declaration each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers import forms, grouping, policies, transfer
from app.customers.files.operations import ADD_FILES
from app.customers.follow_ups.operations import FOLLOW_UP
from app.customers.members.operations import ADD_MEMBER
from app.customers.numbers.operations import CHANGE_PHONE, REVEAL_PHONE
from app.customers.shared.operations import after_change, tab_url
from app.customers.shared.policies import can_edit_all
from app.customers.shared.serializers import CustomerRecord, customer_record
from app.kernel.pages.form_page import finish
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationPage

JOIN_GROUP = Operation(
    name="join_group",
    label=_("Link with a customer"),
    icon="fa-link",
    form=forms.JoinForm,
    policy=can_edit_all,
    service=grouping.join_group,
    page=OperationPage(
        submit_label=_("Link"),
        hint=_("For customers that belong together: a family, the branches of a firm."),
        done=lambda customer: finish(tab_url(customer.id, "linked")),
        in_head=False,
    ),
)
LEAVE_GROUP = Operation(
    name="leave_group",
    label=_("Dissolve the link"),
    icon="fa-link-slash",
    form=ConfirmForm,
    policy=policies.can_leave_group,
    service=grouping.leave_group,
    page=OperationPage(
        submit_label=_("Dissolve"),
        hint=_("This customer will belong to no group; the others of the group stay linked."),
        done=lambda customer: finish(tab_url(customer.id, "linked")),
        in_head=False,
    ),
)
TRANSFER = Operation(
    name="transfer",
    label=_("Transfer"),
    icon="fa-right-left",
    form=forms.TransferForm,
    policy=policies.can_transfer,
    service=transfer.transfer_customer,
    page=OperationPage(
        hint=_("The present owner loses the customer; the department follows the new owner."),
        done=after_change,
    ),
    api=OperationApi(
        answer=customer_record,
        returns=CustomerRecord,
    ),
)
DAILY = (FOLLOW_UP, REVEAL_PHONE)
OF_THE_FILE = (
    CHANGE_PHONE,
    TRANSFER,
    ADD_FILES,
    ADD_MEMBER,
    JOIN_GROUP,
    LEAVE_GROUP,
)
