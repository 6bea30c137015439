"""CUST-3: the team of a customer."""

from __future__ import annotations

import pytest

from app.customers.members import policies
from app.customers.members.queries import members_of
from app.customers.members.services import add_member, remove_member
from app.customers.profile.services import update_customer
from app.customers.shared.queries import get_customer
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from tests.support.make import make_customer, make_platform_customer
from tests.support.policy_cases import check_table
from tests.support.traces import denied, invalid, nothing_written, notifications, operations
from tests.support.web.person import Browser

# The owner or holder, a superior, the administrator; a write member edits, but does not choose the team.
IN_CHARGE = """
owner                  yyy ----   yyy ----
handler                --- --n-   --- --n-
holder                 --- -y--   --- -y--
write_member           nnn nnnn   nnn nnnn
read_member            nnn nnnn   nnn nnnn
superior               yyy -yy-   yyy -yy-
scope_over_person      nnn -nn-   nnn -nn-
department_manager     yyy yyyy   yyy yyyy
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
admin                  yyy yyyy   yyy yyyy
"""


@pytest.fixture
def made(world):
    return make_customer(world.actor("agent"))


def _team(customer) -> list[tuple[str, str]]:
    return [(row.staff.name, row.access) for row in db.session.scalars(members_of(customer))]


def test_cust_3_who_decides_about_the_team():
    for kind in ("individual", "enterprise"):
        check_table(IN_CHARGE, policies.can_manage_team, {"n": "customer.not_in_charge"}, kind=kind)


def test_cust_3_a_reader_reads_and_a_writer_writes(world, made):
    agent, other = world.actor("agent"), world.actor("agent3")
    with pytest.raises(NotFound):
        get_customer(made.id, actor=other)
    add_member(made.id, staff_id=other.id, access="read", actor=agent)
    assert get_customer(made.id, actor=other)
    with denied("customer.read_only", 403):
        update_customer(made.id, version=1, values={"remark": "x"}, actor=other)
    add_member(made.id, staff_id=other.id, access="write", actor=agent)
    update_customer(made.id, version=1, values={"remark": "x", "level": "important"}, actor=other)
    assert _team(made) == [(other.name, "write")]


def test_cust_3_each_change_is_recorded_and_told(world, made):
    agent, other = world.actor("agent"), world.actor("agent3")
    add_member(made.id, staff_id=other.id, access="read", actor=agent)
    add_member(made.id, staff_id=other.id, access="write", actor=agent)
    remove_member(made.id, staff_id=other.id, actor=world.actor("manager"))
    logs = operations(made, "customer.add_member") + operations(made, "customer.remove_member")
    assert [(log.parameters["member"], log.differences["member_access"]) for log in logs] == [
        (other.name, ["", "read"]),
        (other.name, ["read", "write"]),
        (other.name, ["write", ""]),
    ]
    told = notifications(other.id)
    assert [one.customer_id for one in told] == [made.id, made.id, None], "no link to what is out of reach"
    assert {one.parameters["name"] for one in told} == {made.name}
    assert told[2].parameters["who"] == world.actor("manager").name
    with pytest.raises(NotFound):
        get_customer(made.id, actor=other)


def test_cust_3_a_superior_on_the_team_is_not_told_by_themself(world, made):
    manager = world.actor("manager")
    add_member(made.id, staff_id=manager.id, access="read", actor=manager)
    remove_member(made.id, staff_id=manager.id, actor=manager)
    assert notifications(manager.id) == []


def test_cust_3_only_active_colleagues_of_the_customers_company(world, made):
    for staff_id in (world.actor("other_agent").id, world.actor("broker").id, 10**6):
        with invalid("staff_id"):
            add_member(made.id, staff_id=staff_id, access="read", actor=world.actor("agent"))
    abroad = make_customer(world.actor("other_agent"))
    with invalid("staff_id"):
        add_member(
            abroad.id,
            staff_id=world.actor("agent").id,
            access="read",
            actor=world.actor("admin"),
        )


def test_cust_3_the_responsible_person_needs_no_membership(world, made):
    with denied("customer.is_responsible"):
        add_member(made.id, staff_id=made.owner_id, access="write", actor=world.actor("manager"))
    held = make_platform_customer(world.actor("agent"), state="private")
    with denied("customer.is_responsible"):
        add_member(held.id, staff_id=held.private_holder_id, access="read", actor=world.actor("manager"))


def test_cust_3_twice_is_once(world, made):
    add_member(made.id, staff_id=world.actor("agent2").id, access="read", actor=world.actor("agent"))
    with denied("customer.is_member"):
        add_member(made.id, staff_id=world.actor("agent2").id, access="read", actor=world.actor("agent"))


def test_cust_3_a_member_decides_nothing_about_the_team(world, made):
    add_member(made.id, staff_id=world.actor("agent2").id, access="write", actor=world.actor("agent"))
    with denied("customer.not_in_charge", 403):
        add_member(made.id, staff_id=world.actor("agent3").id, access="read", actor=world.actor("agent2"))
    with denied("customer.not_in_charge", 403):
        remove_member(made.id, staff_id=world.actor("agent2").id, actor=world.actor("agent2"))


def test_acc_6_out_of_reach_and_who_is_no_member_is_not_found(world, made):
    with nothing_written(), pytest.raises(NotFound):
        add_member(made.id, staff_id=world.actor("agent").id, access="read", actor=world.actor("agent3"))
    with nothing_written(), pytest.raises(NotFound):
        remove_member(made.id, staff_id=world.actor("agent2").id, actor=world.actor("agent"))


def test_cust_3_the_team_on_pages(app, world, made):
    browser = Browser(app, "agent")
    path, colleague = f"/customers/{made.id}/add-member", world.actor("agent2")
    assert browser.get(path).status_code == 200
    page = browser.submit(path, {"staff_id": "", "access": "own"}, 422)
    assert set(page.errors()) == {"staff_id", "access"}
    done = browser.post(path, {"staff_id": str(colleague.id), "access": "write"})
    assert (done.status_code, done.location) == (303, f"/customers/{made.id}#team")
    tab = browser.get(f"/customers/{made.id}/tab/team").get_data(as_text=True)
    assert colleague.name in tab
    assert f"/customers/{made.id}/members/{colleague.id}/remove" in tab
    reading = Browser(app, "agent2").page(f"/customers/{made.id}/tab/team")
    assert colleague.name in reading.text
    (refused,) = [one for one in reading.all("button") if one.text == "移除"]
    assert refused["title"] == "只有所属人、上级或管理员可以执行此操作"
    assert Browser(app, "agent2").get(path).status_code == 403
    assert browser.post(f"/customers/{made.id}/members/{colleague.id}/remove").status_code == 303
    assert "已将同事移出" in browser.page(f"/customers/{made.id}").text
    assert _team(made) == []
    assert Browser(app, "agent3").get(path).status_code == 404


@pytest.mark.both
def test_cust_3_the_team_in_the_api(api, world, made):
    http, path, colleague = api("agent"), f"/customers/{made.id}/members", world.actor("agent2")
    added = http.post(path, {"staff_id": colleague.id, "access": "read"})
    assert added.status_code == 201
    assert added.get_json() == {
        "id": colleague.id,
        "name": colleague.name,
        "department": {"id": colleague.department_id, "name": "城东店"},
        "access": "read",
        "push_id": None,
    }
    assert http.get(path).get_json() == {"items": [added.get_json()]}
    assert api("agent2").get(path).status_code == 200
    assert api("agent3").get(path).status_code == 404
    assert api("auditor").post(path, {"staff_id": colleague.id, "access": "read"}).status_code == 403
    assert http.post(path, {"staff_id": "x"}).status_code == 422
    assert http.delete(f"{path}/{colleague.id}").get_json() == {"items": []}
    assert http.delete(f"{path}/{colleague.id}").status_code == 404
    allowed = api("manager").get(f"/customers/{made.id}/allowed").get_json()
    assert allowed["add_member"]["allowed"]
