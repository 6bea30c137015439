"""ACC-6: customers cannot be read, counted, joined or changed without a check of who may see them.

The guard checks, it does not filter; each use of ``unscoped`` is listed here.
"""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import delete, exists, func, select, union_all, update
from sqlalchemy.orm import aliased

from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.kernel.access.guard import UnscopedAccessError, is_scoped, scoped, unscoped
from app.kernel.database.session import db
from app.org.shared.models import Staff
from tests.support.make import make_customer

APP = Path(__file__).resolve().parents[3] / "app"

# File → the reasons why it reads guarded tables without a scope.  A new use needs an entry here.
UNSCOPED = {
    "audit/undo/journal.py": {"who changed the row a moment ago puts it back as it was (OFF-3)"},
    "channel/collisions/rebinding.py": {"rebinding: the referral that collided, whoever may see it (CH-19)"},
    "channel/consultants/services.py": {
        "departure: all customers of the consultant go on to another (CH-20)"
    },
    "channel/referrals/expiry.py": {"expiry: protections end whoever may see them (CH-17)"},
    "channel/scans/code_proof.py": {"scan: the proved code is the way to the customer (CH-30)"},
    "channel/scans/services.py": {"scan: the code itself is the way to the customer (CH-13)"},
    "customers/contacts/birthdays.py": {"birthdays of all customers, whoever owns them (CUST-29)"},
    "customers/contacts/queries.py": {
        "a number that is known elsewhere is said to be known, and no more (CUST-8)"
    },
    "customers/creation/hints.py": {
        "a look-up says whether a colleague or another department has it (CUST-8)",
        "a look-up says whether a customer exists, whoever has it (CUST-33)",
    },
    "customers/creation/services.py": {"a code is unique in the whole system and never reused (CUST-1)"},
    "customers/duplicates/dedupe_mode.py": {
        "the rule for equal numbers holds in the whole system, whoever owns them (CUST-7)"
    },
    "customers/duplicates/services.py": {
        "a refused duplicate says whether a colleague or another department has it (CUST-8)",
        "duplicate check: a tax id is unique in the whole system (CUST-6)",
        "duplicate check: equal numbers matter whoever owns them (CUST-7)",
    },
    "customers/grading/services.py": {"thresholds are the same for all companies (CUST-10)"},
    "customers/imports/fates.py": {"duplicate check: a tax id is unique in the whole system (CUST-6)"},
    "customers/imports/undoing.py": {"who imported the customers takes them back (CUST-26)"},
    "customers/imports/writing.py": {"the customers that this import has just written or matched (CUST-26)"},
    "customers/listing/look_up.py": {"a look-up says whether a customer exists, whoever has it (CUST-33)"},
    "customers/listing/name_search.py": {"every customer is found by its name, whoever may see it"},
    "customers/merging/erasure.py": {"the files that became part of a deleted customer go with it (CUST-22)"},
    "customers/merging/finder.py": {
        "duplicates are found whoever has them, and shown to who may open both (CUST-9)"
    },
    "customers/merging/kept.py": {
        "a merge and its undo concern all that hangs on two files, whoever may see it (CUST-9)"
    },
    "customers/merging/pairs.py": {
        "pairs of files that are merged or apart again, whoever may see them (CUST-9)"
    },
    "customers/merging/undo.py": {
        "the merged file is out of everybody's reach until the undo (CUST-9)",
        "the operator names a file by its code (CUST-9)",
    },
    "customers/numbers/lookups.py": {"a person's own new customers are counted, not shown (ACC-17)"},
    "customers/shared/parts.py": {"a merge takes along everything that belongs to the other file (CUST-9)"},
    "customers/shared/queries.py": {
        "a merged file leads on to its survivor, of which the caller decides (CUST-9)",
        "a record of the customer is in scope; its customer is locked for the change (CUST-18)",
        "who changed the customer a moment ago takes it back (OFF-3)",
    },
    "deals/contracts/hanging.py": {
        "a contract in force keeps the customer, whoever may open it (POOL-19)",
        "the contracts follow their customer, whoever may open them (CUST-32)",
    },
    "deals/payments/hanging.py": {"the instalments follow their customer, whoever may open them (CUST-32)"},
    "deals/payments/reminders.py": {"reminders are made for every owner (CUST-16)"},
    "deals/shared/answers.py": {"business records go with their customer, whoever made them (CUST-32)"},
    "kernel/files/attachments.py": {"sweep: every row keeps its content, removed ones too"},
    "kernel/lists/words.py": {"every record is found by its name, whoever may see it"},
    "listings/homes/services.py": {
        "all listings of a community lie in its district, whoever keeps them (LST-1)"
    },
    "listings/matching/hanging.py": {
        "what customers think of listings goes with their file, whoever noted it (CUST-32)"
    },
    "pool/clocks/services.py": {"the clocks of the pool run for every customer (POOL-24)"},
    "pool/holding/undo.py": {"a holder's customers are counted, whoever undoes the release (POOL-12)"},
    "pool/moves/services.py": {
        "the office sees how many customers a move concerns, not which (POOL-22)",
        "who moves to another department leaves or takes along every customer (POOL-22)",
    },
    "pool/public_pool/queries.py": {"a person's customers are counted before they get another (POOL-20)"},
    "pool/pushes/services.py": {"a push is refused to who has the number, whoever asks (POOL-16)"},
    "pool/recycling/queries.py": {
        "a rehearsal says what the job would do to every customer of the company (POOL-19)"
    },
    "pool/recycling/services.py": {"the clocks of the pool run for every customer (POOL-19)"},
}

other = aliased(Customer)
READS = {
    "the records": lambda: select(Customer),
    "one column": lambda: select(Customer.id),
    "a composite": lambda: select(Customer.phone),
    "a count": lambda: select(func.count(Customer.id)),
    "a count of rows": lambda: select(func.count()).select_from(Customer),
    "a join from elsewhere": lambda: select(Staff.id).join(Customer, Customer.owner_id == Staff.id),
    "an outer join": lambda: select(Staff).outerjoin(Customer, Customer.owner_id == Staff.id),
    "an alias": lambda: select(other.name),
    "the table": lambda: select(Customer.__table__.c.name),
}
# Nested reads: the result is still customers, or reveals that there are some.
NESTED = {
    "a union": lambda: union_all(select(Customer.id), select(Staff.id)),
    "a subquery": lambda: select(select(Customer.id).subquery()),
    "a condition on others": lambda: select(Staff.id).where(Staff.id.in_(select(Customer.owner_id))),
    "an existence": lambda: select(exists().where(Customer.owner_id == 1)),
}
CHANGES = {
    "an update": lambda: update(Customer).values(name="x"),
    "a deletion": lambda: delete(Customer),
    "an update of one": lambda: update(Customer).where(Customer.id == 1).values(name="x"),
}


@pytest.mark.parametrize("name", [*READS, *CHANGES])
def test_acc_6_without_a_scope_nothing_is_read(world, name):
    statement = {**READS, **CHANGES}[name]()
    with pytest.raises(UnscopedAccessError, match=r"(?i)customer"):
        db.session.execute(statement)
    db.session.rollback()


@pytest.mark.parametrize("name", NESTED)
def test_acc_6_nested_reads_need_a_scope_too(world, name):
    with pytest.raises(UnscopedAccessError, match=r"(?i)customer"):
        db.session.execute(NESTED[name]())
    db.session.rollback()


def test_acc_6_loading_by_key_is_no_way_around(world):
    made = make_customer(world.actor("agent"))
    db.session.expunge_all()
    with pytest.raises(UnscopedAccessError):
        db.session.get(Customer, made.id)
    with pytest.raises(UnscopedAccessError):
        db.session.query(Customer).filter_by(id=made.id).first()


def test_acc_6_a_scoped_statement_passes_with_everything_made_of_it(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    statement = visible_customers(agent)
    assert is_scoped(statement)
    assert db.session.scalars(statement.where(Customer.id == made.id)).one().id == made.id
    assert db.session.scalar(statement.with_only_columns(func.count())) == 1
    assert not is_scoped(select(Customer))
    assert is_scoped(scoped(select(Customer)))


def test_acc_6_relations_of_a_record_that_was_reached_are_free(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    db.session.expire_all()
    found = db.session.scalars(visible_customers(agent)).one()
    assert (found.owner.id, found.department.name, found.demand_districts) == (agent.id, "城东店", [])
    db.session.refresh(made)


def test_other_tables_are_not_guarded(world):
    assert db.session.scalar(select(func.count()).select_from(Staff)) == 15


def test_the_way_out_needs_a_reason_and_ends(world):
    with pytest.raises(ValueError, match="reason"), unscoped(""):
        pass
    with suppress(LookupError), unscoped("test"):
        assert db.session.scalars(select(Customer)).all() == []
        raise LookupError
    with pytest.raises(UnscopedAccessError):
        db.session.scalars(select(Customer)).all()


def _uses(path):
    calls = [
        node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)
    ]
    return {
        call.args[0].value
        for call in calls
        if getattr(call.func, "id", getattr(call.func, "attr", "")) == "unscoped"
    }


def test_acc_6_every_way_out_is_listed():
    found = {str(path.relative_to(APP)): _uses(path) for path in sorted(APP.rglob("*.py"))}
    assert {name: reasons for name, reasons in found.items() if reasons} == UNSCOPED


def test_acc_6_the_guard_is_not_circumvented_in_the_code():
    """The guard does not see raw SQL and Core connections: only infrastructure uses them."""
    marks = {"exec_driver_sql(", "engine.connect(", "engine.begin(", "session.connection("}
    allowed = {"kernel", "cli"}
    found = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if any(mark in path.read_text(encoding="utf-8") for mark in marks)
    }
    assert {name for name in found if name.split("/")[0] not in allowed} == set()
