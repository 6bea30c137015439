"""LST-0, LST-1: the lists of listings and communities, on the page and in the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from app.kernel import clock
from app.listings.homes.services import reserve_listing
from app.listings.matching.services import judge_listing
from tests.support.listings import make_community, make_listing
from tests.support.make import make_customer
from tests.support.web.kit import ApiTests, ListViewTests

LONG_AGO = datetime(2026, 1, 1, 4, tzinfo=UTC)


class TestListings(ListViewTests):
    """LST-0: everybody of the company reads what is on offer."""

    view = "ListingView"
    api = "/listings"
    column = "code"
    allowed = ("agent", "manager", "auditor", "admin")
    outsiders = ("broker", "visitor", "brokersite")
    strangers = ("other_agent",)
    filters: ClassVar = {
        "community=锦绣": ["{old}"], "code={old}": ["{old}"], "kind=rent": ["{new}"], "status=reserved": ["{old}"],
        "district_id={east}": ["{old}"], "price_from=5000": ["{old}"], "price_to=5000": ["{new}"],
        "area_from=60": ["{old}"], "area_to=60": ["{new}"], "rooms=0": ["{new}"], "rooms=3": ["{old}"],
        "agent_id={agent}": ["{old}"], "community_id={place}": ["{old}"], "created_to=2026-01-31": ["{old}"],
        "created_from=2026-02-01": ["{new}"],
    }  # fmt: skip
    orders: ClassVar = {
        "created_at": ["{old}", "{new}"],
        "price": ["{new}", "{old}"],
        "area": ["{new}", "{old}"],
    }

    def prepare(self):
        world = self.people
        self.agent, other = world.actor("agent"), world.actor("manager")
        self.place = make_community(self.agent, world, name="锦绣花园")
        with clock.frozen(LONG_AGO):
            old = make_listing(self.agent, self.place)
        reserve_listing(old.id, actor=self.agent)
        west = make_community(self.agent, world, name="望江楼", district="青羊区")
        new = make_listing(other, west, kind="rent", price=3000, area=45, rooms=0)
        self.known = {
            "old": old.code, "new": new.code, "place": self.place.id, "agent": self.agent.id,
            "east": world.district("锦江区").id,
        }  # fmt: skip

    def add(self, number):
        make_listing(self.agent, make_community(self.agent, self.people))


class TestCommunities(ListViewTests):
    """LST-1: everybody of the company reads communities."""

    view = "CommunityView"
    api = "/communities"
    allowed = ("agent", "manager", "auditor")
    outsiders = ("broker", "visitor")
    strangers = ("other_agent",)
    filters: ClassVar = {
        "name=锦绣": ["锦绣花园"], "district_id={west}": ["望江楼"], "created_to=2026-01-31": ["锦绣花园"],
        "created_from=2026-02-01": ["望江楼"],
    }  # fmt: skip
    orders: ClassVar = {"name": ["锦绣花园", "望江楼"], "created_at": ["锦绣花园", "望江楼"]}

    def prepare(self):
        self.agent = self.people.actor("agent")
        with clock.frozen(LONG_AGO):
            make_community(self.agent, self.people, name="锦绣花园")
        make_community(self.agent, self.people, name="望江楼", district="青羊区")
        self.known = {"west": self.people.district("青羊区").id}

    def add(self, number):
        make_community(self.agent, self.people)


class TestAnswersOfACustomer(ApiTests):
    """LST-3: what a customer said of listings is a part of the customer."""

    path = "/customers/<int:pk>/listing-interests"
    column = "reason"
    allowed = ("agent", "manager", "admin", "auditor")
    outsiders = ("director", "onsite", "broker", "visitor")
    strangers = ("agent3", "other_agent")
    orders: ClassVar = {"created_at": ["太吵1", "太吵2"]}

    def prepare(self):
        self.agent = self.people.actor("agent")
        self.pk = make_customer(self.agent).id
        self.place = make_community(self.agent, self.people)
        self.add(1)
        self.add(2)

    def add(self, number):
        made = make_listing(self.agent, self.place)
        judge_listing(self.pk, listing_id=made.id, state="refused", reason=f"太吵{number}", actor=self.agent)
