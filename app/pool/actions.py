"""The pool's operations as form actions: on the customer, and on pushes.

Some end the person's own reach (a holder of another department releases, a handler names another): the answer
is the record as they left it, not one read again.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.actions import after_change
from app.customers.records import customer_record
from app.kernel.pages.operations import ConfirmForm, FormAction
from app.pool import forms, holding, policies, pushing, shelving
from app.pool.records import PushRecord, push_record

UNSHELVE = FormAction(
    name="unshelve",
    label=_("Unshelve"),
    icon="fa-box-archive",
    form=forms.UnshelveForm,
    policy=policies.can_unshelve,
    service=shelving.unshelve_customer,
    bulk=shelving.unshelve_customers,
    submit_label=_("Unshelve"),
    hint=_("The customer leaves work; one that is held privately is released at the same time."),
    done=after_change,
    answer=customer_record,
    in_batch=True,
)
SHELVE = FormAction(
    name="shelve",
    label=_("Shelve"),
    icon="fa-box-open",
    form=forms.ShelveForm,
    policy=policies.can_shelve,
    service=shelving.shelve_customer,
    form_for=lambda customer: forms.SHELVE_FORMS[customer.pool],
    submit_label=_("Shelve"),
    hint=_("The remark also stands among the follow-ups."),
    done=after_change,
    answer=customer_record,
    in_batch=True,
)
PRIVATIZE = FormAction(
    name="privatize",
    label=_("Privatize"),
    icon="fa-lock",
    form=ConfirmForm,
    policy=policies.can_privatize,
    service=holding.privatize_customer,
    submit_label=_("Privatize"),
    hint=_("The customer is reserved for you: only you and your superiors follow it up and see its number."),
    done=after_change,
    answer=customer_record,
    in_batch=True,
)
PUBLICIZE = FormAction(
    name="publicize",
    label=_("Publicize"),
    icon="fa-lock-open",
    form=ConfirmForm,
    policy=policies.can_publicize,
    service=holding.publicize_customer,
    submit_label=_("Publicize"),
    hint=_("The customer is open to the whole department again."),
    done=after_change,
    answer=customer_record,
    in_batch=True,
)
ASSIGN = FormAction(
    name="assign",
    label=_("Assign"),
    icon="fa-user-check",
    form=forms.AssignForm,
    policy=policies.can_assign,
    service=holding.assign_customer,
    submit_label=_("Assign"),
    hint=_("The present handler and the new one are told."),
    done=after_change,
    answer=customer_record,
    in_batch=True,
)
PUSH = FormAction(
    name="push",
    label=_("Push"),
    icon="fa-paper-plane",
    form=forms.PushForm,
    policy=policies.can_push,
    service=pushing.push_customer,
    submit_label=_("Push"),
    hint=_("Until accepted, the receiver sees the basic information only."),
    answer=push_record,
    returns=PushRecord,
    status=201,
    in_batch=True,
)
ON_CUSTOMERS = (UNSHELVE, SHELVE, PRIVATIZE, PUBLICIZE, ASSIGN, PUSH)

ACCEPT = FormAction(
    name="accept",
    label=_("Accept"),
    icon="fa-check",
    form=forms.AnswerForm,
    policy=policies.can_answer_push,
    service=pushing.accept_push,
    submit_label=_("Accept"),
    hint=_("The customer's number is open to you from now on."),
    in_list=True,
)
REJECT = FormAction(
    name="reject",
    label=_("Reject"),
    icon="fa-xmark",
    form=forms.AnswerForm,
    policy=policies.can_answer_push,
    service=pushing.reject_push,
    submit_label=_("Reject"),
    in_list=True,
)
WITHDRAW = FormAction(
    name="withdraw",
    label=_("Withdraw"),
    icon="fa-rotate-left",
    form=forms.AnswerForm,
    policy=policies.can_withdraw_push,
    service=pushing.withdraw_push,
    submit_label=_("Withdraw"),
    hint=_("The receiver no longer sees the customer."),
    in_list=True,
)
ON_PUSHES = (ACCEPT, REJECT, WITHDRAW)
