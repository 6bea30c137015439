"""Operations on viewing fees, one declaration each (CH-25)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.fees import policies
from app.channel.fees.services import void_fee
from app.channel.shared import forms
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage, without_facts

ON_FEES = (
    Operation(
        name="void",
        label=_("Void"),
        icon="fa-ban",
        form=forms.ReasonForm,
        policy=without_facts(policies.can_void_fee),
        service=void_fee,
        answer=Answer(_("%(name)s: voided")),
        page=OperationPage(
            ask=_("Void this viewing fee? It cannot be made valid again."),
            hint=_(
                "A voided fee stays in the table, struck through, and counts no more; the broker is told."
            ),
            in_list=True,
        ),
        api=OperationApi(summary="Voids a viewing fee, with a reason (CH-25)."),
    ),
)
