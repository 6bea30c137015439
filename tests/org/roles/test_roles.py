"""ACC-4, access.md: roles: created ones, data scopes, permissions as a table, changes that survive an
upgrade.
"""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.cli.commands import init_command
from app.kernel.access import permissions
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.org.roles import services
from app.org.roles.delivery import deliver_roles
from app.org.roles.models import RoleScope
from app.org.roles.presentation import matrix
from app.org.sessions.actors import actor_by_username
from app.org.staff import services as staffing
from tests.support.make import make_customer
from tests.support.people.organisation import differences_of, last_operation
from tests.support.people.roles import held_by, role_id
from tests.support.web.clients import ApiClient
from tests.support.web.person import Browser


def _give(world, username: str, *roles: str) -> None:
    actor = world.actor(username)
    staffing.organise_staff(
        actor.id,
        department_id=actor.department_id,
        role_ids=[role_id(name) for name in roles],
        actor=world.actor("admin"),
    )


def _save(browser: Browser, role: str, *pairs: str) -> int:
    return browser.post(f"/roles/{role_id(role)}/permissions", {"pair": [*pairs]}).status_code


def test_acc_4_the_list_shows_scope_permissions_and_people(app, world):
    page = Browser(app, "admin", locale="en").page("/roles/?name=Agent")
    row = {td["data-key"]: td.text for td in page.all("td") if td["data-key"]}
    assert (row["name"], row["built_in"], row["kind"]) == ("Agent (Agent)", "Built in", "Own records only")
    assert (int(row["functions"]), row["people"]) == (len(held_by("Agent")), "4")


def test_acc_4_an_own_role_begins_like_another_and_works_at_once(app, world):
    admin = Browser(app, "admin")
    values = {"name": "区域督导", "like_id": str(role_id("Agent")), "kind": "department_tree"}
    assert admin.post("/roles/new", values).status_code == 303
    assert held_by("区域督导") == held_by("Agent")
    customer = make_customer(world.actor("agent")).id
    browser = Browser(app, "agent2")
    assert browser.get(f"/customers/{customer}").status_code == 404
    _give(world, "agent2", "区域督导")
    assert browser.get(f"/customers/{customer}").status_code == 200
    assert last_operation("role", role_id("区域督导"))[0] == "role.create"


@pytest.mark.parametrize(
    ("values", "status", "field"),
    [
        ({"name": "Agent", "kind": "own"}, 409, "name"),
        ({"name": "agent", "kind": "own"}, 409, "name"),
        ({"name": "", "kind": "own"}, 422, "name"),
        ({"name": "新角色", "kind": "half"}, 422, "kind"),
        ({"name": "新角色", "kind": "custom"}, 422, "department_ids"),
        ({"name": "新角色", "kind": "custom", "department_ids": ["99999"]}, 422, "department_ids"),
        ({"name": "新角色", "kind": "own", "like_id": "99999"}, 422, "like_id"),
    ],
)
def test_acc_4_errors_of_a_new_role_are_under_their_field(app, world, values, status, field):
    page = Browser(app, "admin").submit("/roles/new", values, status)
    assert list(page.errors()) == [field]


def test_acc_4_a_custom_scope_is_a_choice_of_departments(app, world):
    west = world.department("store_west")
    customer = make_customer(world.actor("agent3")).id
    browser, admin = Browser(app, "agent"), Browser(app, "admin")
    assert browser.get(f"/customers/{customer}").status_code == 404
    path = f"/roles/{role_id('Agent')}/edit"
    assert admin.post(path, {"kind": "custom", "department_ids": [str(west.id)]}).status_code == 303
    assert actor_by_username("agent").scope == {west.id}
    assert browser.get(f"/customers/{customer}").status_code == 200
    assert admin.page(path).values()["department_ids"] == [str(west.id)]
    assert admin.post(path, {"kind": "own", "department_ids": [str(west.id)]}).status_code == 303
    assert actor_by_username("agent").scope == frozenset()
    assert browser.get(f"/customers/{customer}").status_code == 404
    assert differences_of("role", role_id("Agent"), "role.scope") == {"scope": ["custom", "own"]}


def test_access_the_table_shows_every_function_in_words(app, world):
    page = Browser(app, "admin", locale="en").page(f"/roles/{role_id('Agent')}/permissions")
    boxes = {box["value"]: "checked" in box.attrs for box in page.all("input", name="pair")}
    declared = {
        f"{resource}.{name.removeprefix('can_')}"
        for name, resource in permissions.declared_grants()
        if resource != "Role"
    }
    assert set(boxes) == declared
    assert {value for value, held in boxes.items() if held} == held_by("Agent")
    label = page.one("input", value="Customer.reveal_phone")["aria-label"]
    assert label == "Customers: Reveal number"


def test_access_the_table_is_grouped_and_sorted_like_the_menu(app, world):
    page = Browser(app, "admin", locale="en").page(f"/roles/{role_id('Agent')}/permissions")
    groups = [row.text.strip() for row in page.all("tr") if "mx-group" in row["class"].split()]
    assert groups == [
        "Daily work",
        "Customer centre",
        "Business records",
        "Channel sales",
        "Organisation",
        "System",
        "Without a page of its own",
    ]
    names = [row.text.strip() for row in page.all("th") if "mx-name" in row["class"].split()]
    assert (
        names.index("Customers") < names.index("Referrals") < names.index("Staff") < names.index("Settings")
    )


def test_access_no_function_is_shown_by_its_code(app):
    with app.test_request_context("/"):
        rows = [row for group in matrix(()) for row in group.rows]
    codes = {row.resource: row.label for row in rows if row.label == row.resource}
    operations = {
        one.value: one.label
        for row in rows
        for one in [*row.basic.values(), *row.others]
        if one.label == one.value.partition(".")[2]
    }
    assert (codes, operations) == ({}, {}), "give the grant a label, or words for its functions"


def test_access_permissions_are_changed_and_work_at_once(app, world):
    admin, agent = Browser(app, "admin"), Browser(app, "agent")
    before = held_by("Agent")
    assert agent.get("/operation-log/").status_code == 403
    assert agent.get("/customers/new").status_code == 200
    wanted = before - {"Customer.create"} | {"OperationLog.read"}
    assert _save(admin, "Agent", *wanted) == 303
    assert held_by("Agent") == wanted
    assert agent.get("/operation-log/").status_code == 200
    assert agent.get("/customers/new").status_code == 403
    assert ApiClient(app, "agent").post("/customers", {}).status_code == 403
    changed = differences_of("role", role_id("Agent"), "role.permissions")
    assert changed == {"given": ["", "OperationLog.read"], "taken": ["Customer.create", ""]}


@pytest.mark.parametrize("pair", ["Role.update", "Customer.fly", "Nothing.read", "nonsense"])
def test_access_only_declared_functions_are_given_and_never_the_administrators(app, world, pair):
    before = held_by("Agent")
    assert _save(Browser(app, "admin"), "Agent", *before, pair) == 422
    assert held_by("Agent") == before


def test_access_an_upgrade_never_resets_what_was_changed(app, world, monkeypatch):
    admin = Browser(app, "admin")
    wanted = held_by("Agent") - {"Customer.create"} | {"OperationLog.read"}
    _save(admin, "Agent", *wanted)
    services.set_scope(role_id("Agent"), kind="department", actor=world.actor("admin"))
    result = app.test_cli_runner().invoke(init_command)
    assert result.exit_code == 0, result.output
    db.session.rollback()
    assert held_by("Agent") == wanted
    assert db.session.get_one(RoleScope, role_id("Agent")).kind == "department"
    later = {("can_read", "OperationLog"), ("can_fly", "Customer")}
    for name, resource in later:
        roles = permissions.declared_grants().get((name, resource), frozenset()) | {"Agent", "Admin"}
        monkeypatch.setitem(permissions._declared, (name, resource), roles)
    assert deliver_roles() >= 2, (
        "a later version gives Agent what the administrator gave already, and something new"
    )
    assert held_by("Agent") == wanted | {"Customer.fly"}
    assert deliver_roles() == 0


def test_access_a_built_in_role_can_be_reset(app, world):
    before = held_by("Agent")
    admin = Browser(app, "admin")
    _save(admin, "Agent", "Workbench.read")
    services.set_scope(role_id("Agent"), kind="all", actor=world.actor("admin"))
    assert actor_by_username("agent").sees_all
    assert admin.post(f"/roles/{role_id('Agent')}/reset").status_code == 303
    assert held_by("Agent") == before
    assert db.session.get_one(RoleScope, role_id("Agent")).kind == "own"
    assert not actor_by_username("agent").sees_all
    assert last_operation("role", role_id("Agent"))[0] == "role.reset"


def test_access_built_in_roles_and_roles_in_use_are_not_deleted(app, world):
    admin = Browser(app, "admin")
    made = services.create_role(name="临时", kind="own", actor=world.actor("admin")).id
    _give(world, "agent", "Agent", "临时")
    assert admin.post(f"/roles/{made}/delete").status_code == 409
    assert admin.post(f"/roles/{made}/reset").status_code == 409, "nothing to reset an own role to"
    assert admin.post(f"/roles/{role_id('Agent')}/delete").status_code == 409
    _give(world, "agent", "Agent")
    assert admin.post(f"/roles/{made}/delete").status_code == 303
    assert admin.get(f"/roles/{made}").status_code == 404
    assert last_operation("role", made)[0] == "role.delete"


def test_acc_7_the_administrators_role_cannot_be_weakened(app, world):
    admin, before = Browser(app, "admin"), held_by("Admin")
    assert _save(admin, "Admin", "Workbench.read") == 409
    assert admin.post(f"/roles/{role_id('Admin')}/edit", {"kind": "own"}).status_code == 409
    assert held_by("Admin") == before
    page = admin.page(f"/roles/{role_id('Admin')}/permissions")
    assert all("disabled" in box.attrs for box in page.all("input", name="pair"))


def test_access_roles_are_the_administrators_alone(world):
    for username in ("manager", "auditor", "director"):
        actor = world.actor(username)
        with pytest.raises(Denied) as caught:
            services.create_role(name="自封", kind="all", actor=actor)
        assert caught.value.status == 403
        assert not {pair for pair in actor.permissions if pair[1] == "Role"}


def test_acc_4_the_api_lists_and_creates_roles(app, world):
    admin = ApiClient(app, "admin")
    rows = {row["name"]: row for row in admin.get("/roles").get_json()["items"]}
    assert rows["Agent"]["scope"] == "own"
    assert set(rows["Agent"]["permissions"]) == held_by("Agent")
    assert ApiClient(app, "auditor").get("/roles").status_code == 403
    body = {"name": "接口角色", "kind": "custom", "department_ids": [world.department("hq").id]}
    made = admin.post("/roles", body)
    assert made.status_code == 201
    assert made.get_json()["departments"] == [{"id": world.department("hq").id, "name": "总部"}]
    gone = admin.post(f"/roles/{made.get_json()['id']}/delete")
    assert gone.get_json() == {"id": made.get_json()["id"]}


def test_acc_4_an_unknown_kind_is_refused_by_the_service_too(world):
    with pytest.raises(Invalid):
        services.set_scope(role_id("Agent"), kind="half", actor=world.actor("admin"))
    kinds = db.session.scalars(select(RoleScope.kind).where(RoleScope.role_id == role_id("Agent")))
    assert kinds.one() == "own"
