"""The operation that transfers a customer."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.operations import present_url
from app.customers.shared.serializers import CustomerRecord, customer_record
from app.customers.transfers import forms, policies
from app.customers.transfers.services import transfer_customer
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationBatch, OperationPage

TRANSFER = Operation(
    name="transfer",
    label=_("Transfer"),
    icon="fa-right-left",
    form=forms.TransferForm,
    policy=policies.can_transfer,
    service=transfer_customer,
    answer=Answer(_("%(name)s was transferred"), _("%(num)s customers were transferred")),
    page=OperationPage(
        hint=_("The present owner loses the customer; the department follows the new owner."),
        goes_to=present_url,
    ),
    api=OperationApi(
        answer=customer_record,
        returns=CustomerRecord,
    ),
    batch=OperationBatch(),
)
