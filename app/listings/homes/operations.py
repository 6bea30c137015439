"""The operations on listings, one declaration each (LST-0)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, without_facts
from app.listings.homes import policies, services

RESERVE = Operation(
    name="reserve",
    label=_("Mark as reserved"),
    icon="fa-bookmark",
    form=None,
    policy=without_facts(policies.can_reserve),
    service=services.reserve_listing,
    answer=Answer(_("%(name)s is reserved")),
    api=OperationApi(summary="Notes that a customer reserved the home (LST-0)."),
)
FINISH = Operation(
    name="finish",
    label=_("Mark as sold or let"),
    icon="fa-check",
    form=None,
    policy=without_facts(policies.can_end),
    service=services.finish_listing,
    answer=Answer(_("%(name)s is sold or let")),
    api=OperationApi(summary="Notes that the home is sold or let (LST-0)."),
)
WITHDRAW = Operation(
    name="withdraw",
    label=_("Withdraw"),
    icon="fa-ban",
    form=None,
    policy=without_facts(policies.can_end),
    service=services.withdraw_listing,
    answer=Answer(_("%(name)s was withdrawn")),
    api=OperationApi(summary="Notes that the owner no longer offers the home (LST-0)."),
)
OFFER_AGAIN = Operation(
    name="offer_again",
    label=_("Offer again"),
    icon="fa-rotate-left",
    form=None,
    policy=without_facts(policies.can_offer_again),
    service=services.offer_listing_again,
    answer=Answer(_("%(name)s is on offer again")),
    api=OperationApi(summary="Puts a listing back on offer (LST-0)."),
)
ON_LISTINGS = (RESERVE, FINISH, WITHDRAW, OFFER_AGAIN)
