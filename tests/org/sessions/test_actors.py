"""ACC-3, ACC-4, ACC-5: superiors and data scopes, as complete tables over the people of the world."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from flask_appbuilder.security.sqla.models import Role

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.accounts.services import create_account
from app.org.departments.services import name_manager
from app.org.roles.models import RoleScope, RoleScopeDepartment
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Account, Staff
from app.org.shared.version import invalidate_actors
from app.org.staff.services import create_staff
from tests.support.people.world import PASSWORD, PEOPLE

OURS = "hq region store_east store_west finance sales_team channel"
STORES = "region store_east store_west"
# User name → scope by role; managed departments with all below; own department with all below.
DEPARTMENTS = {
    "admin": ("", "", OURS),
    "regional": (STORES, STORES, STORES),
    "manager": ("store_east", "store_east", "store_east"),
    "manager2": ("store_west", "store_west", "store_west"),
    "agent": ("", "", "store_east"),
    "agent2": ("", "", "store_east"),
    "agent3": ("", "", "store_west"),
    "finance": (OURS, "", "finance"),
    "auditor": ("", "", OURS),
    "sales": ("", "", "sales_team"),
    "director": (OURS, "", "channel"),
    "secretary": (OURS, "", "channel"),
    "onsite": ("", "", "channel"),
    "consultant": ("", "", "channel"),
    "other_agent": ("", "", "other_store"),
    "broker": ("", "", ""),
    "brokersite": ("", "", ""),
    "visitor": ("", "", ""),
}
EAST, WEST = "manager agent agent2", "manager2 agent3"
COMPANY = " ".join(name for name, person in PEOPLE.items() if person.department and name != "other_agent")
# User name → colleagues in data scope (ACC-5), themselves included; colleagues that they are superior to (ACC-3).
OVER = {
    "admin": (f"{COMPANY} other_agent", ""),
    "regional": (f"regional {EAST} {WEST}", f"{EAST} {WEST}"),
    "manager": (EAST, "agent agent2"),
    "manager2": (WEST, "agent3"),
    "agent": ("agent", ""),
    "agent2": ("agent2", ""),
    "agent3": ("agent3", ""),
    "finance": (COMPANY, ""),
    "auditor": ("auditor", ""),
    "sales": ("sales", ""),
    "director": (COMPANY, ""),
    "secretary": (COMPANY, ""),
    "onsite": ("onsite", ""),
    "consultant": ("consultant", ""),
    "other_agent": ("other_agent", ""),
    "broker": ("", ""),
    "brokersite": ("", ""),
    "visitor": ("", ""),
}


def test_the_tables_are_complete():
    assert [*DEPARTMENTS] == [*OVER] == [*PEOPLE]


@pytest.mark.parametrize("who", DEPARTMENTS)
def test_acc_4_departments_of_everybody(world, who):
    def named(keys):
        return frozenset(world.department(key).id for key in keys.split())

    actor = world.actor(who)
    assert (actor.scope, actor.managed, actor.below) == tuple(named(keys) for keys in DEPARTMENTS[who])
    assert actor.departments == actor.scope | actor.managed
    assert (actor.sees_all, actor.reads_all) == (who == "admin", who == "auditor")


@pytest.mark.parametrize("who", OVER)
def test_acc_5_scope_over_every_colleague(world, who):
    actor = world.actor(who)
    staff = [(name, db.session.get(Staff, world.actor(name).id)) for name in PEOPLE]
    over = {name for name, one in staff if one is not None and actor.has_scope_over(one)}
    superior = {name for name, one in staff if actor.manages(one)}
    assert (over, superior) == tuple({*names.split()} for names in OVER[who])
    assert not actor.has_scope_over(None)


@pytest.mark.parametrize("who", DEPARTMENTS)
def test_acc_5_scope_over_every_department(world, who):
    actor = world.actor(who)
    scope, managed, _below = DEPARTMENTS[who]
    over = {key for key, one in world.departments.items() if actor.has_scope_over_department(one.id)}
    everything = {*world.departments} if who == "admin" else set()
    assert over == everything | {*scope.split(), *managed.split()}
    assert not actor.has_scope_over_department(None)


def test_acc_3_a_superior_is_so_at_any_depth_and_never_of_oneself(world):
    regional = world.actor("regional")
    assert regional.manages(SimpleNamespace(id=999, department_id=world.department("store_west").id))
    assert not regional.manages(SimpleNamespace(id=regional.id, department_id=regional.department_id))
    assert not regional.manages(SimpleNamespace(id=999, department_id=world.department("hq").id))


def test_acc_3_managing_another_department_than_ones_own(world):
    """The manager of a store may belong to another department; the own department is a different fact."""
    finance = db.session.get(Staff, world.actor("sales").id)
    name_manager(_department(world, "store_west"), finance, actor=SYSTEM)
    sales = actor_by_username("sales")
    assert sales.managed == {world.department("store_west").id}
    assert sales.below == {world.department("sales_team").id}
    assert sales.has_scope_over(db.session.get(Staff, world.actor("agent3").id))


def _department(world, key):
    from app.org.shared.models import Department

    return db.session.get(Department, world.department(key).id)


def _hire(world, *roles, department="store_east"):
    user = create_account(
        username="newcomer", name="新来人", password=PASSWORD, roles=list(roles), actor=SYSTEM
    )
    create_staff(user=user, department=_department(world, department), actor=SYSTEM)
    return actor_by_username("newcomer")


def _role(kind, *departments):
    role = Role(name=f"Own {kind}")
    db.session.add(role)
    db.session.flush()
    db.session.add(RoleScope(role_id=role.id, kind=kind))
    db.session.flush()
    db.session.add_all(RoleScopeDepartment(role_id=role.id, department_id=pk) for pk in departments)
    db.session.commit()
    return role.name


@pytest.mark.parametrize(
    ("kind", "scope"),
    [
        ("company", OURS),
        ("department_tree", STORES),
        ("department", "region"),
        ("own", ""),
        ("none", ""),
        ("all", ""),
    ],
)
def test_acc_4_every_kind_of_scope(world, kind, scope):
    actor = _hire(world, _role(kind), department="region")
    assert actor.scope == {world.department(key).id for key in scope.split()}
    assert actor.sees_all is (kind == "all")


def test_acc_4_a_custom_scope_is_the_chosen_departments_and_no_more(world):
    chosen = [world.department("region").id, world.department("finance").id]
    actor = _hire(world, _role("custom", *chosen))
    assert actor.scope == {*chosen}


def test_acc_4_the_scope_is_the_union_over_the_roles(world):
    actor = _hire(world, "Agent", "StoreManager", _role("custom", world.department("finance").id))
    assert actor.scope == {world.department("store_east").id, world.department("finance").id}
    assert actor.roles == {"Agent", "StoreManager", "Own custom"}


def test_acc_4_an_auditor_who_is_also_an_agent_reads_all_and_acts_as_an_agent(world):
    actor = _hire(world, "Auditor", "Agent")
    assert (actor.reads_all, actor.sees_all, actor.scope) == (True, False, frozenset())
    assert actor.has_permission("create", "Customer")


def test_actors_are_rebuilt_when_the_organisation_changes(world):
    before = actor_by_username("agent")
    account = db.session.get(Account, before.id)
    account.last_name = "改"
    db.session.get(Staff, before.id).name = "改名"
    db.session.commit()
    assert actor_by_username("agent").name == before.name, "cached until the version changes"
    invalidate_actors()
    db.session.commit()
    assert actor_by_username("agent").name == "改名"


def test_an_actor_carries_its_request_but_is_the_same_person(world):
    from dataclasses import replace

    agent = world.actor("agent")
    assert replace(agent, source="10.0.0.1", request_id="r") == agent
    assert (SYSTEM.id, SYSTEM.sees_all, SYSTEM.permissions) == (0, True, frozenset())
