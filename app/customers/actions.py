"""The operations of the customer file, one declaration each."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers import forms, policies, transfer
from app.customers.files.operations import ADD_FILES
from app.customers.follow_ups.operations import FOLLOW_UP
from app.customers.groups.operations import JOIN_GROUP, LEAVE_GROUP
from app.customers.members.operations import ADD_MEMBER
from app.customers.numbers.operations import CHANGE_PHONE, REVEAL_PHONE
from app.customers.shared.operations import after_change
from app.customers.shared.serializers import CustomerRecord, customer_record
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

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
