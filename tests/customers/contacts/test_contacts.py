"""CUST-11, ACC-9, ACC-10: contacts of customers, their numbers, and who keeps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from app.customers.contacts import policies
from app.customers.contacts.models import Contact
from app.customers.contacts.queries import contact_of, contacts_of, visible_contacts
from app.customers.contacts.services import (
    add_contact,
    delete_contact,
    make_primary,
    reveal_contact,
    revealed_numbers,
    update_contact,
)
from app.customers.numbers.models import NumberReveal
from app.customers.numbers.services import reveal_phone
from app.customers.shared.queries import get_customer
from app.customers.shared.settings import REVEAL_QUOTA
from app.kernel.access.guard import scoped
from app.kernel.database.session import db
from app.kernel.errors import NotFound, Stale
from app.kernel.fields.birthdays import read_birthday
from app.kernel.fields.phones import phone_index
from tests.support.make import make_customer, make_member, make_platform_customer, make_push
from tests.support.policy_cases import customer_in, verdict_of
from tests.support.traces import denied, invalid, operations

if TYPE_CHECKING:
    from app.customers.shared.models import Customer

MOBILE, LANDLINE = "13912345678", "028-86123456"


@pytest.fixture
def agent(world):
    return world.actor("agent")


@pytest.fixture
def made(agent):
    return make_customer(agent, kind="enterprise")


def _names(customer: Customer) -> list[str]:
    found = contacts_of(customer).order_by(Contact.is_primary.desc(), Contact.id.desc())
    return [one.name for one in db.session.scalars(found)]


def test_cust_11_a_contact_keeps_all_its_fields_and_no_whole_number(agent, made):
    typed = {
        "position": "采购经理", "department": "采购部", "email": "Wang@Example.com", "wechat": "wang_1",
        "qq": "123456", "hobbies": "登山", "address": "人民南路 1 号", "remark": "周一开会",
    }  # fmt: skip
    birthday = read_birthday("1990年5月20日")
    contact = add_contact(
        made.id,
        name="王芳",
        mobile=f"+86 {MOBILE}",
        landline=LANDLINE,
        birthday=birthday,
        **typed,
        actor=agent,
    )
    table = Contact.__table__
    row = dict(db.session.execute(scoped(select(table).where(table.c.id == contact.id))).mappings().one())
    assert {name: row[name] for name in typed} == typed
    assert (row["phone_masked"], row["phone_last4"], row["phone_index"]) == (
        "139****5678", "5678", phone_index(MOBILE)
    )  # fmt: skip
    assert (row["landline_masked"], row["landline_last4"]) == ("028****3456", "3456")
    assert (row["birth_month_day"], row["birth_year"]) == (520, 1990)
    assert MOBILE not in str(row)
    assert "02886123456" not in str(row)
    [logged] = operations(made, "customer.add_contact")
    assert logged.differences == {
        "contact_mobile": ["", "139****5678"], "contact_landline": ["", "028****3456"]
    }  # fmt: skip
    assert logged.parameters == {"contact": "王芳"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name": ""}, "name"),
        ({"mobile": "1391234"}, "mobile"),
        ({"mobile": "028-86123456"}, "mobile"),
        ({"landline": "86123456"}, "landline"),
        ({"landline": MOBILE}, "landline"),
        ({"owner": 1}, "owner"),
    ],
)
def test_cust_11_what_is_no_number_is_refused(agent, made, fields, wrong):
    with invalid(wrong):
        add_contact(made.id, **{"name": "王芳", **fields}, actor=agent)


def test_cust_11_one_primary_first_then_the_newest(agent, made):
    first = add_contact(made.id, name="甲", is_primary=True, actor=agent)
    second = add_contact(made.id, name="乙", actor=agent)
    add_contact(made.id, name="丙", actor=agent)
    assert _names(made) == ["甲", "丙", "乙"]
    make_primary(second.id, actor=agent)
    assert _names(made) == ["乙", "丙", "甲"]
    assert not db.session.get(Contact, first.id).is_primary
    add_contact(made.id, name="丁", is_primary=True, actor=agent)
    assert _names(made) == ["丁", "丙", "乙", "甲"]
    with denied("contact.is_primary"):
        make_primary(db.session.scalars(contacts_of(made).where(Contact.is_primary)).one().id, actor=agent)
    assert [row.operation for row in operations(made)][1:] == [
        "customer.add_contact", "customer.add_contact", "customer.add_contact",
        "customer.make_primary_contact", "customer.add_contact",
    ]  # fmt: skip


def test_cust_20_an_edit_is_logged_field_by_field_and_masked(agent, made):
    contact = add_contact(made.id, name="王芳", mobile=MOBILE, email="wang@example.com", actor=agent)
    values = {"name": "王方", "mobile": "13800001111", "email": "fang@example.com", "qq": None}
    update_contact(contact.id, values=values, version=1, actor=agent)
    [logged] = operations(made, "customer.update_contact")
    assert logged.differences == {
        "contact_name": ["王芳", "王方"],
        "contact_mobile": ["139****5678", "138****1111"],
        "contact_email": ["w***@example.com", "f***@example.com"],
    }
    with pytest.raises(Stale) as caught:
        update_contact(contact.id, values={"name": "王"}, version=1, actor=agent)
    assert caught.value.version == 2
    update_contact(contact.id, values={"mobile": None, "is_primary": True}, actor=agent)
    kept = db.session.get(Contact, contact.id)
    assert (bool(kept.mobile), kept.is_primary) == (False, True)
    update_contact(contact.id, values={"name": "王方"}, actor=agent)
    assert len(operations(made, "customer.update_contact")) == 2, "what does not change is not logged"


def test_cust_13_the_number_of_contacts_is_the_customers(agent, made):
    contact = add_contact(made.id, name="甲", actor=agent)
    add_contact(made.id, name="乙", actor=agent)
    assert get_customer(made.id, actor=agent).contact_count == 2
    delete_contact(contact.id, actor=agent)
    assert get_customer(made.id, actor=agent).contact_count == 1
    assert _names(made) == ["乙"]


def test_acc_10_a_contacts_number_is_revealed_by_the_customers_rule(world, agent, made):
    contact = add_contact(made.id, name="王芳", mobile=MOBILE, landline=LANDLINE, actor=agent)
    look = reveal_contact(contact.id, purpose="约看厂", actor=agent)
    assert revealed_numbers(look, agent) == (MOBILE, "02886123456")
    assert (look.customer_id, look.contact_id, look.number_masked) == (
        made.id, contact.id, "139****5678 · 028****3456"
    )  # fmt: skip
    [logged] = operations(made, "customer.reveal_contact")
    assert logged.parameters == {"contact": "王芳", "purpose": "约看厂"}
    make_member(made, world.actor("agent3"), "read")
    with denied("customer.reveal_personal", 403):
        reveal_contact(contact.id, purpose="x", actor=world.actor("agent3"))
    delete_contact(contact.id, actor=agent)
    db.session.expire_all()
    kept = db.session.scalars(select(NumberReveal)).one()
    assert (kept.contact_id, kept.number_masked) == (None, "139****5678 · 028****3456")


def test_acc_10_looks_at_contacts_count_in_the_same_quota(agent, made):
    REVEAL_QUOTA.of("Agent").store(2)
    db.session.commit()
    contact = add_contact(made.id, name="王芳", mobile=MOBILE, actor=agent)
    reveal_phone(made.id, purpose="x", actor=agent)
    reveal_contact(contact.id, purpose="x", actor=agent)
    with denied("customer.reveal_quota", 429):
        reveal_contact(contact.id, purpose="x", actor=agent)
    nameless = add_contact(made.id, name="无号", actor=agent)
    with denied("contact.no_number"):
        reveal_contact(nameless.id, purpose="x", actor=agent)


def test_acc_14_contacts_belong_to_those_who_know_the_customer(world, agent):
    """POOL-17: a pending push shows the basics, and no contact; an accepted one shows them."""
    mine, offered = make_customer(agent), make_customer(agent)
    seen = add_contact(mine.id, name="甲", mobile=MOBILE, actor=agent)
    hidden = add_contact(offered.id, name="乙", mobile=MOBILE, actor=agent)
    receiver = world.actor("agent3")
    push = make_push(offered, receiver=receiver)

    def reached(actor):
        return {one.name for one in db.session.scalars(visible_contacts(actor))}

    assert reached(agent) == {"甲", "乙"} == reached(world.actor("manager"))
    assert reached(receiver) == set() == reached(world.actor("other_agent"))
    for pk in (seen.id, hidden.id):
        with pytest.raises(NotFound):
            update_contact(pk, values={"name": "x"}, actor=receiver)
    push.state = "accepted"
    db.session.commit()
    assert reached(world.actor("agent3")) == {"乙"}


def test_pool_5_anybody_who_acts_keeps_contacts_of_individuals_but_not_of_enterprises(world, agent):
    mate = world.actor("agent2")
    family = make_platform_customer(agent, state="following")
    add_contact(family.id, name="太太", mobile=MOBILE, actor=mate)
    firm = make_platform_customer(agent, state="following", kind="enterprise")
    with denied("customer.not_responsible", 403):
        add_contact(firm.id, name="王芳", actor=mate)


def test_cust_11_the_rules_of_contacts_are_the_customers(world):
    """The tables of editing and revealing are the customer's own; the contact adds its state alone."""
    made = customer_in("personal", "following", False)
    contact = Contact(customer_id=1, is_primary=True)
    contact.__dict__["customer"] = made

    def by(relation, rule):
        return verdict_of(lambda actor, _made, facts: rule(actor, contact, facts), relation, made, False).code

    assert by("owner", policies.can_make_primary) == "contact.is_primary"
    assert by("stranger", policies.can_make_primary) == "customer.read_only"
    assert by("owner", policies.can_reveal_contact) == "contact.no_number"
    assert by("read_member", policies.can_reveal_contact) == "customer.reveal_personal"


def test_acc_17_a_number_may_be_a_contacts(world, agent):
    index = phone_index(MOBILE)
    assert contact_of(index, agent) is None
    made = make_customer(agent, name="天成贸易")
    add_contact(made.id, name="王芳", mobile=MOBILE, actor=agent)
    known = contact_of(index, agent)
    assert (known.customer_id, known.customer_name) == (made.id, "天成贸易")
    elsewhere = contact_of(index, world.actor("other_agent"))
    assert (elsewhere.customer_id, elsewhere.customer_name) == (None, "")
