"""The operations that unshelve and shelve customers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.customers.shared.choices import POOL
from app.customers.shared.models import Customer
from app.customers.shared.operations import present_url
from app.customers.shared.serializers import customer_record
from app.kernel.pages.answers import Answer
from app.kernel.pages.board import wanted_stage
from app.kernel.pages.operations import BatchKinds, Operation, OperationApi, OperationBatch, OperationPage
from app.pool.shelving import forms, policies
from app.pool.shelving.choices import SHELVED_AS
from app.pool.shelving.services import share_by_pool, shelve_customer, unshelve_customer, unshelve_customers

UNSHELVE = Operation(
    name="unshelve",
    label=_("Unshelve"),
    icon="fa-box-archive",
    form=forms.UnshelveForm,
    policy=policies.can_unshelve,
    service=unshelve_customer,
    answer=Answer(_("%(name)s was unshelved"), _("%(num)s customers were unshelved"), {"tab": "off_shelf"}),
    page=OperationPage(
        hint=_("The customer leaves work; one that is held privately is released at the same time."),
        goes_to=present_url,
    ),
    api=OperationApi(
        answer=customer_record,
    ),
    batch=OperationBatch(unshelve_customers),
)
SHELVE = Operation(
    name="shelve",
    label=_("Shelve"),
    icon="fa-box-open",
    form=forms.ShelveForm,
    policy=policies.can_shelve,
    service=shelve_customer,
    answer=Answer(_("%(name)s was shelved"), _("%(num)s customers were shelved")),
    page=OperationPage(
        hint=_("The remark also stands among the follow-ups."),
        initial=lambda _customer: {"follow_status": wanted_stage(SHELVED_AS.codes) or "following"},
        form_for=lambda customer: forms.SHELVE_FORMS[customer.pool],
        goes_to=present_url,
    ),
    api=OperationApi(
        answer=customer_record,
    ),
    batch=OperationBatch(
        share=share_by_pool,
        kinds=BatchKinds(Customer.pool, POOL, forms.form_for_pools),
    ),
)
