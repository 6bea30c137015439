"""Operations on brokers, one declaration each (CH-2 … CH-6)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.brokers import forms, policies
from app.channel.brokers.forms import ReviewPageForm
from app.channel.brokers.registration import resubmit_broker
from app.channel.brokers.services import review_broker
from app.channel.shared.permissions import BrokerPermission
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationBatch, OperationPage, without_facts

ON_BROKERS = (
    Operation(
        name="review",
        label=_("Review"),
        icon="fa-user-check",
        form=forms.ReviewForm,
        policy=without_facts(policies.can_review),
        service=review_broker,
        answer=Answer(_("%(name)s was reviewed"), _("%(num)s company on-sites were reviewed")),
        page=OperationPage(
            submit_label=_("Save"),
            hint=_("Approved, the company on-site may enter customers for the brokers of the company."),
            form_for=lambda _broker: ReviewPageForm,
            in_list=True,
            is_main=True,
        ),
        api=OperationApi(summary="Approves or rejects a company on-site (CH-4)."),
        batch=OperationBatch(form=ReviewPageForm),
    ),
)
# In the API alone: on the phone its own page asks for it.
RESUBMIT = Operation(
    name="resubmit",
    label=_("Submit again"),
    icon="fa-rotate-right",
    form=None,
    policy=without_facts(policies.can_resubmit),
    service=resubmit_broker,
    answer=Answer(_("%(name)s was submitted again")),
    permission=BrokerPermission.USE,
    api=OperationApi(
        summary="Asks for another review of the caller, a company on-site who was rejected (CH-3)."
    ),
)
