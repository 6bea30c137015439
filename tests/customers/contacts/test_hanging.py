"""CUST-32, CUST-9, CUST-22: what becomes of contacts, accounts, paths and marks when their customer is merged or erased."""

from __future__ import annotations

from app.customers.accounts.services import add_account
from app.customers.accounts.tabs import BANK_ACCOUNTS
from app.customers.company_paths.services import add_path
from app.customers.company_paths.tabs import COMPANY_PATHS
from app.customers.contacts.models import Contact
from app.customers.contacts.queries import contacts_of
from app.customers.contacts.services import add_contact
from app.customers.contacts.tabs import CONTACTS
from app.customers.shared.parts import Merge
from app.customers.shipping_marks.services import add_mark
from app.customers.shipping_marks.tabs import SHIPPING_MARKS
from app.customers.transfers.services import transfer_customer
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from tests.support.make import make_customer

PARTS = (CONTACTS, BANK_ACCOUNTS, COMPANY_PATHS, SHIPPING_MARKS)


def _held(customer, actor):
    db.session.expire_all()
    return [db.session.scalars(part.rows(customer, actor).order_by(part.order)).all() for part in PARTS]


def test_cust_9_a_merge_takes_all_but_equals_and_one_mark_stays(world):
    agent = world.actor("agent")
    survivor, merged = (make_customer(agent, kind="enterprise") for _ in range(2))
    for made, name in ((survivor, "王芳"), (merged, "王 芳")):
        add_contact(made.id, name=name, mobile="13912345678", is_primary=True, actor=agent)
        add_account(made.id, bank="工商银行", account_number="622202123456", is_default=True, actor=agent)
        add_mark(made.id, text="N/M", actor=agent)
    add_contact(merged.id, name="王芳", mobile="13712345678", actor=agent)
    add_contact(merged.id, name="王芳", actor=agent)
    add_account(merged.id, bank="建设银行", account_number="433302123456", actor=agent)
    add_path(merged.id, path="成都", is_default=True, actor=agent)
    step = Merge(survivor, merged, agent)

    @transactional
    def merge():
        for part in PARTS:
            part.answers.merge(step)

    merge()
    contacts, accounts, paths, marks = _held(survivor, agent)
    assert [str(one.mobile or "") for one in contacts if not one.is_primary] == ["137****5678", ""]
    assert [str(one.mobile) for one in contacts if one.is_primary] == ["139****5678"]
    assert [(one.bank, one.is_default) for one in accounts] == [("建设银行", False), ("工商银行", True)]
    assert ([(one.path, one.is_default) for one in paths], len(marks)) == ([("成都", True)], 1)
    assert [len(rows) for rows in _held(merged, agent)] == [1, 1, 0, 1], "equal ones stay behind for the undo"
    assert {key: len(ids) for key, ids in step.moved.items()} == {
        "contact.customer_id": 2, "bank_account.customer_id": 1, "company_path.customer_id": 1,
        "shipping_mark.customer_id": 0,
    }  # fmt: skip


def test_cust_22_what_belongs_to_a_deleted_customer_goes(world):
    agent = world.actor("agent")
    made, other = make_customer(agent), make_customer(agent)
    for one in (made, other):
        add_contact(one.id, name="王芳", mobile="13912345678", actor=agent)
        add_account(one.id, bank="工商银行", account_number="622202123456", actor=agent)
        add_path(one.id, path="成都", actor=agent)
        add_mark(one.id, text="N/M", actor=agent)

    @transactional
    def erase():
        for part in PARTS:
            part.answers.erase([made], agent)

    erase()
    assert [len(rows) for rows in _held(made, agent)] == [0, 0, 0, 0]
    assert [len(rows) for rows in _held(other, agent)] == [1, 1, 1, 1]


def test_cust_32_contacts_stay_when_the_customer_changes_hands(world):
    made = make_customer(world.actor("agent"))
    contact = add_contact(made.id, name="王芳", is_primary=True, actor=world.actor("agent"))
    receiver = world.actor("agent3")
    transfer_customer(made.id, owner_id=receiver.id, reason="x", actor=world.actor("regional"))
    assert [one.id for one in db.session.scalars(contacts_of(made).where(Contact.is_primary))] == [contact.id]
