"""LST-1, LST-3, LST-4: matches on the pages of the customer and of the listing."""

from __future__ import annotations

from decimal import Decimal

from app.kernel.database.session import db
from app.listings.matching.queries import interest_of_pair, musts_of
from tests.support.listings import make_community, make_listing
from tests.support.make import make_customer
from tests.support.web.person import Browser


def test_lst_3_the_customers_page_shows_matches_with_reasons_and_takes_the_answer(app, world):
    agent = world.actor("agent")
    customer = make_customer(agent, name="王先生", demand={"kind": "buy", "price_max": Decimal(1_000_000)})
    listing = make_listing(agent, make_community(agent, world, name="锦绣花园"), price=1_050_000)
    db.session.commit()
    browser, other = Browser(app, "agent"), Browser(app, "agent3")
    tab = browser.get(f"/customers/{customer.id}/tab/matches").text
    assert "锦绣花园 3室2厅 100㎡" in tab
    assert "总价超预算 5%" in tab
    path = f"/customers/{customer.id}/listings/{listing.id}/judge"
    assert path in tab
    assert other.get(path).status_code == 404
    assert browser.get(f"{path}?state=refused").status_code == 200
    assert browser.post(path, {"state": "refused", "reason": "临街"}).status_code == 303
    assert interest_of_pair(customer.id, listing.id).reason == "临街"
    assert "锦绣花园" not in browser.get(f"/customers/{customer.id}/tab/matches").text
    assert "临街" in browser.get(f"/customers/{customer.id}/tab/listing_interests").text
    answer = browser.post(f"/customers/{customer.id}/set-musts", {"price": "y"})
    assert (answer.status_code, musts_of(customer.id)) == (303, {"price"})


def test_lst_4_the_listings_page_shows_the_customers_in_reach(app, world):
    agent = world.actor("agent")
    make_customer(agent, name="王先生", demand={"kind": "buy"})
    listing = make_listing(agent, make_community(agent, world))
    db.session.commit()
    path = f"/listings/{listing.id}/tab/matches"
    assert "王先生" in Browser(app, "agent").get(path).text
    assert "王先生" not in Browser(app, "agent2").get(path).text
    assert Browser(app, "onsite").get(path).status_code in {403, 404}, "who may not read customers"
    assert Browser(app, "other_agent").get(path).status_code == 404


def test_lst_1_a_listing_is_entered_and_edited_in_the_browser(app, world):
    agent = world.actor("agent")
    place = make_community(agent, world)
    db.session.commit()
    browser = Browser(app, "agent")
    typed = {"community_id": str(place.id), "kind": "sale", "price": "120万", "area": "89.5", "rooms": "3"}
    answer = browser.post("/listings/new", typed)
    assert answer.status_code == 303, answer.text[:300]
    page = answer.headers["Location"]
    assert "¥1,200,000" in browser.get(page).text
    typed |= {"price": "118万", "version": "1"}
    assert browser.post(f"{page}/edit", typed).status_code == 303
    assert "¥1,180,000" in browser.get(page).text
