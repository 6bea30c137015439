"""Operations on referrals, one declaration each; collisions add rebinding."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.referrals.deals import close_referral, make_customer, reopen_referral
from app.channel.referrals.forms import (
    CloseForm,
    ClosePageForm,
    CloseUnboundForm,
    MakeCustomerForm,
    ReportForm,
)
from app.channel.referrals.policies import can_close, can_make_customer, can_reopen, can_report
from app.channel.referrals.queries import get_referral
from app.channel.referrals.serializers import ClosedRecord, referral_record
from app.channel.referrals.services import report_referral
from app.channel.shared.forms import ReasonForm
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import openable_names
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer, finish
from app.kernel.pages.operations import Operation, OperationApi, OperationPage, without_facts

if TYPE_CHECKING:
    from app.channel.referrals.deals import Closed
    from app.channel.referrals.models import Referral
    from app.customers.shared.models import Customer
    from app.kernel.errors import Sentence


def _close_form(referral: Referral) -> Any:
    """Choose the form: a day outside the protection needs a confirmation, unless the referral is bound
    (CH-24).
    """
    if referral.present_state == "bound":
        return ClosePageForm
    return partial(CloseUnboundForm, referral)


def _close_warning(referral: Referral) -> Sentence:
    """Return the warning that the form shows before the confirmation (CH-24)."""
    if referral.present_state == "bound":
        return ""
    if referral.bound_at is None or referral.expires_at is None:
        return _(
            "This customer was never bound: no day lies within a protection period. Closing asks for your "
            "confirmation, and the operation log keeps the warning."
        )
    return _(
        "This customer is not bound now. The last protection lasted from %(first)s to %(last)s: another day "
        "asks for your confirmation, and the operation log keeps the warning.",
        first=clock.to_local(referral.bound_at).date(),
        last=clock.to_local(referral.expires_at).date(),
    )


def _made(customer: Customer) -> Any:
    """Link to the new customer file, for those who can open it."""
    actor = current_actor()
    text = gettext("Customer file %(code)s was made", code=customer.code)
    if actor.may(CustomerPermission.READ) and openable_names([customer.id], actor):
        url = url_for("CustomerView.show", pk=customer.id)
        return finish(url, text, result_url=url)
    referral_id = (request.view_args or {})["pk"]
    return finish(url_for("ReferralView.show", pk=referral_id), text)


class MadeCustomer(TypedDict):
    """The customer file made from a deal, with the name as it was reported."""

    id: int
    code: str
    name: str


def _made_record(customer: Customer) -> MadeCustomer:
    return {"id": customer.id, "code": customer.code, "name": customer.name}


def _closed(closed: Closed) -> ClosedRecord:
    referral = get_referral(closed.referral.id, actor=current_actor())
    return {**referral_record(referral), "warning": closed.warning}


# The broker's own operation, without a page in the back office. Its policy reads the work profile.
REPORT = Operation(
    name="report",
    label=_("Report"),
    icon="fa-bullhorn",
    form=ReportForm,
    policy=can_report,
    service=report_referral,
    answer=Answer(_("%(name)s was reported")),
    api=OperationApi(summary="Reports a customer, also again (CH-11)."),
)
# Operations of the back office.
ON_REFERRALS = (
    Operation(
        name="close",
        label=_("Close a deal"),
        icon="fa-handshake",
        form=CloseForm,
        policy=can_close,
        service=close_referral,
        answer=Answer(_("The deal with %(name)s was closed")),
        page=OperationPage(
            hint=_(
                "The customer stays with this broker for good: the protection no longer runs out, "
                "others' scans become collisions, the deal counts in the ranking, and the broker is "
                "told. A deal can be reopened with a reason."
            ),
            warning=_close_warning,
            initial=lambda _referral: {"closed_on": clock.today()},
            form_for=_close_form,
            is_main=True,
        ),
        api=OperationApi(
            summary="Closes a deal with the customer (CH-24).",
            answer=_closed,
            returns=ClosedRecord,
        ),
    ),
    Operation(
        name="make_customer",
        label=_("Turn into a customer"),
        icon="fa-user-plus",
        form=MakeCustomerForm,
        policy=without_facts(can_make_customer),
        service=make_customer,
        answer=Answer(_("%(name)s was turned into a customer")),
        page=OperationPage(
            submit_label=_("Make the customer file"),
            hint=_(
                "The file stays linked with this deal. The rules against duplicates hold as for any customer."
            ),
            done=_made,
        ),
        api=OperationApi(
            summary="Makes a customer file from a deal (CH-24, POOL-1, POOL-2).",
            answer=_made_record,
            returns=MadeCustomer,
            status=CREATED,
        ),
    ),
    Operation(
        name="reopen",
        label=_("Reopen"),
        icon="fa-rotate-left",
        form=ReasonForm,
        policy=without_facts(can_reopen),
        service=reopen_referral,
        answer=Answer(_("The deal with %(name)s was reopened")),
        page=OperationPage(
            hint=_(
                "The deal counts no more in the ranking, and the customer returns to the state before "
                "it; the broker is told."
            ),
        ),
        api=OperationApi(summary="Reopens a closed deal, with a reason (CH-24)."),
    ),
)
