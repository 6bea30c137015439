"""The operations on quotes, one declaration each (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.quotes import forms, policies, services
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

SEND = Operation(
    name="send",
    label=_("Mark as sent"),
    icon="fa-paper-plane",
    form=None,
    policy=policies.can_send,
    service=services.send_quote,
    answer=Answer(_("%(name)s was marked as sent")),
    page=OperationPage(is_main=True),
    api=OperationApi(summary="Notes that a draft was sent to the customer (CUST-16)."),
)
ACCEPT = Operation(
    name="accept",
    label=_("Customer accepts"),
    icon="fa-check",
    form=forms.AnswerForm,
    policy=policies.can_answer,
    service=services.accept_quote,
    answer=Answer(_("%(name)s was accepted")),
    api=OperationApi(summary="Notes that the customer accepted the quote (CUST-16)."),
)
REFUSE = Operation(
    name="refuse",
    label=_("Customer refuses"),
    icon="fa-xmark",
    form=forms.AnswerForm,
    policy=policies.can_answer,
    service=services.refuse_quote,
    answer=Answer(_("%(name)s was refused")),
    api=OperationApi(summary="Notes that the customer refused the quote (CUST-16)."),
)
REOPEN = Operation(
    name="reopen",
    label=_("Make a draft again"),
    icon="fa-rotate-left",
    form=None,
    policy=policies.can_reopen,
    service=services.reopen_quote,
    answer=Answer(_("%(name)s is a draft again")),
    api=OperationApi(summary="Makes a quote that was sent or answered a draft again (CUST-16)."),
)
ON_QUOTES = (SEND, ACCEPT, REFUSE, REOPEN)
