"""The operations on service tickets, one declaration each (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.tickets import forms, policies, services
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationBatch, OperationPage

WAIT = Operation(
    name="wait",
    label=_("Let wait"),
    icon="fa-hourglass-half",
    form=None,
    policy=policies.can_wait,
    service=services.wait_ticket,
    answer=Answer(_("%(name)s waits")),
    api=OperationApi(summary="Lets a ticket wait for somebody else (CUST-16)."),
)
SOLVE = Operation(
    name="solve",
    label=_("Solve"),
    icon="fa-check",
    form=forms.SolveForm,
    policy=policies.can_work_on,
    service=services.solve_ticket,
    answer=Answer(_("%(name)s was solved")),
    page=OperationPage(in_list=True, is_main=True),
    api=OperationApi(summary="Marks an open ticket as solved (CUST-16)."),
)
CLOSE = Operation(
    name="close",
    label=_("Close"),
    icon="fa-box-archive",
    form=None,
    policy=policies.can_close,
    service=services.close_ticket,
    answer=Answer(_("%(name)s was closed"), _("%(num)s tickets were closed")),
    page=OperationPage(in_list=True),
    api=OperationApi(summary="Closes a ticket, solved or not (CUST-16)."),
    batch=OperationBatch(),
)
REOPEN = Operation(
    name="reopen",
    label=_("Open again"),
    icon="fa-rotate-left",
    form=None,
    policy=policies.can_reopen,
    service=services.reopen_ticket,
    answer=Answer(_("%(name)s was reopened")),
    api=OperationApi(summary="Works again on a ticket that waits, or was solved or closed (CUST-16)."),
)
ON_TICKETS = (SOLVE, WAIT, CLOSE, REOPEN)
