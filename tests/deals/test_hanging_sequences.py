"""CUST-32: whatever is done to a customer, in any order, what hangs on it goes along and stays what it was."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from app.customers.accounts.models import BankAccount
from app.customers.accounts.services import add_account
from app.customers.company_paths.models import CompanyPath
from app.customers.company_paths.services import add_path
from app.customers.contacts.models import Contact
from app.customers.contacts.services import add_contact
from app.customers.follow_ups.services import follow_up
from app.customers.labels.models import CustomerCategory, CustomerTag, Tag
from app.customers.merging.services import merge_customers
from app.customers.merging.undo import unmerge_customer
from app.customers.shared.follow_ups import FollowUp
from app.customers.shipping_marks.models import ShippingMark
from app.customers.shipping_marks.services import add_mark
from app.customers.tags.services import tag_customers
from app.customers.transfers.services import transfer_customer
from app.deals.contracts.models import Contract
from app.deals.contracts.services import void_contract
from app.deals.opportunities.models import Opportunity
from app.deals.opportunities.services import create_opportunity, lose_opportunity
from app.deals.payments.models import Payment
from app.deals.quotes.models import Quote
from app.deals.quotes.services import create_quote
from app.deals.tickets.models import Ticket
from app.deals.tickets.services import close_ticket, create_ticket
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import KepanError
from app.org.staff.services import organise_staff
from app.pool.public_pool.services import claim_from_pool
from app.pool.recycling.services import recycle_to_pool
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.api.fuzz import bounded
from tests.support.deals import make_contract, make_payment
from tests.support.make import make_customer, restart_numbers
from tests.support.people.roles import role_id
from tests.support.traces import stored

EXAMPLES, STEPS = 8, 12
PEOPLE = ("agent", "agent2")
WAYS = ("transfer", "shelf", "recycle", "claim", "merge", "unmerge", "move")
PARTS: tuple[Any, ...] = (
    Contact, BankAccount, CompanyPath, ShippingMark, CustomerTag, CustomerCategory, FollowUp,
)  # fmt: skip
RECORDS: tuple[Any, ...] = (Opportunity, Quote, Ticket, Contract, Payment)
FOLLOWS = {"owner_id", "owner_department_id", "reminder_id", "version"}  # what changes with the owner


CHOSEN = {"is_primary", "is_default"}  # one of a file's, so that a merge decides


def _but(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in names}


def _rows(model: Any) -> list[dict[str, Any]]:
    """Return the rows of a table as they are stored, without what changes with the owner."""
    table = model.__table__
    with unscoped("test"):
        found = db.session.execute(select(table).order_by(*table.primary_key.columns)).mappings()
        return [{key: value for key, value in row.items() if key not in FOLLOWS} for row in found]


class Hanging(RuleBasedStateMachine):
    """A customer with a row of every part, changed by its owners and their superior."""

    def __init__(self, database, seen) -> None:
        super().__init__()
        self.database, self.world, self.seen = database, database.world, seen

    @initialize()
    def begin(self) -> None:
        db.session.remove()
        self.database.restore()
        restart_numbers()
        self.boss, self.author = self.world.actor("regional"), self.world.actor("agent")
        firm = make_customer(self.author, kind="enterprise", name="蓉城科技")
        self.pk = firm.id
        mine: dict[str, Any] = {"actor": self.author}
        add_contact(self.pk, name="王芳", mobile="13912345678", **mine)
        add_account(self.pk, bank="工商银行", account_number="6222021234567890", **mine)
        add_path(self.pk, path="成都→香港", **mine)
        add_mark(self.pk, text="N/M", **mine)
        tag_customers([self.pk], add=[db.session.scalars(select(Tag.id)).first()], remove=[], **mine)
        follow_up(self.pk, content="x", method="phone", **mine)
        self._records(firm, {"customer_id": self.pk, **mine})
        other = make_customer(self.world.actor("agent2"), kind="enterprise", name="蓉城科技分公司")
        self.other = other.id
        add_contact(self.other, name="李明", mobile="13912345679", actor=self.world.actor("agent2"))
        create_opportunity(
            customer_id=self.other, title="二期", amount=Decimal(9), actor=self.world.actor("agent2")
        )
        db.session.commit()
        self.parts = {model: _rows(model) for model in PARTS}
        self.records = {model: _rows(model) for model in RECORDS}

    def _records(self, firm, here: dict[str, Any]) -> None:
        """Make an open record of each kind, and closed ones."""
        opened, lost = (create_opportunity(title="采购", amount=Decimal(100), **here).id for _ in range(2))
        lose_opportunity(lost, reason="price", actor=self.author)
        ticket, closed = (create_ticket(title="门锁", **here).id for _ in range(2))
        close_ticket(closed, actor=self.author)
        quote = create_quote(title="报价", amount=Decimal(100), **here).id
        contract, void = make_contract(firm, self.author), make_contract(firm, self.author)
        payment = make_payment(contract, self.author, 500).id
        void_contract(void.id, reason="x", actor=self.author)
        self.open = {
            Opportunity: [opened], Ticket: [ticket], Quote: [quote], Contract: [contract.id], Payment: [payment],
        }  # fmt: skip
        self.closed = {Opportunity: [lost], Ticket: [closed], Contract: [void.id]}

    @rule(step=st.sampled_from(WAYS), who=st.sampled_from(PEOPLE), first=st.booleans())
    def change(self, step, who, first) -> None:
        """One rule for all, so that no example leaves some of them out."""
        self._try(step, getattr(self, f"_{step}"), who, first)

    def _try(self, name, call, *values) -> None:
        try:
            call(*values)
        except KepanError as error:
            self.seen[name, error.status] = self.seen.get((name, error.status), 0) + 1
            db.session.rollback()
        else:
            self.seen[name, 200] = self.seen.get((name, 200), 0) + 1

    def _transfer(self, who, _first) -> None:
        transfer_customer(self.pk, owner_id=self.world.actor(who).id, reason="x", actor=self.boss)

    def _shelf(self, _who, first) -> None:
        if first:
            unshelve_customer(self.pk, reason="other", actor=self.boss)
        else:
            shelve_customer(self.pk, remark="x", actor=self.boss)

    def _recycle(self, _who, _first) -> None:
        recycle_to_pool(self.pk, reason="x", actor=self.boss)

    def _claim(self, who, _first) -> None:
        claim_from_pool(self.pk, actor=self.world.actor(who))

    def _merge(self, _who, _first) -> None:
        merge_customers(self.pk, other_ids=[self.other], actor=self.boss)

    def _unmerge(self, _who, _first) -> None:
        unmerge_customer(self.pk, actor=self.boss)

    def _move(self, who, first) -> None:
        """The colleague goes to another department; their customers go along."""
        department = self.world.department("store_west" if first else "store_east").id
        person, roles = self.world.actor(who).id, [role_id("Agent")]
        organise_staff(person, department_id=department, role_ids=roles, actor=self.world.actor("admin"))

    @invariant()
    def nothing_is_lost_or_changed(self) -> None:
        db.session.commit()
        taken_in = stored(self.other)["merged_into_id"] is not None

        def there(row: dict[str, Any]) -> dict[str, Any]:
            """What came from the merged file names this one."""
            return {**row, "customer_id": self.pk} if taken_in and "customer_id" in row else row

        for model, before in (self.parts | self.records).items():
            now = [_but(row, CHOSEN) for row in _rows(model)]
            # A remark of shelving is a follow-up; of two primary contacts or default accounts one stays so.
            left = [row for row in map(there, before) if _but(row, CHOSEN) not in now]
            assert not left, (model, left)

    @invariant()
    def open_records_belong_to_the_owner_and_closed_ones_to_their_author(self) -> None:
        owner = stored(self.pk)["owner_id"]
        for model, pks in self.closed.items():
            assert {self._owner(model, pk) for pk in pks} == {self.author.id}
        if owner is not None:
            owners = {self._owner(model, pk) for model, pks in self.open.items() for pk in pks}
            assert owners == {owner}
            table = Opportunity.__table__.c
            mine = select(table.owner_id).where(table.customer_id == self.pk, table.status == "open")
            with unscoped("test"):
                assert set(db.session.scalars(mine)) == {owner}

    def _owner(self, model: Any, pk: int) -> int:
        with unscoped("test"):
            return db.session.scalar(select(model.__table__.c.owner_id).where(model.__table__.c.id == pk))


@pytest.mark.both
def test_cust_32_whatever_happens_to_a_customer_all_that_hangs_on_it_goes_along(database, world):
    seen: dict[tuple[str, int], int] = {}
    bounds = settings(bounded(EXAMPLES), stateful_step_count=STEPS)
    run_state_machine_as_test(lambda: Hanging(database, seen), settings=bounds)
    done = {name for name, status in seen if status == 200}
    assert done == set(WAYS)
