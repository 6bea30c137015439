"""CUST-21, POOL-23: changing the owner is a transfer."""

from __future__ import annotations

import pytest

from app.audit.models import OperationLog
from app.audit.queries import operations_of
from app.customers.members.queries import members_of
from app.customers.members.services import add_member
from app.customers.profile.services import update_customer
from app.customers.shared.queries import get_customer
from app.customers.shared.settings import DEDUPE_MODE
from app.customers.transfers import policies
from app.customers.transfers.services import transfer_customer
from app.kernel.database.session import db
from app.kernel.errors import NotFound, Stale
from app.org.shared.models import Staff
from tests.support.make import (
    make_customer,
    make_member,
    make_platform_customer,
    make_push,
    next_phone,
    shelve,
)
from tests.support.policy_cases import check_table, in_state
from tests.support.traces import claims, denied, invalid, nothing_written, notifications, operations, stored
from tests.support.web.person import Browser

# p: a platform customer has no owner to change.
TRANSFERS = """
owner                  yyy ----   yyy ----
handler                --- --n-   --- --n-
holder                 --- -p--   --- -p--
write_member           nnn nnnn   nnn nnnn
read_member            nnn nnnn   nnn nnnn
superior               yyy -pp-   yyy -pp-
scope_over_person      nnn -nn-   nnn -nn-
department_manager     yyy pppp   yyy pppp
scope_over_department  nnn nnnn   nnn nnnn
same_department        nnn nnnn   nnn nnnn
department_above       nnn nnnn   nnn nnnn
push_pending           nnn nnnn   nnn nnnn
push_accepted          nnn nnnn   nnn nnnn
district_meets         --- ----   nnn nnnn
other_company          nnn nnnn   nnn nnnn
stranger               nnn nnnn   nnn nnnn
no_staff               nnn nnnn   nnn nnnn
auditor                nnn nnnn   nnn nnnn
admin                  yyy pppp   yyy pppp
"""


@pytest.fixture
def made(world):
    return make_customer(world.actor("agent"))


def _call(customer, receiver, actor, reason="调整分工"):
    return transfer_customer(customer.id, owner_id=receiver.id, reason=reason, actor=actor)


def test_cust_21_who_may_change_the_owner():
    letters = {"n": "customer.not_in_charge", "p": in_state("customer.no_owner")}
    for kind in ("individual", "enterprise"):
        check_table(TRANSFERS, policies.can_transfer, letters, kind=kind)


def test_cust_21_the_former_owner_loses_the_customer(world, made):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    _call(made, receiver, agent)
    row = stored(made.id)
    assert (row["owner_id"], row["department_id"]) == (receiver.id, receiver.department_id)
    assert row["version"] == 2
    with pytest.raises(NotFound):
        get_customer(made.id, actor=agent)
    with pytest.raises(NotFound):
        get_customer(made.id, actor=world.actor("manager"))
    for name in ("agent3", "manager2", "regional"):
        assert get_customer(made.id, actor=world.actor(name)).owner.name == receiver.name


@pytest.mark.both
def test_cust_7_the_claim_moves_along(world, made):
    agent, receiver = world.actor("agent"), world.actor("agent3")
    assert claims(made) == [f"o:{agent.id}"]
    phone = made.phone.reveal()
    _call(made, receiver, agent)
    assert claims(made) == [f"o:{receiver.id}"]
    again = make_customer(agent, phone=phone)
    assert claims(again) == [f"o:{agent.id}"]


def test_cust_21_both_are_told_and_it_is_recorded(world, made):
    agent, receiver, manager = world.actor("agent"), world.actor("agent3"), world.actor("manager")
    _call(made, receiver, manager, reason="片区调整")
    (to_new,), (to_old,) = notifications(receiver.id), notifications(agent.id)
    assert (to_new.customer_id, to_old.customer_id) == (made.id, None)
    assert to_new.parameters == {"who": manager.name, "name": made.name, "reason": "片区调整"}
    assert to_old.parameters == {"name": made.name, "receiver": receiver.name, "reason": "片区调整"}
    (log,) = operations(made, "customer.transfer")
    assert (log.actor_id, log.parameters) == (manager.id, {"reason": "片区调整"})
    assert log.differences == {"owner": [agent.name, receiver.name]}
    edits = db.session.scalars(operations_of(made, edits_only=True)).all()
    assert [one.operation for one in edits] == ["customer.transfer"]
    assert isinstance(edits[0], OperationLog)


def test_cust_20_an_edit_from_before_the_transfer_is_stale(world, made):
    _call(made, world.actor("agent3"), world.actor("regional"))
    with pytest.raises(Stale):
        update_customer(made.id, version=1, values={"remark": "x"}, actor=world.actor("regional"))


def test_cust_7_a_duplicate_at_the_receivers_refuses(world, made):
    receiver = world.actor("agent2")
    theirs = make_customer(receiver, phone=made.phone.reveal())
    with denied("customer.duplicate") as caught:
        _call(made, receiver, world.actor("manager"))
    assert caught.value.decision.details == {"rule": "own_personal", "customer_id": theirs.id}
    with denied("customer.duplicate") as caught:
        _call(made, receiver, world.actor("agent"))
    assert caught.value.decision.details == {"rule": "own_personal"}, (
        "nothing is told about what is out of reach"
    )
    assert claims(made) == [f"o:{made.owner_id}"]


def test_pool_1_the_receivers_place_decides(world):
    """A platform customer of the receiver's department is a duplicate there, though not here."""
    phone = next_phone()
    mine = make_customer(world.actor("agent"), phone=phone)
    make_platform_customer(world.actor("agent3"), phone=phone)
    with denied("customer.duplicate") as caught:
        _call(mine, world.actor("agent3"), world.actor("regional"))
    assert caught.value.decision.details["rule"] == "platform_in_reach"
    _call(mine, world.actor("agent2"), world.actor("regional"))


def test_pool_1_an_accepted_push_of_the_same_number_refuses(world, made):
    receiver = world.actor("agent3")
    other = make_customer(world.actor("agent2"), phone=made.phone.reveal())
    make_push(other, receiver=receiver, state="accepted")
    with denied("customer.duplicate") as caught:
        _call(made, receiver, world.actor("agent"))
    assert caught.value.decision.details["rule"] == "accepted_push"


def test_cust_7_with_one_number_for_all_a_transfer_still_works(world):
    DEDUPE_MODE.store("global")
    db.session.commit()
    made = make_customer(world.actor("agent"))
    _call(made, world.actor("agent3"), world.actor("agent"))
    assert claims(made) == ["g"]


def test_cust_7_without_a_number_there_is_no_such_rule(world):
    made = make_customer(world.actor("agent"), kind="enterprise", phone=None)
    _call(made, world.actor("agent2"), world.actor("agent"))
    assert claims(made) == []


def test_cust_21_the_receiver_is_an_active_colleague_of_the_customers_company(world, made):
    gone = db.session.get(Staff, world.actor("agent2").id)
    gone.status = "departed"
    db.session.commit()
    for owner_id in (gone.id, world.actor("other_agent").id, world.actor("broker").id, 10**6):
        with invalid("owner_id"):
            transfer_customer(made.id, owner_id=owner_id, reason="x", actor=world.actor("agent"))


def test_cust_21_not_to_its_owner(world, made):
    with denied("customer.same_owner") as caught:
        _call(made, world.actor("agent"), world.actor("manager"))
    assert caught.value.decision.field == "owner_id"


def test_cust_21_platform_customers_have_no_owner(world):
    made = make_platform_customer(world.actor("agent"))
    with denied("customer.no_owner"):
        _call(made, world.actor("agent2"), world.actor("manager"))


def test_cust_21_members_do_not_give_away(world, made):
    make_member(made, world.actor("agent2"), "write")
    with denied("customer.not_in_charge", 403):
        _call(made, world.actor("agent2"), world.actor("agent2"))


def test_acc_6_out_of_reach_is_not_found(world, made):
    for name in ("agent2", "agent3", "other_agent"):
        with nothing_written(), pytest.raises(NotFound):
            _call(made, world.actor(name), world.actor(name))


def test_cust_3_the_new_owner_is_no_member_any_more(world, made):
    agent, receiver = world.actor("agent"), world.actor("agent2")
    for name, access in (("agent2", "write"), ("agent3", "read")):
        add_member(made.id, staff_id=world.actor(name).id, access=access, actor=agent)
    _call(made, receiver, agent)
    assert [row.staff_id for row in db.session.scalars(members_of(made))] == [world.actor("agent3").id]
    db.session.rollback()
    _call(made, world.actor("manager"), receiver)
    with pytest.raises(NotFound):
        get_customer(made.id, actor=receiver)


def test_pool_9_a_pending_personal_customer_waits_for_its_new_owner(world, made):
    made.follow_status, made.handler_id = "pending", made.owner_id
    db.session.commit()
    receiver = world.actor("agent2")
    _call(made, receiver, world.actor("manager"))
    row = stored(made.id)
    assert (row["follow_status"], row["handler_id"], row["owner_id"]) == ("pending", receiver.id, receiver.id)


def test_cust_21_off_shelf_customers_can_be_transferred(world, made):
    shelve(made)
    _call(made, world.actor("agent2"), world.actor("manager"))
    assert stored(made.id)["follow_status"] == "off_shelf"


def test_cust_21_on_pages_the_former_owner_is_led_to_the_list(app, world, made):
    browser, receiver = Browser(app, "agent"), world.actor("agent3")
    path = f"/customers/{made.id}/transfer"
    page = browser.submit(path, {"owner_id": "", "reason": " "}, 422)
    assert set(page.errors()) == {"owner_id", "reason"}
    page = browser.submit(path, {"owner_id": str(world.actor("agent").id), "reason": "误选"}, 409)
    assert set(page.errors()) == {"owner_id"}
    assert page.values()["reason"] == "误选"
    done = browser.post(path, {"owner_id": str(receiver.id), "reason": "调整"})
    assert (done.status_code, done.location) == (303, "/customers/")
    assert browser.get(f"/customers/{made.id}").status_code == 404
    done = Browser(app, "regional").post(path, {"owner_id": str(world.actor("agent2").id), "reason": "调整"})
    assert done.location == f"/customers/{made.id}"


@pytest.mark.both
def test_cust_21_in_the_api(api, world, made):
    path, receiver = f"/customers/{made.id}/transfer", world.actor("agent3")
    http = api("agent")
    assert http.post(path, {"owner_id": receiver.id}).status_code == 422
    assert http.post(path, {"owner_id": 10**6, "reason": "x"}).status_code == 422
    assert api("agent2").post(path, {"owner_id": receiver.id, "reason": "x"}).status_code == 404
    assert api("auditor").post(path, {"owner_id": receiver.id, "reason": "x"}).status_code == 403
    done = http.post(path, {"owner_id": receiver.id, "reason": "调整"})
    assert done.status_code == 200
    body = done.get_json()
    assert body["owner"] == {"id": receiver.id, "name": receiver.name}
    assert body["department"] == {"id": receiver.department_id, "name": "城西店"}
    assert http.get(f"/customers/{made.id}").status_code == 404
