"""LST-0, LST-1: listings and communities by the services: log, notices, refusals, and nothing half-done."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound, Stale
from app.listings.communities.services import update_community
from app.listings.homes.models import Listing
from app.listings.homes.queries import get_listing
from app.listings.homes.services import (
    finish_listing,
    offer_listing_again,
    reserve_listing,
    update_listing,
    withdraw_listing,
)
from app.notices.models import Notification
from tests.support.deals import logged
from tests.support.listings import make_community, make_listing


@pytest.fixture
def agent(world):
    return world.actor("agent")


@pytest.fixture
def community(world, agent):
    return make_community(agent, world, name="锦绣花园")


@pytest.fixture
def listing(agent, community):
    return make_listing(agent, community)


def told(person) -> list[Notification]:
    return [*db.session.scalars(select(Notification).where(Notification.recipient_id == person.id))]


def visible(pk, actor) -> bool:
    try:
        return get_listing(pk, actor=actor).id == pk
    except NotFound:
        return False


def test_lst_1_a_listing_is_entered_on_offer_with_number_and_log(world, agent, community, listing):
    assert (listing.status, listing.agent_id, listing.version) == ("active", agent.id, 1)
    assert (listing.company_id, listing.district_id) == (agent.company_id, community.district_id)
    assert listing.department_id == world.department("store_east").id
    assert listing.code.startswith("LST")
    assert [row.operation for row in logged(listing)] == ["listing.create"]
    assert told(agent) == []


def test_lst_1_one_given_to_a_colleague_tells_them(world, agent, community):
    other = world.actor("agent3")
    made = make_listing(agent, community, agent_id=other.id)
    assert (made.agent_id, made.department_id) == (other.id, world.department("store_west").id)
    assert [note.record_id for note in told(other)] == [made.id]


@pytest.mark.parametrize("who", ["other_agent", "finance", "broker"])
def test_acc_15_only_who_may_maintain_listings_of_the_company_is_named(world, agent, community, who):
    with pytest.raises(Invalid) as refused:
        make_listing(agent, community, agent_id=world.actor(who).id)
    assert [*refused.value.fields] == ["agent_id"]


def test_lst_1_neither_another_companys_community_nor_a_floor_above_the_roof(world, agent, community):
    with pytest.raises(Invalid) as refused:
        make_listing(world.actor("other_agent"), community)
    assert [*refused.value.fields] == ["community_id"]
    with pytest.raises(Invalid) as refused:
        make_listing(agent, community, floor=12, floors=11)
    assert [*refused.value.fields] == ["floor"]


SEES = {  # who sees it on offer, and once it was withdrawn
    "agent": (True, True), "manager": (True, True), "regional": (True, True), "admin": (True, True),
    "auditor": (True, True), "agent2": (True, False), "agent3": (True, False), "manager2": (True, False),
    "finance": (True, True), "onsite": (True, False), "other_agent": (False, False), "broker": (False, False),
    "visitor": (False, False),
}  # fmt: skip


def test_lst_0_who_sees_listings(world, agent, listing):
    before = {name: visible(listing.id, world.actor(name)) for name in SEES}
    withdraw_listing(listing.id, actor=agent)
    after = {name: visible(listing.id, world.actor(name)) for name in SEES}
    assert {name: (before[name], after[name]) for name in SEES} == SEES


def test_lst_0_an_edit_is_logged_and_counts(world, agent, listing):
    moment = listing.price_at
    update_listing(
        listing.id, values={"price": Decimal(950_000), "rooms": 3, "halls": None}, version=1, actor=agent
    )
    row = logged(listing)[-1]
    assert (row.operation, listing.version, listing.halls) == ("listing.update", 2, 0)
    assert {*row.differences} == {"price", "halls"}
    assert listing.price_at >= moment
    update_listing(listing.id, values={"rooms": 3}, actor=agent)
    assert (listing.version, len(logged(listing))) == (2, 2), "nothing changed"


def test_lst_0_an_edit_from_an_old_version_is_refused(agent, listing):
    update_listing(listing.id, values={"rooms": 4}, version=1, actor=agent)
    with pytest.raises(Stale):
        update_listing(listing.id, values={"rooms": 2}, version=1, actor=agent)
    assert db.session.get(Listing, listing.id).rooms == 4


def test_lst_0_colleagues_change_nothing(world, agent, listing):
    other = world.actor("agent2")
    with pytest.raises(Denied) as refused:
        update_listing(listing.id, values={"price": Decimal(1)}, actor=other)
    assert refused.value.code == "listing.not_keeper"
    with pytest.raises(Denied):
        reserve_listing(listing.id, actor=other)
    kept = get_listing(listing.id, actor=agent)
    assert (kept.price, kept.status, len(logged(listing))) == (Decimal(1_000_000), "active", 1)


def test_lst_0_a_superior_changes_the_state_and_the_agent_is_told(world, agent, listing):
    manager = world.actor("manager")
    for step, state in (
        (reserve_listing, "reserved"), (finish_listing, "done"), (offer_listing_again, "active"), (withdraw_listing, "withdrawn")
    ):  # fmt: skip
        assert step(listing.id, actor=manager).status == state
    assert [row.operation for row in logged(listing)][1:] == [
        "listing.reserve", "listing.finish", "listing.offer_again", "listing.withdraw"
    ]  # fmt: skip
    assert len(told(agent)) == 4
    with pytest.raises(Denied) as refused:
        reserve_listing(listing.id, actor=manager)
    assert (refused.value.code, len(told(agent))) == ("listing.withdrawn", 4)


def test_lst_1_listings_go_with_their_community_into_another_district(world, listing, community):
    manager = world.actor("manager")
    update_community(community.id, values={"district_id": world.district("青羊区").id}, actor=manager)
    db.session.expire_all()
    assert db.session.get(Listing, listing.id).district_id == world.district("青羊区").id
    assert logged(community)[-1].differences["district_id"] == ["锦江区", "青羊区"]


@pytest.mark.both
def test_lst_1_one_community_of_a_name_in_a_district(world, agent, community):
    with pytest.raises(Denied) as refused:
        make_community(agent, world, name="锦绣 花园")
    assert refused.value.code == "community.name_taken"
    assert make_community(agent, world, name="锦绣花园", district="青羊区").id != community.id
    assert make_community(world.actor("other_agent"), world, name="锦绣花园").company_id != agent.company_id


def test_lst_1_coordinates_are_a_pair(world, agent):
    with pytest.raises(Invalid) as refused:
        make_community(agent, world, longitude=Decimal("104.1"))
    assert [*refused.value.fields] == ["latitude"]
