"""Matches in both directions, and what is remembered of each pair: always scoped to the actor (LST-3, LST-4).

SQL narrows the candidates by indexes, generously; :func:`app.listings.matching.scoring.match` decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, exists, or_, select
from sqlalchemy.orm import joinedload

from app.customers.shared.models import Customer, CustomerDistrict
from app.customers.shared.queries import known_customers, sees_history
from app.kernel.access.guard import scoped
from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.listings.homes.models import Listing
from app.listings.homes.permissions import ListingPermission
from app.listings.homes.queries import PEOPLE, get_listing, offered_listings
from app.listings.matching.choices import AREA, DISTRICT, PRICE, REFUSED, ROOMS
from app.listings.matching.models import ListingInterest, MatchPreference
from app.listings.matching.scoring import KINDS, TOLERANCE, USUAL_MUSTS, Demand, Home, Match, Range, match
from app.org.districts.queries import meeting_districts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor

SHOWN = 50
_MOST = 20_000  # candidates that are scored at all
_L = Listing.__table__.c
_C = Customer.__table__.c
_I = ListingInterest.__table__.c
_M = MatchPreference.__table__.c
_D = CustomerDistrict.__table__.c
_HOME = (_L.id, _L.kind, _L.district_id, _L.price, _L.area, _L.rooms)
_DEMAND = (
    _C.id, _C.demand_kind, _C.price_min, _C.price_max, _C.area_min, _C.area_max, _C.rooms_min, _C.rooms_max
)  # fmt: skip
_CENT = Decimal("0.01")


@dataclass(frozen=True)
class Fit:
    """A listing or a customer that fits, how well, and what the customer said of the pair; empty: nothing."""

    record: Any
    match: Match
    interest: str = ""


# ---- listings for a customer


def demand_of(customer: Customer) -> Demand | None:
    """Return what a customer looks for, with the districts that meet the wanted ones; None: nothing."""
    if customer.demand_kind is None:
        return None
    wanted = [one.id for one in customer.demand_districts]
    return Demand(
        customer.demand_kind,
        meeting_districts(wanted) if wanted else frozenset(),
        Range(customer.price_min, customer.price_max),
        Range(customer.area_min, customer.area_max),
        Range(_whole(customer.rooms_min), _whole(customer.rooms_max)),
        musts_of(customer.id),
    )


def musts_of(customer_id: int) -> frozenset[str]:
    """Return the conditions that a customer insists on; the usual ones until somebody says otherwise."""
    kept = db.session.execute(select(_M.musts).where(_M.customer_id == customer_id)).one_or_none()
    return USUAL_MUSTS if kept is None else frozenset(kept.musts or ())


def _whole(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def listings_for(customer: Customer, actor: Actor, *, most: int = SHOWN) -> list[Fit]:
    """Return the listings on offer that fit a customer's demand, best first, then cheapest, then newest; for
    who may read listings of the customer's company (LST-0, LST-3). Refused ones stay out.
    """
    demand = demand_of(customer)
    mine = actor.opens_all or actor.company_id == customer.company_id
    if demand is None or not mine or not actor.may(ListingPermission.READ):
        return []
    refused = exists().where(_I.customer_id == customer.id, _I.listing_id == _L.id, _I.state == REFUSED)
    offered = offered_listings(customer.company_id).where(~refused)
    exact = offered.where(*_within(demand, Decimal(0), everywhere=False)).order_by(_L.price, _L.id.desc())
    found = _scored(demand, exact.limit(most))
    if len(found) < most:  # the others lose points somewhere
        found = _scored(demand, offered.where(*_within(demand, TOLERANCE)).limit(_MOST))
    return _loaded(customer, dict(found[:most]))


def _scored(demand: Demand, candidates: Select[Any]) -> list[tuple[int, Match]]:
    """Return the candidates that match, in their order, by id."""
    found = []
    for pk, *values in db.session.execute(candidates.with_only_columns(*_HOME)):
        home = Home(*values)
        fit = match(demand, home)
        if fit is not None:
            found.append((-fit.points, home.price, -pk, fit))
    return [(-pk, fit) for _points, _price, pk, fit in sorted(found, key=lambda one: one[:3])]


def _within(demand: Demand, slack: Decimal, *, everywhere: bool = True) -> list[ColumnElement[bool]]:
    """Return conditions that every match meets; without slack, those of matches that miss nothing."""
    found: list[ColumnElement[bool]] = [_L.kind == KINDS[demand.kind]]
    if demand.districts and not (everywhere and DISTRICT not in demand.musts):
        found.append(id_in(_L.district_id, demand.districts))
    for name, column, wanted in ((PRICE, _L.price, demand.price), (AREA, _L.area, demand.area)):
        part = Decimal(0) if name in demand.musts else slack
        if wanted.low is not None:
            found.append(column >= wanted.low * (1 - part) - (_CENT if part else 0))
        if wanted.high is not None:
            found.append(column <= wanted.high * (1 + part) + (_CENT if part else 0))
    more = 0 if ROOMS in demand.musts or not slack else 1
    if demand.rooms.low is not None:
        found.append(_L.rooms >= int(demand.rooms.low) - more)
    if demand.rooms.high is not None:
        found.append(_L.rooms <= int(demand.rooms.high) + more)
    return found


def _loaded(customer: Customer, fits: dict[int, Match]) -> list[Fit]:
    rows = scoped(select(Listing).where(id_in(_L.id, [*fits]))).options(*PEOPLE) if fits else None
    listings = {} if rows is None else {one.id: one for one in db.session.scalars(rows)}
    said = interests_of_pairs(customer.id, fits)
    return [Fit(listings[pk], fit, said.get(pk, "")) for pk, fit in fits.items() if pk in listings]


def interests_of_pairs(customer_id: int, listing_ids: Iterable[int]) -> dict[int, str]:
    """Return what a customer said of listings: listing → state."""
    ids = [*listing_ids]
    if not ids:
        return {}
    asked = scoped(select(_I.listing_id, _I.state))
    asked = asked.where(_I.customer_id == customer_id, id_in(_I.listing_id, ids))
    return dict(db.session.execute(asked).all())


# ---- customers for a listing


def customers_for(listing: Listing, actor: Actor, *, most: int = SHOWN) -> list[Fit]:
    """Return the customers whom a listing on offer fits, of those that the actor sees in full: best first,
    then the newest; of the newest 20,000 that come into question (LST-4).
    """
    if not listing.is_offered:
        return []
    home = Home(listing.kind, listing.district_id, listing.price, listing.area, listing.rooms)
    refused = exists().where(_I.customer_id == _C.id, _I.listing_id == listing.id, _I.state == REFUSED)
    asked = known_customers(actor).where(
        _C.demand_kind == next(kind for kind, offered in KINDS.items() if offered == listing.kind),
        _C.company_id == listing.company_id,
        _C.enabled.is_(True),
        _C.follow_status != "off_shelf",
        *_wanting(home),
        ~refused,
    )
    rows = db.session.execute(asked.with_only_columns(*_DEMAND).order_by(_C.id.desc()).limit(_MOST)).all()
    fits = _scored_customers(home, rows)[:most]
    return _customers_loaded(listing, dict(fits), actor)


def _wanting(home: Home) -> list[ColumnElement[bool]]:
    """Return conditions that the demand of every match meets."""
    found = []
    for value, low, high in (
        (home.price, _C.price_min, _C.price_max),
        (home.area, _C.area_min, _C.area_max),
    ):
        least, most = value / (1 + TOLERANCE) - _CENT, value / (1 - TOLERANCE) + _CENT
        found += [or_(high.is_(None), high >= least), or_(low.is_(None), low <= most)]
    found.append(or_(_C.rooms_max.is_(None), _C.rooms_max >= home.rooms - 1))
    found.append(or_(_C.rooms_min.is_(None), _C.rooms_min <= home.rooms + 1))
    return found


def _scored_customers(home: Home, rows: Sequence[Any]) -> list[tuple[int, Match]]:
    ids = [row.id for row in rows]
    if not ids:
        return []
    wanted: dict[int, set[int]] = {}
    for pk, district in db.session.execute(
        select(_D.customer_id, _D.district_id).where(id_in(_D.customer_id, ids))
    ):
        wanted.setdefault(pk, set()).add(district)
    asked = select(_M.customer_id, _M.musts).where(id_in(_M.customer_id, ids))
    musts = {pk: frozenset(kept or ()) for pk, kept in db.session.execute(asked)}
    near = meeting_districts([home.district_id])
    found = []
    for row in rows:
        places = wanted.get(row.id, set())
        # the tree meets in both directions, so that the home's side may be extended instead of the demand's
        districts = frozenset({home.district_id}) if places & near else frozenset(places)
        fit = match(_demand(row, districts, musts.get(row.id, USUAL_MUSTS)), home)
        if fit is not None:
            found.append((-fit.points, -row.id, fit))
    return [(-pk, fit) for _points, pk, fit in sorted(found, key=lambda one: one[:2])]


def _demand(row: Any, districts: frozenset[int], musts: frozenset[str]) -> Demand:
    return Demand(
        row.demand_kind,
        districts,
        Range(row.price_min, row.price_max),
        Range(row.area_min, row.area_max),
        Range(_whole(row.rooms_min), _whole(row.rooms_max)),
        musts,
    )


def _customers_loaded(listing: Listing, fits: dict[int, Match], actor: Actor) -> list[Fit]:
    if not fits:
        return []
    rows = known_customers(actor).where(id_in(_C.id, [*fits]))
    customers = {one.id: one for one in db.session.scalars(rows.options(joinedload(Customer.owner)))}
    asked = scoped(select(_I.customer_id, _I.state))
    asked = asked.where(_I.listing_id == listing.id, id_in(_I.customer_id, [*fits]))
    said: dict[int, str] = dict(db.session.execute(asked).all())
    return [Fit(customers[pk], fit, said.get(pk, "")) for pk, fit in fits.items() if pk in customers]


# ---- the memory


def interests_of(customer: Customer, actor: Actor) -> Select[ListingInterest]:
    """Select what a customer said of listings, for who sees the customer in full."""
    found = scoped(select(ListingInterest).where(_I.customer_id == customer.id))
    if not sees_history(customer, actor):
        found = found.where(_I.id == 0)
    return found.options(*WITH_LISTING)


_LISTING = joinedload(ListingInterest.listing)
WITH_LISTING = (_LISTING.joinedload(Listing.community), joinedload(ListingInterest.changed_by))


def interest_of_pair(customer_id: int, listing_id: int) -> ListingInterest | None:
    """Return what is remembered of a pair, locked; the caller holds the customer."""
    found = scoped(select(ListingInterest)).where(_I.customer_id == customer_id, _I.listing_id == listing_id)
    return db.session.scalars(found.with_for_update(of=ListingInterest)).one_or_none()


def get_listing_of_pair(customer_id: int, listing_id: int, actor: Actor) -> Listing:
    """Return the listing of a pair: any that the actor may see, and one that is remembered also after it went
    off offer. The caller has opened the customer.

    :raises NotFound: for any other.
    """
    pair = scoped(select(ListingInterest)).where(_I.customer_id == customer_id, _I.listing_id == listing_id)
    kept = db.session.scalars(pair).one_or_none()
    return get_listing(listing_id, actor=actor) if kept is None else kept.listing
