"""ACC-2, ACC-13, ACC-15: the pages of staff: list, hiring, the ordinary edit, organising."""

from __future__ import annotations

import re
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.org.roles import services
from app.org.roles.models import RoleScope
from app.org.sessions.actors import actor_by_username
from app.org.sessions.signin import check_credentials
from app.org.shared.models import Account, Staff
from app.org.staff import services as staffing
from tests.support.make import make_customer
from tests.support.people.accounts import account
from tests.support.people.organisation import differences_of, last_operation, nothing_changed
from tests.support.people.roles import role_id
from tests.support.people.world import PASSWORD
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser
from tests.support.web.routes import all_routes

FIRST = "Blaue-Ente-77"


def _form(world, **changed):
    return {
        "username": "xin.ren",
        "name": "辛人",
        "password": FIRST,
        "phone": "１３８-0013 8000",
        "department_id": str(world.department("store_east").id),
        "role_ids": [str(role_id("Agent"))],
        "district_ids": [str(world.district("锦江区").id)],
        **changed,
    }


def _hire(world, **changed):
    values = {
        "username": "xin.ren",
        "name": "辛人",
        "password": FIRST,
        "department_id": world.department("store_east").id,
        "role_ids": [role_id("Agent")],
        "actor": world.actor("admin"),
        **changed,
    }
    return staffing.hire_staff(**values)


def test_acc_2_the_list_shows_number_name_phone_role_and_login(app, world):
    page = Browser(app, "admin", locale="en").page("/staff/?name=陈晓雯")
    assert [th.text for th in page.all("th")][:5] == [
        "Employee number",
        "Full name",
        "Phone",
        "Roles",
        "Login name",
    ]
    row = {td["data-key"]: td.text for td in page.all("td") if td["data-key"]}
    assert (row["name"], row["username"], row["roles"]) == ("陈晓雯", "agent", "Agent")
    assert re.fullmatch(r"E\d{5}", row["employee_no"])


def test_acc_2_search_by_name_and_phone(app, world):
    admin = Browser(app, "admin")
    staffing.edit_staff(world.actor("agent").id, phone="138 0013 8000", actor=world.actor("admin"))

    def found(query: str) -> list[str]:
        return [td.text for td in admin.page(f"/staff/?{query}").all("td") if td["data-key"] == "name"]

    assert found("name=晓雯") == ["陈晓雯"]
    assert found("phone=0013-8000") == ["陈晓雯"]
    assert found("phone=13800138000") == ["陈晓雯"]
    assert found("phone=无号码") == []


@pytest.mark.both
def test_acc_2_a_new_account_can_sign_in_and_has_to_change_the_first_password(app, world):
    assert Browser(app, "admin").post("/staff/new", _form(world)).status_code == 303
    staff = db.session.scalars(select(Staff).where(Staff.name == "辛人")).one()
    assert staff.phone == "13800138000"
    assert re.fullmatch(r"E\d{5}", staff.employee_no)
    user = check_credentials("xin.ren", FIRST)
    assert user.must_change_password
    actor = actor_by_username("xin.ren")
    assert actor.roles == {"Agent"}
    assert actor.department_id == world.department("store_east").id
    assert world.district("锦江区").id in actor.districts


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"username": "agent"}, 409, "username"),
        ({"username": "AGENT"}, 409, "username"),
        ({"username": "有 空格"}, 422, "username"),
        ({"password": "password123"}, 422, "password"),
        ({"phone": "12345"}, 422, "phone"),
        ({"department_id": "99999"}, 422, "department_id"),
        ({"role_ids": ["99999"]}, 422, "role_ids"),
        ({"role_ids": []}, 422, "role_ids"),
        ({"district_ids": ["99999"]}, 422, "district_ids"),
        ({"employee_no": "E00001"}, 409, "employee_no"),
        ({"employee_no": "e00001"}, 409, "employee_no"),
    ],
)
def test_acc_2_errors_are_under_their_field_and_nothing_is_left(app, world, changed, status, field):
    with nothing_changed(Staff, Account):
        page = Browser(app, "admin").submit("/staff/new", _form(world, **changed), status)
    assert list(page.errors()) == [field]
    assert page.values()["name"] == "辛人", "what was typed stays"


def test_acc_2_a_broker_role_is_not_for_staff(world):
    with pytest.raises(Invalid) as caught:
        _hire(world, role_ids=[role_id("Broker")])
    assert list(caught.value.fields) == ["role_ids"]


@pytest.mark.both
def test_acc_2_simultaneous_hiring_gives_different_numbers(app, world):
    start, numbers, wanted = Barrier(6), [], [role_id("Agent")]
    db.session.rollback()

    def hire(number: int) -> None:
        with app.app_context():
            start.wait()
            numbers.append(_hire(world, username=f"neu{number}", role_ids=wanted).employee_no)

    threads = [Thread(target=hire, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(numbers)) == 6


def test_acc_2_numbers_grow_past_five_digits(world):
    assert _hire(world, employee_no="E99999").employee_no == "E99999"
    assert _hire(world, username="neu2").employee_no == "E100000"
    assert _hire(world, username="neu3").employee_no == "E100001"


def test_acc_2_the_ordinary_edit_is_phone_and_password(app, world):
    pk = world.actor("agent").id
    admin = Browser(app, "admin")
    assert set(admin.page(f"/staff/{pk}/edit").values()) == {"csrf_token", "phone", "password"}
    sent = {"phone": "+86 139-0013-9000", "password": "", "name": "别名", "department_id": "1"}
    assert admin.post(f"/staff/{pk}/edit", sent).status_code == 303
    staff = db.session.get_one(Staff, pk)
    assert (staff.phone, staff.name) == ("13900139000", "陈晓雯")
    assert staff.department_id == world.department("store_east").id
    assert check_credentials("agent", PASSWORD) is not None, "left empty: unchanged"
    assert last_operation("staff", pk)[0] == "staff.edit"
    assert admin.post(f"/staff/{pk}/edit", {"phone": "", "password": FIRST}).status_code == 303
    assert check_credentials("agent", FIRST).must_change_password
    assert last_operation("account", pk)[0] == "account.password_reset"


def test_acc_2_organising_changes_the_scope_at_once(app, world):
    pk, customer = world.actor("agent3").id, make_customer(world.actor("agent")).id
    browser = Browser(app, "agent3")
    assert browser.get(f"/customers/{customer}").status_code == 404
    values = {
        "department_id": str(world.department("store_east").id),
        "role_ids": [str(role_id("StoreManager")), str(role_id("Agent"))],
        "district_ids": [str(world.district("锦江区").id)],
    }
    admin = Browser(app, "admin")
    shown = admin.page(f"/staff/{pk}/organise").values()
    assert shown["department_id"] == str(world.department("store_west").id)
    assert shown["role_ids"] == [str(role_id("Agent"))]
    assert admin.post(f"/staff/{pk}/organise", values).status_code == 303
    assert browser.get(f"/customers/{customer}").status_code == 200
    assert differences_of("staff", pk, "staff.department") == {"department": ["城西店", "城东店"]}
    assert differences_of("staff", pk, "staff.roles") == {"roles": ["Agent", "Agent、StoreManager"]}
    assert differences_of("staff", pk, "staff.districts") == {"districts": ["青羊区", "锦江区"]}


def test_acc_2_a_listener_hears_of_a_new_department_in_the_same_transaction(world, monkeypatch):
    heard = []
    monkeypatch.setattr(staffing, "_listeners", [lambda *args: heard.append(args)])
    agent, place = world.actor("agent"), world.department("store_west").id
    values = {"role_ids": [role_id("Agent")], "actor": world.actor("admin")}
    staffing.organise_staff(agent.id, department_id=place, **values)
    staffing.organise_staff(agent.id, department_id=place, **values)
    ((staff, former, actor),) = heard
    assert (staff.id, staff.department_id, former.name, actor.username) == (
        agent.id,
        place,
        "城东店",
        "admin",
    )


def _helper(world, *permissions: str) -> None:
    """Let ``manager`` edit staff, without being an administrator."""
    admin = world.actor("admin")
    made = services.create_role(name="人事", kind="department_tree", actor=admin)
    services.set_permissions(made.id, pairs={(f"can_{p}", "Staff") for p in permissions}, actor=admin)
    manager = db.session.get_one(Staff, world.actor("manager").id)
    staffing.organise_staff(
        manager.id,
        department_id=manager.department_id,
        role_ids=[role_id("StoreManager"), made.id],
        actor=admin,
    )


def test_acc_2_organise_staff_is_a_permission_of_its_own(app, world):
    _helper(world, "read", "organise")
    browser, pk = Browser(app, "manager"), world.actor("agent").id
    assert browser.get(f"/staff/{pk}/organise").status_code == 200
    assert browser.get(f"/staff/{pk}/edit").status_code == 403
    assert browser.get("/staff/new").status_code == 403
    assert browser.get(f"/staff/{world.actor('agent3').id}").status_code == 404, "beyond the data scope"
    assert browser.get(f"/staff/{world.actor('admin').id}/organise").status_code == 404


def test_acc_2_people_give_only_roles_within_their_own(world):
    _helper(world, "read", "organise", "update", "create")
    manager, agent = actor_by_username("manager"), world.actor("agent").id
    place = {"department_id": world.department("store_east").id, "actor": manager}
    for name in ("Admin", "Auditor", "Finance"):
        with pytest.raises(Denied) as caught:
            staffing.organise_staff(agent, role_ids=[role_id("Agent"), role_id(name)], **place)
        assert caught.value.code == "staff.role_beyond_yours", name
    with pytest.raises(Denied) as caught:
        staffing.organise_staff(manager.id, role_ids=[role_id("StoreManager")], **place)
    assert caught.value.code == "staff.yourself"
    with pytest.raises(Denied) as caught:
        staffing.edit_staff(agent, password=FIRST, actor=manager)
    assert caught.value.code == "staff.administrator_only"
    with pytest.raises(Denied) as caught:
        _hire(world, role_ids=[role_id("Admin")], actor=manager)
    assert caught.value.code == "staff.role_beyond_yours"
    with pytest.raises(Invalid):
        _hire(world, department_id=world.department("store_west").id, actor=manager)
    staffing.organise_staff(agent, role_ids=[role_id("StoreManager")], **place)
    assert actor_by_username("agent").roles == {"StoreManager"}


def test_acc_2_an_administrators_account_is_changed_by_administrators_only(world):
    _helper(world, "read", "organise", "update")
    admin = world.actor("admin")
    place = world.department("store_east").id
    staffing.organise_staff(
        world.actor("agent2").id, department_id=place, role_ids=[role_id("Admin")], actor=admin
    )
    manager = actor_by_username("manager")
    with pytest.raises(Denied) as caught:
        staffing.edit_staff(world.actor("agent2").id, phone="13800138000", actor=manager)
    assert caught.value.code == "staff.is_administrator"


def test_acc_7_one_administrator_always_stays(world):
    admin = world.actor("admin")
    with pytest.raises(Denied) as caught:
        staffing.organise_staff(
            admin.id, department_id=admin.department_id, role_ids=[role_id("Agent")], actor=admin
        )
    assert caught.value.code == "staff.last_administrator"
    db.session.rollback()
    assert actor_by_username("admin").is_admin


def test_acc_2_the_departed_are_shown_and_no_longer_changed(app, world):
    staff = db.session.get_one(Staff, world.actor("agent").id)
    staff.status = "departed"
    db.session.commit()
    page = Browser(app, "admin").page("/staff/?name=陈晓雯")
    assert "已离职" in page.text
    for operation in (
        lambda: staffing.edit_staff(staff.id, phone="13800138000", actor=world.actor("admin")),
        lambda: staffing.organise_staff(
            staff.id,
            department_id=staff.department_id,
            role_ids=[role_id("Agent")],
            actor=world.actor("admin"),
        ),
    ):
        with pytest.raises(Denied) as caught:
            operation()
        assert caught.value.code == "staff.departed"
        db.session.rollback()


def test_acc_2_there_is_no_way_to_delete_staff(app):
    paths = [str(route) for route in all_routes(app) if "/staff" in route.rule]
    assert paths
    assert not [path for path in paths if "delete" in path.lower()]


def test_acc_2_the_api_hires_edits_and_organises_by_the_same_rules(app, world):
    admin, agent = ApiClient(app, "admin"), ApiClient(app, "agent")
    body = {
        "username": "xin.ren",
        "name": "辛人",
        "password": FIRST,
        "department_id": world.department("store_east").id,
        "role_ids": [role_id("Agent")],
    }
    assert agent.post("/staff", body).status_code == 403
    made = admin.post("/staff", body)
    assert made.status_code == 201
    record = made.get_json()
    assert (record["username"], record["roles"], record["status"]) == ("xin.ren", ["Agent"], "active")
    pk = record["id"]
    changed = admin.patch(f"/staff/{pk}", {"phone": "13800138000"})
    assert changed.get_json()["phone"] == "13800138000"
    assert admin.patch(f"/staff/{pk}", {"password": "Gruene-Ente-88"}).get_json()["phone"] == "13800138000"
    assert account("xin.ren").must_change_password
    assert admin.patch(f"/staff/{pk}", {"name": "别名"}).status_code == 422
    place = {"department_id": world.department("store_west").id, "role_ids": [role_id("StoreManager")]}
    assert admin.post(f"/staff/{pk}/organise", place).get_json()["department"]["name"] == "城西店"
    assert admin.post("/staff/99999/organise", place).status_code == 404


def test_acc_15_the_choice_of_colleagues_stays_that_of_the_company(app, world):
    names = {row["text"] for row in Browser(app, "agent").get("/options/staff").get_json()["results"]}
    assert not any("龚一鸣" in name for name in names)
    members = Browser(app, "admin").get("/options/members?q=龚").get_json()["results"]
    number = staffing.get_visible_staff(world.actor("other_agent").id, actor=SYSTEM).employee_no
    assert [row["text"] for row in members] == [f"龚一鸣 · {number} · 异业门店"]
    assert Browser(app, "agent").get("/options/roles").get_json()["results"] == []
    assert SYSTEM.opens_all
    assert db.session.scalars(select(RoleScope)).first() is not None


def test_acc_2_a_misspelt_name_is_corrected_wherever_it_is_shown(app, world):
    pk, customer = world.actor("agent").id, make_customer(world.actor("agent")).id
    admin = Browser(app, "admin")
    assert admin.page(f"/staff/{pk}/rename").values()["name"] == "陈晓雯"
    assert admin.post(f"/staff/{pk}/rename", {"name": "陈小雯"}).status_code == 303
    assert admin.page(f"/customers/{customer}").text.count("陈小雯")
    assert "陈小雯" in Browser(app, "agent").page("/").text
    assert differences_of("staff", pk, "staff.rename") == {"name": ["陈晓雯", "陈小雯"]}


@pytest.mark.parametrize("name", ["", "长" * 61])
def test_acc_2_a_name_that_cannot_be_is_refused_under_its_field(app, world, name):
    pk = world.actor("agent").id
    with nothing_changed(Staff):
        answer = Browser(app, "admin").post(f"/staff/{pk}/rename", {"name": name})
        assert answer.status_code == 422


def test_acc_2_nobody_renames_themselves_but_an_administrator(world):
    _helper(world, "read", "update")
    manager = actor_by_username("manager")
    with pytest.raises(Denied) as caught:
        staffing.rename_staff(manager.id, name="李四", actor=manager)
    assert caught.value.code == "staff.yourself"
    assert staffing.rename_staff(world.actor("agent").id, name="李四", actor=manager).name == "李四"
