"""The operation that says which conditions of a demand are musts (LST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.customers.shared.operations import tab_url
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage
from app.listings.matching import forms, policies, services
from app.listings.matching.choices import CONDITION
from app.listings.matching.queries import musts_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer


def _initial(customer: Customer) -> dict[str, Any]:
    kept = musts_of(customer.id)
    return {code: code in kept for code in CONDITION.codes}


SET_MUSTS = Operation(
    name="set_musts",
    label=_("Choose musts"),
    icon="fa-list-check",
    form=forms.MustsForm,
    policy=policies.can_set_musts,
    service=services.set_musts,
    answer=Answer(_("The matches of %(name)s follow the new musts")),
    page=OperationPage(
        submit_label=_("Save"),
        hint=_("A home that misses a must is no match; the other conditions only count"),
        initial=_initial,
        goes_to=lambda customer: tab_url(customer.id, "matches"),
        in_head=False,
    ),
    api=OperationApi(summary="Says which conditions of the demand are musts; the others count (LST-3)."),
)
