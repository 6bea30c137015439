"""The operations that push a customer, and answer, withdraw or end a push."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationBatch, OperationPage
from app.pool.pushes import forms, policies
from app.pool.pushes.serializers import PushRecord, push_record
from app.pool.pushes.services import accept_push, end_push, push_customer, reject_push, withdraw_push

PUSH = Operation(
    name="push",
    label=_("Push"),
    icon="fa-paper-plane",
    form=forms.PushForm,
    policy=policies.can_push,
    service=push_customer,
    answer=Answer(_("%(name)s was pushed"), _("%(num)s customers were pushed")),
    page=OperationPage(
        hint=_("Until accepted, the receiver sees the basic information only."),
    ),
    api=OperationApi(
        answer=push_record,
        returns=PushRecord,
        status=201,
    ),
    batch=OperationBatch(),
)

ACCEPT = Operation(
    name="accept",
    label=_("Accept"),
    icon="fa-check",
    form=forms.AnswerForm,
    policy=policies.can_answer_push,
    service=accept_push,
    answer=Answer(_("The push of %(name)s was accepted")),
    page=OperationPage(
        hint=_("You work on the customer from now on; its number is open to you."),
        in_list=True,
    ),
)
REJECT = Operation(
    name="reject",
    label=_("Reject"),
    icon="fa-xmark",
    form=forms.AnswerForm,
    policy=policies.can_answer_push,
    service=reject_push,
    answer=Answer(_("The push of %(name)s was rejected")),
    page=OperationPage(
        in_list=True,
    ),
)
WITHDRAW = Operation(
    name="withdraw",
    label=_("Withdraw"),
    icon="fa-rotate-left",
    form=forms.AnswerForm,
    policy=policies.can_withdraw_push,
    service=withdraw_push,
    answer=Answer(_("The push of %(name)s was withdrawn")),
    page=OperationPage(
        hint=_("The receiver no longer sees the customer."),
        in_list=True,
    ),
)
END = Operation(
    name="end",
    label=_("End"),
    icon="fa-user-minus",
    form=forms.AnswerForm,
    policy=policies.can_end_push,
    service=end_push,
    answer=Answer(_("The push of %(name)s was ended")),
    page=OperationPage(
        hint=_("The receiver no longer works on the customer."),
        in_list=True,
    ),
)
ON_PUSHES = (ACCEPT, REJECT, WITHDRAW, END)
