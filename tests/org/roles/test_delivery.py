"""ACC-16: an upgrade brings new permissions once, and never resets what an administrator changed."""

from __future__ import annotations

import pytest
from flask_appbuilder.security.sqla.models import PermissionView, Role
from sqlalchemy import select

from app.cli.installation import initialise
from app.kernel.access import permissions
from app.kernel.database.session import db
from app.org.roles.delivery import deliver_roles
from app.org.roles.models import RoleScope
from app.org.roles.names import BUILT_IN


def _role(name):
    return db.session.scalars(select(Role).where(Role.name == name)).one()


def _held(name):
    return {(p.permission.name, p.view_menu.name) for p in _role(name).permissions}


def _change(role_name, *, take=(), give=()):
    """Change a role's permissions as an administrator does in the browser."""
    every = db.session.scalars(select(PermissionView)).all()
    pairs = {(p.permission.name, p.view_menu.name): p for p in every}
    role = _role(role_name)
    for pair in take:
        role.permissions.remove(pairs[pair])
    for pair in give:
        role.permissions.append(pairs[pair])
    db.session.commit()


@pytest.fixture
def declare(monkeypatch):
    """Declare one more grant, as a new version of the code would."""

    def put(permission, resource, *roles):
        monkeypatch.setitem(permissions._declared, (permission, resource), frozenset(roles))

    return put


def test_acc_16_every_built_in_role_has_what_is_declared(world):
    for name in BUILT_IN:
        declared = {pair for pair, roles in permissions.declared_grants().items() if name in roles}
        assert _held(name) == declared, name
        assert declared, name


def test_acc_4_every_built_in_role_has_its_scope(world):
    rows = db.session.execute(
        select(Role.name, RoleScope.kind, RoleScope.built_in).join(Role, Role.id == RoleScope.role_id)
    )
    assert {row.name: (row.kind, row.built_in) for row in rows} == {
        name: (role.scope, True) for name, role in BUILT_IN.items()
    }


def test_a_second_delivery_changes_nothing(world):
    before = {name: _held(name) for name in BUILT_IN}
    assert deliver_roles() == 0
    assert deliver_roles() == 0
    assert {name: _held(name) for name in BUILT_IN} == before


def test_plat_16_init_can_be_repeated(world):
    assert initialise() == 0


def test_what_an_administrator_took_away_stays_away(world):
    _change("Agent", take=[("can_reveal_phone", "Customer")])
    assert initialise() == 0
    assert ("can_reveal_phone", "Customer") not in _held("Agent")
    assert ("can_reveal_phone", "Customer") in _held("StoreManager")


def test_what_an_administrator_gave_stays(world):
    _change("Finance", give=[("can_create", "Customer")])
    assert deliver_roles() == 0
    assert ("can_create", "Customer") in _held("Finance")


def test_a_changed_scope_stays(world):
    db.session.get(RoleScope, _role("Agent").id).kind = "department"
    db.session.commit()
    deliver_roles()
    assert db.session.get(RoleScope, _role("Agent").id).kind == "department"


def test_a_role_of_the_administrators_own_is_left_alone(world):
    db.session.add(Role(name="Intern"))
    db.session.commit()
    deliver_roles()
    assert _held("Intern") == set()


def test_a_new_permission_is_delivered_once(world, declare):
    declare("can_polish", "Customer", "Agent", "StoreManager")
    assert deliver_roles() == 3
    assert all(("can_polish", "Customer") in _held(name) for name in ("Admin", "Agent", "StoreManager"))
    assert ("can_polish", "Customer") not in _held("Sales")
    _change("Agent", take=[("can_polish", "Customer")])
    assert deliver_roles() == 0
    assert ("can_polish", "Customer") not in _held("Agent")


def test_a_new_permission_that_was_given_by_hand_before_is_no_obstacle(world, declare):
    declare("can_polish", "Customer", "Agent")
    deliver_roles()
    from app.org.roles.models import DeliveredGrant

    db.session.query(DeliveredGrant).filter_by(permission="can_polish").delete()
    db.session.commit()
    assert deliver_roles() == 2
    assert ("can_polish", "Customer") in _held("Agent")


def test_a_role_that_joins_a_known_permission_gets_it(world, declare):
    declare("can_reveal_phone", "Customer", "Agent", "StoreManager", "Sales", "Finance")
    assert deliver_roles() == 1
    assert ("can_reveal_phone", "Customer") in _held("Finance")


def test_delivering_is_seen_by_signed_in_people_at_once(world, declare, api):
    agent = api("agent")
    declare("can_polish", "Customer", "Agent")
    assert "Customer.polish" not in agent.get("/me").get_json()["permissions"]
    deliver_roles()
    assert "Customer.polish" in agent.get("/me").get_json()["permissions"]
