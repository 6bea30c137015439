"""The operations that hold, release and assign customers.

Some end the actor's own access (a holder of another department releases, a handler names another): the answer
is the record as they left it, not one read again.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.operations import present_url
from app.customers.shared.serializers import customer_record
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationBatch, OperationPage
from app.pool.holding import forms, policies
from app.pool.holding.services import assign_customer, privatize_customer, publicize_customer

PRIVATIZE = Operation(
    name="privatize",
    label=_("Privatize"),
    icon="fa-lock",
    form=ConfirmForm,
    policy=policies.can_privatize,
    service=privatize_customer,
    answer=Answer(
        _("%(name)s is held privately now"), _("%(num)s customers are held privately now"), {"tab": "private"}
    ),
    page=OperationPage(
        hint=_(
            "The customer is reserved for you: only you and your superiors follow it up and see its number."
        ),
        goes_to=present_url,
    ),
    api=OperationApi(
        answer=customer_record,
    ),
    batch=OperationBatch(),
)
PUBLICIZE = Operation(
    name="publicize",
    label=_("Publicize"),
    icon="fa-lock-open",
    form=ConfirmForm,
    policy=policies.can_publicize,
    service=publicize_customer,
    answer=Answer(
        _("%(name)s is public again"), _("%(num)s customers are public again"), {"tab": "platform"}
    ),
    page=OperationPage(
        hint=_("The customer is open to the whole department again."),
        goes_to=present_url,
    ),
    api=OperationApi(
        answer=customer_record,
    ),
    batch=OperationBatch(),
)
ASSIGN = Operation(
    name="assign",
    label=_("Assign"),
    icon="fa-user-check",
    form=forms.AssignForm,
    policy=policies.can_assign,
    service=assign_customer,
    answer=Answer(_("%(name)s was assigned"), _("%(num)s customers were assigned"), {"tab": "pending"}),
    page=OperationPage(
        hint=_("The present handler and the new one are told."),
        goes_to=present_url,
    ),
    api=OperationApi(
        answer=customer_record,
    ),
    batch=OperationBatch(),
)
