"""LST-3, LST-4: matches from the database in both directions, the memory of pairs, and musts."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from sqlalchemy import select

from app.customers.merging.services import merge_customers
from app.customers.shared.queries import get_customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import Denied, NotFound
from app.listings.homes.queries import get_listing
from app.listings.homes.services import reserve_listing, withdraw_listing
from app.listings.matching.models import ListingInterest
from app.listings.matching.queries import customers_for, demand_of, interest_of_pair, listings_for, musts_of
from app.listings.matching.scoring import Home, match
from app.listings.matching.services import judge_listing, set_musts
from app.notices.models import Notification
from app.org.districts.queries import meeting_districts
from app.org.shared.models import District
from tests.support.deals import logged
from tests.support.listings import make_community, make_listing
from tests.support.make import make_customer

DEMAND = {
    "kind": "buy",
    "price_max": Decimal(1_000_000),
    "area_min": Decimal(80),
    "rooms_min": 2,
    "rooms_max": 3,
}


@pytest.fixture
def agent(world):
    return world.actor("agent")


@pytest.fixture
def place(world, agent):
    return make_community(agent, world)


def looking(actor, world, *, districts=("锦江区",), **demand):
    ids = [world.district(name).id for name in districts]
    return make_customer(actor, demand={**DEMAND, "district_ids": ids, **demand})


def fitting(customer, actor) -> list[tuple[int, int]]:
    return [(fit.record.id, fit.match.score) for fit in listings_for(customer, actor)]


def test_lst_3_best_first_then_cheapest_then_newest(world, agent, place):
    customer = looking(agent, world)
    dear, cheap, same = (make_listing(agent, place, price=one).id for one in (990_000, 880_000, 880_000))
    over = make_listing(agent, place, price=1_050_000).id
    for values in ({"price": 1_300_000}, {"kind": "rent"}, {"rooms": 6}):
        make_listing(agent, place, **values)
    make_listing(agent, make_community(agent, world, district="青羊区"))
    assert fitting(customer, agent) == [(same, 100), (cheap, 100), (dear, 100), (over, 91)]
    (reason,) = [one for one in listings_for(customer, agent)[-1].match.reasons if not one.fits]
    assert (reason.condition, reason.off) == ("price", 5)


def test_lst_3_the_tree_of_districts_in_both_directions(world, agent):
    parent = world.district("锦江区").id
    children = [District(parent_id=parent, code=f"x{n}", name=f"片区{n}") for n in (1, 2)]
    db.session.add_all(children)
    db.session.flush()
    listings = [
        make_listing(agent, make_community(agent, world, district_id=pk)).id
        for pk in (parent, *(one.id for one in children))
    ]
    above = looking(agent, world)
    below = make_customer(agent, demand={**DEMAND, "district_ids": [children[0].id]})
    assert {pk for pk, _score in fitting(above, agent)} == {*listings}
    assert {pk for pk, _score in fitting(below, agent)} == {*listings[:2]}, "its own and the one above"
    found = {
        pk: {one.record.id for one in customers_for(get_listing(pk, actor=agent), agent)} for pk in listings
    }
    assert found == {
        listings[0]: {above.id, below.id}, listings[1]: {above.id, below.id}, listings[2]: {above.id}
    }  # fmt: skip


def test_lst_3_only_what_is_on_offer_in_the_customers_company(world, agent, place):
    customer, other = looking(agent, world), world.actor("other_agent")
    listing = make_listing(agent, place).id
    make_listing(other, make_community(other, world))
    assert [pk for pk, _score in fitting(customer, agent)] == [listing]
    assert [pk for pk, _score in fitting(customer, world.actor("auditor"))] == [listing]
    assert fitting(customer, other) == []
    reserve_listing(listing, actor=agent)
    assert fitting(customer, agent) == []
    assert customers_for(get_listing(listing, actor=agent), agent) == []


def test_lst_3_without_a_demand_nothing_matches(world, agent, place):
    make_listing(agent, place)
    assert fitting(make_customer(agent), agent) == []


def _naive(customer, listings):
    """Score everything, one by one."""
    demand = demand_of(customer)
    found = []
    for one in listings:
        fit = match(demand, Home(one.kind, one.district_id, one.price, one.area, one.rooms))
        if fit is not None:
            found.append((-fit.points, one.price, -one.id))
    return [(-pk, -points // 100) for points, _price, pk in sorted(found)]


@pytest.mark.both
@pytest.mark.parametrize("seed", range(3))
def test_lst_3_the_database_finds_what_scoring_everything_finds(world, agent, seed, monkeypatch):
    """Both directions against a naive reference, at bounds and a cent beside them; with short pages too."""
    random = Random(seed)
    places = [make_community(agent, world, district=name) for name in ("锦江区", "成华区", "青羊区")]
    prices = [
        800_000,
        1_000_000,
        Decimal("1000000.01"),
        1_199_999,
        1_200_000,
        640_000,
        Decimal("640000.01"),
        1_100_000,
    ]
    listings = [
        make_listing(
            agent, random.choice(places), kind=random.choice(["sale", "sale", "rent"]), price=random.choice(prices),
            area=random.choice([64, 79, 80, 100, 119, 120]), rooms=random.randint(0, 5),
        )
        for _ in range(60)
    ]  # fmt: skip
    customers = []
    for _ in range(12):
        low = random.choice([None, Decimal(800_000)])
        made = looking(
            agent, world, districts=random.choice([(), ("锦江区",), ("成华区", "青羊区")]),
            kind=random.choice(["buy", "buy", "rent"]), price_min=low,
            price_max=random.choice([None, Decimal(1_000_000)]), area_max=random.choice([None, Decimal(100)]),
        )  # fmt: skip
        customers.append(made)
        if random.random() < 0.6:
            musts = {name: random.random() < 0.4 for name in ("district", "price", "area", "rooms")}
            set_musts(made.id, **musts, actor=agent)
    for customer in customers:
        naive = _naive(customer, listings)
        found = [(fit.record.id, fit.match.score) for fit in listings_for(customer, agent, most=100)]
        assert found == naive
        short = [(fit.record.id, fit.match.score) for fit in listings_for(customer, agent, most=3)]
        assert short == naive[:3]
    assert sum(len(_naive(one, listings)) for one in customers) > 50, "something was compared"
    for listing in listings:
        pairs = {one.id: dict(_naive(one, [listing])).get(listing.id) for one in customers}
        wanted = {pk: score for pk, score in pairs.items() if score is not None}
        assert {fit.record.id: fit.match.score for fit in customers_for(listing, agent)} == wanted


def test_lst_4_the_reverse_names_only_customers_that_the_person_sees_in_full(world, agent, place):
    mine, theirs = looking(agent, world), looking(world.actor("agent2"), world)
    listing = make_listing(agent, place)
    found = {
        name: {fit.record.id for fit in customers_for(listing, world.actor(name))}
        for name in ("agent", "agent2", "agent3", "manager", "auditor")
    }
    both = {mine.id, theirs.id}
    assert found == {
        "agent": {mine.id}, "agent2": {theirs.id}, "agent3": set(), "manager": both, "auditor": both
    }  # fmt: skip


def test_lst_3_a_refused_listing_stays_out_until_that_is_taken_back(world, agent, place):
    customer, listing = looking(agent, world), make_listing(agent, place)
    kept = judge_listing(customer.id, listing_id=listing.id, state="refused", reason="临街", actor=agent)
    assert (kept.state, kept.reason, kept.changed_by_id) == ("refused", "临街", agent.id)
    assert (fitting(customer, agent), customers_for(listing, agent)) == ([], [])
    judge_listing(customer.id, listing_id=listing.id, state="open", reason="临街", actor=agent)
    assert [fit.interest for fit in listings_for(customer, agent)] == ["open"]
    assert kept.reason is None, "a reason belongs to a refusal"
    judge_listing(customer.id, listing_id=listing.id, state="liked", actor=agent)
    assert [fit.interest for fit in customers_for(listing, agent)] == ["liked"]
    rows = [row for row in logged(customer) if row.operation == "customer.judge_listing"]
    assert [row.differences["interest"][1] for row in rows] == ["不合适", "尚未答复", "感兴趣"]
    assert len({row.id for row in rows}) == 3
    judge_listing(customer.id, listing_id=listing.id, state="liked", actor=agent)
    assert len([row for row in logged(customer) if row.operation == "customer.judge_listing"]) == 3, (
        "nothing new"
    )


def test_lst_3_an_answer_is_kept_for_a_listing_that_went_off_offer(world, agent, place):
    customer = looking(world.actor("agent2"), world)
    listing = make_listing(agent, place)
    judge_listing(customer.id, listing_id=listing.id, state="refused", actor=world.actor("agent2"))
    withdraw_listing(listing.id, actor=agent)
    judge_listing(customer.id, listing_id=listing.id, state="open", actor=world.actor("agent2"))
    assert interest_of_pair(customer.id, listing.id).state == "open"
    other = looking(world.actor("agent2"), world)
    with pytest.raises(NotFound):
        judge_listing(other.id, listing_id=listing.id, state="liked", actor=world.actor("agent2"))


def test_lst_3_a_colleagues_note_tells_the_owner_and_a_refusal_changes_nothing(world, agent, place):
    customer, listing = looking(agent, world), make_listing(agent, place)
    judge_listing(customer.id, listing_id=listing.id, state="liked", actor=world.actor("manager"))
    told = select(Notification.customer_id).where(Notification.recipient_id == agent.id)
    assert [*db.session.scalars(told)] == [customer.id]
    with pytest.raises(Denied) as refused:
        judge_listing(customer.id, listing_id=listing.id, state="refused", actor=world.actor("auditor"))
    assert (refused.value.status, interest_of_pair(customer.id, listing.id).state) == (403, "liked")
    with pytest.raises(NotFound):
        judge_listing(customer.id, listing_id=listing.id, state="refused", actor=world.actor("agent3"))
    foreign = world.actor("other_agent")
    theirs = make_listing(foreign, make_community(foreign, world))
    with pytest.raises(NotFound):
        judge_listing(customer.id, listing_id=theirs.id, state="liked", actor=world.actor("admin"))


def test_lst_3_musts_are_kept_and_logged(world, agent):
    customer = looking(agent, world)
    assert musts_of(customer.id) == {"district"}
    set_musts(customer.id, price=True, rooms=True, actor=agent)
    assert musts_of(customer.id) == {"price", "rooms"}
    set_musts(customer.id, actor=agent)
    assert musts_of(customer.id) == set()
    assert [row.operation for row in logged(customer)].count("customer.set_musts") == 2
    with pytest.raises(Denied) as refused:
        set_musts(make_customer(agent).id, price=True, actor=agent)
    assert refused.value.code == "match.no_demand"


def test_cust_9_a_merge_keeps_the_newer_answer_and_own_musts(world, agent, place):
    one, other = looking(agent, world), looking(agent, world)
    both, single = make_listing(agent, place).id, make_listing(agent, place).id
    judge_listing(one.id, listing_id=both, state="liked", actor=agent)
    judge_listing(other.id, listing_id=both, state="refused", actor=agent)
    judge_listing(other.id, listing_id=single, state="liked", actor=agent)
    set_musts(other.id, price=True, actor=agent)
    db.session.commit()
    merge_customers(one.id, other_ids=[other.id], actor=world.actor("manager"))
    with unscoped("test: every answer"):
        rows = [*db.session.scalars(select(ListingInterest).order_by(ListingInterest.listing_id))]
    survivor = get_customer(one.id, actor=agent).id
    assert [(row.customer_id, row.listing_id, row.state) for row in rows] == [
        (survivor, both, "refused"), (survivor, single, "liked")
    ]  # fmt: skip
    assert musts_of(survivor) == {"price"}


def test_acc_14_meeting_districts_leave_out_siblings(world):
    parent = world.district("锦江区").id
    children = [District(parent_id=parent, code=f"y{n}", name=f"街道{n}") for n in (1, 2)]
    db.session.add_all(children)
    db.session.flush()
    found = meeting_districts([children[0].id])
    assert children[0].id in found
    assert parent in found
    assert children[1].id not in found
    assert {parent, *(one.id for one in children)} <= meeting_districts([parent])
