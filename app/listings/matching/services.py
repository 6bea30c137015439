"""Note what customers think of listings, and which conditions are musts (LST-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from app.audit import services as audit
from app.customers.shared.notifications import notify_about
from app.customers.shared.queries import facts_for, get_customer
from app.kernel import clock
from app.kernel.database.columns import Codes
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import NotFound
from app.kernel.translation import N_
from app.listings.homes.queries import get_listing
from app.listings.matching import policies
from app.listings.matching.choices import CONDITION, INTEREST, LIKED, OPEN, REFUSED
from app.listings.matching.models import ListingInterest, MatchPreference
from app.listings.matching.queries import interest_of_pair, musts_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.listings.homes.models import Listing

_SENTENCES = {
    LIKED: N_("The customer likes the listing %(code)s"),
    REFUSED: N_("The customer refuses the listing %(code)s"),
    OPEN: N_("The answer to the listing %(code)s was taken back"),
}


@transactional
def judge_listing(
    pk: int, *, listing_id: int, state: str, reason: str | None = None, actor: Actor
) -> ListingInterest:
    """Note what a customer thinks of a listing: liked, refused with a reason, or open again (LST-3).

    A refused one stays out of the customer's matches until it is open again.

    :raises NotFound: when the customer or the listing is out of reach.
    :raises Denied: 403 for who may only read the customer.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_judge(actor, customer, facts_for(customer, actor)).enforce()
    kept = interest_of_pair(pk, listing_id)
    listing = kept.listing if kept is not None else get_listing(listing_id, actor=actor)
    if listing.company_id != customer.company_id:
        raise NotFound
    before = kept.state if kept else OPEN
    if kept is None:
        kept = ListingInterest(
            company_id=customer.company_id,
            customer_id=customer.id,
            listing_id=listing.id,
            created_at=clock.now(),
        )
        db.session.add(kept)
    changed = (before, kept.reason) != (state, reason if state == REFUSED else None)
    kept.judge(state, reason, actor.id, clock.now())
    db.session.flush()
    if changed:
        audit.record(
            actor,
            "customer.judge_listing",
            customer,
            _SENTENCES[state],
            {"interest": (INTEREST.label(before), INTEREST.label(state))},
            code=listing.code,
        )
        _notify(customer, listing, actor)
    return kept


def _notify(customer: Customer, listing: Listing, actor: Actor) -> None:
    """Tell the person responsible for the customer what a colleague noted."""
    responsible = customer.owner_id or customer.private_holder_id or customer.handler_id
    if responsible is not None and responsible != actor.id:
        message = N_("%(who)s noted what %(name)s thinks of the listing %(listing)s")
        notify_about(customer, responsible, message, actor, listing=listing.code)


@transactional
def set_musts(
    pk: int,
    *,
    district: bool = False,
    price: bool = False,
    area: bool = False,
    rooms: bool = False,
    actor: Actor,
) -> Customer:
    """Say which conditions of the demand a home must meet; the others it should (LST-3).

    :raises Denied: 403 for who may only read the customer, 409 ``match.no_demand``.
    """
    customer = get_customer(pk, actor=actor, lock=True)
    policies.can_set_musts(actor, customer, facts_for(customer, actor)).enforce()
    given = {"district": district, "price": price, "area": area, "rooms": rooms}
    wanted, before = Codes(name for name, is_must in given.items() if is_must), musts_of(pk)
    row = db.session.scalar(select(MatchPreference).where(MatchPreference.customer_id == pk))
    if row is None:
        row = MatchPreference(customer_id=pk)
        db.session.add(row)
    row.musts = wanted or None
    db.session.flush()
    if frozenset(wanted) != before:
        differences = {"musts": (_in_words(before), _in_words(frozenset(wanted)))}
        audit.record(actor, "customer.set_musts", customer, N_("Musts of the demand changed"), differences)
    return customer


def _in_words(musts: frozenset[str]) -> str:
    return ", ".join(CONDITION.label(code) for code in CONDITION.codes if code in musts)
