"""The table itself refuses what no rule makes: POOL-8, POOL-12, POOL-15, POOL-16, CUST-1, CUST-6, CUST-7."""

from __future__ import annotations

from itertools import product

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.customers.duplicates.models import PhoneClaim
from app.customers.shared import choices
from app.customers.shared.models import Customer
from app.customers.shared.pushes import Push
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.make import make_customer, make_platform_customer, make_push, tax_id
from tests.support.policy_cases import lawful

pytestmark = pytest.mark.both

AXES = list(product(choices.POOL.codes, choices.FOLLOW_STATUS.codes, (False, True)))


def _write(customer, **values):
    with unscoped("test: what the table's checks say"):
        db.session.execute(update(Customer).where(Customer.id == customer.id).values(**values))
    db.session.commit()


def _refused(customer, **values):
    with pytest.raises(IntegrityError):
        _write(customer, **values)
    db.session.rollback()


@pytest.mark.parametrize(("pool", "status", "private"), AXES)
def test_pool_12_only_lawful_states_can_be_stored(world, pool, status, private):
    agent = world.actor("agent")
    made = make_customer(agent)
    values = {
        "pool": pool,
        "follow_status": status,
        "owner_id": agent.id if pool == "personal" else None,
        "handler_id": agent.id if status == "pending" else None,
        "private_holder_id": agent.id if private else None,
    }
    if lawful(pool, status, private):
        _write(made, **values)
    else:
        _refused(made, **values)


def test_pool_1_owner_and_handler_go_with_their_states(world):
    agent = world.actor("agent")
    personal, waiting = make_customer(agent), make_platform_customer(agent)
    _refused(personal, owner_id=None)
    _refused(personal, pool="platform")
    _refused(waiting, owner_id=agent.id)
    _refused(waiting, handler_id=None)
    _refused(waiting, follow_status="following")


@pytest.mark.parametrize(
    ("column", "value"),
    [("pool", "shared"), ("kind", "firm"), ("follow_status", "lost"), ("deal_status", ""), ("stage", "x"),
     ("grade", "E"), ("owner_id", 9_999), ("department_id", 99_999), ("district_id", 99_999), ("name", None)],
)  # fmt: skip
def test_cust_2_codes_and_references_are_real(world, column, value):
    _refused(make_customer(world.actor("agent")), **{column: value})


def test_cust_1_and_6_codes_and_tax_ids_are_unique_in_the_table(world):
    agent = world.actor("agent")
    first = make_customer(agent, kind="enterprise", tax_id=tax_id(1))
    second = make_customer(agent, kind="enterprise", tax_id=tax_id(2))
    _refused(second, code=first.code)
    _refused(second, tax_id=first.tax_id)
    _write(second, tax_id=None)


def test_cust_7_a_claim_is_unique_in_its_scope(world):
    agent = world.actor("agent")
    first, second = make_customer(agent), make_customer(agent)
    claim = {"phone_index": first.phone.index, "customer_id": second.id}
    db.session.add(PhoneClaim(scope=f"o:{agent.id}", **claim))
    with pytest.raises(IntegrityError):
        db.session.commit()
    db.session.rollback()
    db.session.add(PhoneClaim(scope="o:999", **claim))
    db.session.commit()


def test_pool_16_one_open_push_per_customer_and_receiver(world):
    made, receiver = make_customer(world.actor("agent")), world.actor("agent3")
    for state in ("rejected", "withdrawn", "accepted", "rejected", "pending"):
        make_push(made, receiver=receiver, state=state)
    make_push(made, receiver=world.actor("agent2"), state="pending")
    with pytest.raises(IntegrityError):
        make_push(made, receiver=receiver, state="pending")
    db.session.rollback()
    assert db.session.query(Push).filter_by(customer_id=made.id).count() == 6
