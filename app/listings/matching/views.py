"""The form that notes what a customer thinks of a listing, in a drawer of the match (LST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from flask_appbuilder.baseviews import expose

from app.customers.shared.operations import tab_url
from app.customers.shared.queries import facts_for, get_customer
from app.kernel.access.current import current_actor
from app.kernel.pages.form_page import run_form
from app.kernel.pages.routes import permitted
from app.listings.matching.choices import INTEREST
from app.listings.matching.forms import JudgeForm
from app.listings.matching.permissions import MatchPermission
from app.listings.matching.policies import can_judge
from app.listings.matching.queries import get_listing_of_pair
from app.listings.matching.services import judge_listing

if TYPE_CHECKING:
    from app.customers.profile.views import CustomerView


@expose("/<int:pk>/listings/<int:listing_id>/judge", methods=["GET", "POST"])
@permitted(MatchPermission.JUDGE_LISTING)
def judge_page(_self: CustomerView, pk: int, listing_id: int) -> Any:
    """Show and submit the form; the address may name the state that the button stands for."""
    actor = current_actor()
    customer = get_customer(pk, actor=actor)
    can_judge(actor, customer, facts_for(customer, actor)).enforce()
    listing = get_listing_of_pair(pk, listing_id, actor)
    wanted = request.args.get("state")
    back = tab_url(pk, "matches")
    return run_form(
        JudgeForm(data={"state": wanted if wanted in INTEREST else None}),
        title=f"{listing.name} — {customer.name}",
        back_url=back,
        submit=lambda values: judge_listing(pk, listing_id=listing_id, **values, actor=actor),
        done_url=lambda _kept: back,
    )


def add_judge_page(view: type[CustomerView]) -> None:
    """Add the form to the customer's pages, before registration."""
    judge_page.__name__ = "judge_listing"
    view.judge_listing = judge_page
    view.include_route_methods = {*(view.include_route_methods or ()), "judge_listing"}
