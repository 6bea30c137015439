"""ACC-15: every door by which a colleague comes to work on a customer, held against every role that may not.

The doors are read off the program: one that is missing in the table here fails the first test.
"""

from __future__ import annotations

import ast

import pytest
from sqlalchemy import select

from app.customers.creation.forms import CustomerForm
from app.customers.imports.running import write_import
from app.customers.imports.services import keep_read_table
from app.customers.members.services import add_member
from app.customers.merging.services import merge_customers
from app.customers.shared.models import Customer, CustomerMember
from app.customers.transfers.services import transfer_customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.pages.operations import declared_operations
from app.org.departments.services import name_manager
from app.org.shared.models import Staff
from app.org.staff.services import organise_staff
from app.pool.holding.services import assign_customer
from app.pool.public_pool.services import assign_from_pool
from app.pool.pushes.services import push_customer
from app.pool.shelving.forms import ShelvePlatformForm
from app.pool.shelving.services import shelve_customer
from tests.support.make import make_customer, make_platform_customer, make_push, next_phone, shelve
from tests.support.people.roles import role_id
from tests.support.sources import functions_of, name_of, program_files
from tests.support.tables import sheet
from tests.support.traces import nothing_written, stored

MAKES = {"Customer", "Push", "CustomerMember"}
MOVES = {"transfer_to", "assign_to", "privatize", "shelve", "claim"}
COLUMNS = {
    f"{name}{end}" for name in ("owner", "handler", "private_holder", "receiver") for end in ("", "_id")
}
MODELS = {"app/customers/shared/models.py", "app/customers/shared/pushes.py"}


def _names_somebody(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        called = node.func
        if isinstance(called, ast.Name):
            return called.id in MAKES
        if isinstance(called, ast.Attribute):
            given = {keyword.arg for keyword in node.keywords}
            return called.attr in MOVES or (called.attr == "values" and bool(given & COLUMNS))
    if isinstance(node, ast.Assign):
        return any(isinstance(one, ast.Attribute) and one.attr in COLUMNS for one in node.targets)
    return False


def _doors() -> set[str]:
    return {
        f"{name_of(path)}:{function.name}"
        for path in program_files()
        if name_of(path).startswith("app/") and name_of(path) not in MODELS
        for function in functions_of(path)
        if any(map(_names_somebody, ast.walk(function)))
    }


def _created(world, named, pool, field):
    boss = world.actor("admin" if pool == "personal" else "regional")
    _refused(field, lambda: make_customer(boss, pool=pool, **{field: named}))


def _create(world, api, who, named):
    _created(world, named, "personal", "owner_id")
    _created(world, named, "platform", "handler_id")


def _add_member(world, api, who, named):
    made = make_customer(world.actor("agent"))
    _refused(
        "staff_id",
        lambda: add_member(made.id, staff_id=named, access="write", actor=world.actor("regional")),
    )


def _merge_team(world, api, who, named):
    """Who wrote on the merged file and may not work on customers any more only reads the survivor."""
    agent = world.actor("agent")
    stays, goes = make_customer(agent), make_customer(agent)
    db.session.add(CustomerMember(customer_id=goes.id, staff_id=named, access="write"))
    db.session.commit()
    merge_customers(stays.id, other_ids=[goes.id], actor=agent)
    members = select(CustomerMember.customer_id, CustomerMember.access)
    found = db.session.execute(members.where(CustomerMember.staff_id == named)).all()
    assert [tuple(row) for row in found] == [(stays.id, "read")]


def _transfer(world, api, who, named):
    made = make_customer(world.actor("agent"))
    _refused(
        "owner_id",
        lambda: transfer_customer(made.id, owner_id=named, reason="x", actor=world.actor("regional")),
    )


def _import(world, api, who, named):
    """A row that names as owner who may not work on customers is left out."""
    table = sheet(("表格客户", next_phone(), who), head=("客户名称", "手机号", "所属人"))
    batch = keep_read_table("客户.xlsx", [table], actor=world.actor("regional"))
    before = len(_owners())
    write_import(batch.id, actor=world.actor("regional"))
    assert len(_owners()) == before


def _owners():
    with unscoped("test"):
        return db.session.scalars(select(Customer.owner_id)).all()


def _assign(world, api, who, named):
    made = make_platform_customer(world.actor("agent"))
    _refused("handler_id", lambda: assign_customer(made.id, handler_id=named, actor=world.actor("regional")))


def _from_pool(world, api, who, named):
    made = make_customer(world.actor("regional"), pool="platform", into_pool=True)
    _refused("owner_id", lambda: assign_from_pool(made.id, owner_id=named, actor=world.actor("regional")))
    assert api(who).post(f"/customers/{made.id}/claim", {}).status_code in {403, 404}
    assert stored(made.id)["owner_id"] is None


def _shelve(world, api, who, named):
    made = shelve(make_platform_customer(world.actor("agent")))
    _refused(
        "handler_id",
        lambda: shelve_customer(made.id, handler_id=named, remark="x", actor=world.actor("regional")),
    )


def _push(world, api, who, named):
    made = make_customer(world.actor("agent"))
    _refused("receiver_id", lambda: push_customer(made.id, receiver_id=named, actor=world.actor("regional")))
    waiting = make_push(made, sender=world.actor("agent"), receiver=world.actor(who))
    assert api(who).post(f"/pushes/{waiting.id}/accept", {}).status_code == 403, (
        "whose roles changed meanwhile"
    )


def _privatize(world, api, who, named):
    made = make_platform_customer(world.actor("agent"), state="following")
    assert api(who).post(f"/customers/{made.id}/privatize", {}).status_code == 403
    assert stored(made.id)["private_holder_id"] is None


def _leave_to_the_manager(world, api, who, named):
    """Who may not work on customers may manage a department: its pending customers go to the next superior."""
    agent, admin = world.actor("agent"), world.actor("admin")
    pending = make_platform_customer(agent)
    name_manager(
        db.session.get_one(Staff, agent.id).department, db.session.get_one(Staff, named), actor=admin
    )
    db.session.commit()
    west = world.department("store_west").id
    organise_staff(agent.id, department_id=west, role_ids=[role_id("Agent")], actor=admin)
    assert stored(pending.id)["handler_id"] == world.actor("regional").id


DOORS = {
    "app/customers/creation/services.py:create_customer": _create,
    "app/customers/imports/lines.py:_whole": _import,
    "app/customers/members/services.py:add_member": _add_member,
    "app/customers/members/services.py:merge_team": _merge_team,
    "app/customers/transfers/services.py:change_owner": _transfer,
    "app/pool/holding/services.py:assign_customer": _assign,
    "app/pool/holding/services.py:privatize_customer": _privatize,
    "app/pool/moves/services.py:_give_back": _leave_to_the_manager,
    "app/pool/public_pool/services.py:_take_out": _from_pool,
    "app/pool/pushes/services.py:push_customer": _push,
    "app/pool/shelving/services.py:_shelve": _shelve,
}


def _refused(field, attempt):
    with nothing_written(), pytest.raises(Invalid) as caught:
        attempt()
    assert [*caught.value.fields] == [field]


def test_acc_15_the_table_has_every_door():
    assert _doors() == set(DOORS)


@pytest.mark.parametrize("who", ["finance", "auditor", "onsite", "consultant"])
@pytest.mark.parametrize("door", DOORS)
def test_acc_15_no_door_lets_in_who_may_not_work_on_customers(world, api, door, who):
    DOORS[door](world, api, who, world.actor(who).id)


def test_acc_15_no_form_of_a_customer_offers_them(app, world):
    """Members who only read may be anybody, by the API; a chooser offers those alone who may work."""
    forms = [
        operation.form for name in ("Customer", "Push", "Referral") for operation in declared_operations[name]
    ]
    seen = []
    with app.test_request_context():
        for form in [*forms, CustomerForm, ShelvePlatformForm]:
            for name in ("owner_id", "handler_id", "receiver_id", "staff_id"):
                if hasattr(form, name):
                    seen.append((form.__name__, name))
                    assert form(meta={"csrf": False})[name].url.endswith("may=follow_up"), seen[-1]
    assert len(seen) >= 9, seen
