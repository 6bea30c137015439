"""The operations that take customers out of the public pool (POOL-20)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.operations import present_url
from app.customers.shared.serializers import customer_record
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import (
    ConfirmForm,
    Operation,
    OperationApi,
    OperationBatch,
    OperationPage,
    without_facts,
)
from app.pool.public_pool import forms, policies
from app.pool.public_pool.services import assign_from_pool, claim_from_pool

CLAIM = Operation(
    name="claim",
    label=_("Claim"),
    icon="fa-hand",
    form=ConfirmForm,
    policy=without_facts(policies.can_claim),
    service=claim_from_pool,
    answer=Answer(
        _("%(name)s is your customer now"), _("%(num)s customers are yours now"), {"tab": "personal"}
    ),
    page=OperationPage(
        hint=_("It becomes your personal customer."),
        in_list=True,
        in_list_when=lambda customer: customer.pooled_at is not None,
    ),
    api=OperationApi(
        answer=customer_record,
        refusals=(429,),
        summary="Takes a customer out of the public pool as one's own (POOL-20).",
    ),
    batch=OperationBatch(),
)
ASSIGN_FROM_POOL = Operation(
    name="assign_from_pool",
    label=_("Give from the pool"),
    icon="fa-user-plus",
    form=forms.PoolOwnerForm,
    policy=without_facts(policies.can_assign_from_pool),
    service=assign_from_pool,
    answer=Answer(_("%(name)s was given away"), _("%(num)s customers were given away"), {"tab": "personal"}),
    page=OperationPage(hint=_("It becomes the colleague's personal customer."), goes_to=present_url),
    api=OperationApi(
        answer=customer_record, summary="Gives a customer of the public pool to a colleague (POOL-20)."
    ),
    batch=OperationBatch(),
)
