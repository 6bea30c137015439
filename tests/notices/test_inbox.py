"""PLAT-2 (part): the inbox: only one's own, read once, counted in the badge, in the reader's language."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.pages.badges import count_badges
from app.notices.models import Notification
from app.notices.queries import visible_notifications
from app.notices.services import mark_read, notify
from tests.support.make import make_customer
from tests.support.web.clients import post_form, sign_in

MESSAGE = "New customer to handle: %(name)s"


@pytest.fixture
def tell(world):
    """``tell("agent", "王小明")``: write a notification; return its id."""

    @transactional
    def put(who, name="王小明", **more):
        made = notify(world.actor(who).id, MESSAGE, name=name, **more)
        db.session.flush()
        return made.id

    return put


def _inbox(world, who):
    return [row.id for row in db.session.scalars(visible_notifications(world.actor(who)))]


@pytest.mark.both
def test_plat_2_everybody_sees_their_own_only(world, tell, api):
    mine, theirs = tell("agent"), tell("agent2")
    assert (_inbox(world, "agent"), _inbox(world, "agent2"), _inbox(world, "admin")) == ([mine], [theirs], [])
    agent = api("agent")
    assert [item["id"] for item in agent.get("/notifications").get_json()["items"]] == [mine]
    assert agent.get(f"/notifications/{mine}").status_code == 200
    assert agent.get(f"/notifications/{theirs}").status_code == 404
    assert api("admin").get(f"/notifications/{mine}").status_code == 404, "not even the administrator"


def test_plat_2_reading_one(world, tell):
    one, other = tell("agent"), tell("agent")
    agent = world.actor("agent")
    assert mark_read(actor=agent, pk=one) == 1
    assert mark_read(actor=agent, pk=one) == 0
    assert db.session.get(Notification, one).read_at is not None
    assert db.session.get(Notification, other).read_at is None


def test_plat_2_reading_all_keeps_the_first_moment_and_others_inboxes(world, tell):
    one, theirs = tell("agent"), tell("agent2")
    agent = world.actor("agent")
    mark_read(actor=agent, pk=one)
    db.session.expire_all()
    moment = db.session.get(Notification, one).read_at
    tell("agent")
    tell("agent")
    assert mark_read(actor=agent) == 2
    db.session.expire_all()
    assert db.session.get(Notification, one).read_at == moment
    assert db.session.get(Notification, theirs).read_at is None


def test_plat_2_people_mark_only_their_own_as_read(world, tell, api):
    theirs = tell("agent2")
    assert mark_read(actor=world.actor("agent"), pk=theirs) == 0
    assert api("agent").post("/notifications/read", {"id": theirs}).get_json() == {"read": 0}
    db.session.expire_all()
    assert db.session.get(Notification, theirs).read_at is None


@pytest.mark.parametrize("body", [{"id": "1"}, {"id": True}, {"id": [1]}, {"ids": [1]}, []])
def test_plat_9_a_wrong_body_is_named(api, tell, body):
    tell("agent")
    assert api("agent").post("/notifications/read", body).status_code == 422
    assert api("agent").post("/notifications/read").get_json() == {"read": 1}


@pytest.mark.both
def test_plat_2_the_badge_counts_what_is_unread(world, tell, api):
    for _ in range(3):
        tell("agent")
    tell("agent2")
    mark_read(actor=world.actor("agent"), pk=_inbox(world, "agent")[0])
    assert count_badges(world.actor("agent"))["notifications"] == 2
    assert api("agent").get("/me").get_json()["badges"]["notifications"] == 2
    assert api("admin").get("/me").get_json()["badges"]["notifications"] == 0


def test_plat_15_a_message_follows_its_reader(world, tell, api):
    pk = tell("agent", "100% 王<b>")
    agent = api("agent")
    chinese = agent.get(f"/notifications/{pk}").get_json()["title"]
    english = agent.get(f"/notifications/{pk}").get_json()["title"]
    assert english == chinese
    english = agent.open("GET", f"/notifications/{pk}", headers={"Accept-Language": "en"}).get_json()["title"]
    assert english == "New customer to handle: 100% 王<b>"
    assert chinese != english
    assert chinese.endswith("100% 王<b>")


def test_a_page_shows_the_message_escaped_and_its_customer(world, tell, client):
    made = make_customer(world.actor("agent"), name="李<script>")
    tell("agent", "李<script>", customer_id=made.id)
    page = sign_in(client, "agent").get("/inbox/").get_data(as_text=True)
    assert "李&lt;script&gt;" in page
    assert "李<script>" not in page
    assert f"/customers/{made.id}" in page


def test_marking_all_on_the_page(world, tell, client):
    tell("agent")
    tell("agent2")
    answer = post_form(sign_in(client, "agent"), "/inbox/read", page="/inbox/")
    assert answer.status_code == 303
    unread = db.session.scalars(select(Notification.recipient_id).where(Notification.read_at.is_(None))).all()
    assert unread == [world.actor("agent2").id]


def test_opening_one_on_the_page_reads_it_and_leads_to_its_customer(world, tell, client):
    made = make_customer(world.actor("agent"))
    pk, theirs = tell("agent", customer_id=made.id), tell("agent2")
    sign_in(client, "agent")
    answer = post_form(client, f"/inbox/{pk}/read", page="/inbox/")
    assert (answer.status_code, answer.location) == (303, f"/customers/{made.id}")
    assert db.session.get(Notification, pk).read_at is not None
    assert post_form(client, f"/inbox/{theirs}/read", page="/inbox/").status_code == 404


def test_plat_2_a_rollback_leaves_no_notification(world):
    @transactional
    def refused():
        notify(world.actor("agent").id, MESSAGE, name="x")
        raise LookupError

    with pytest.raises(LookupError):
        refused()
    assert _inbox(world, "agent") == []
