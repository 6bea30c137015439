"""What hangs on customers, made for the operations of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.customers.accounts.services import add_account
from app.customers.categories.services import add_category
from app.customers.company_paths.services import add_path
from app.customers.contacts.services import add_contact
from app.customers.files.services import add_files
from app.customers.groups.services import join_group
from app.customers.imports.running import write_import
from app.customers.imports.services import keep_read_table
from app.customers.members.services import add_member
from app.customers.merging.finder import Found, keep_pairs
from app.customers.merging.models import DuplicatePair
from app.customers.merging.queries import visible_pairs
from app.customers.merging.services import merge_customers
from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.customers.shipping_marks.services import add_mark
from app.customers.tags.services import create_tag
from app.kernel import clock
from app.kernel.database.session import db
from app.pool.public_pool.models import PoolEntry
from app.pool.recycling.rules import create_rule
from app.pool.recycling.services import recycle_to_pool
from tests.support import make
from tests.support.documents import jpeg, upload
from tests.support.tables import sheet

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from tests.support.databases.database import Database


def customer_parts(database: Database) -> dict[str, list[Any]]:
    """Create files, a team member, linked customers, and a customer to transfer."""
    agent, agent2 = (database.world.actor(name) for name in ("agent", "agent2"))
    first = db.session.scalars(visible_customers(agent).order_by(Customer.id)).first()
    files = add_files(first.id, files=[upload("a.jpg", jpeg()), upload("b.jpg", jpeg())], actor=agent)
    add_member(first.id, staff_id=agent2.id, access="read", actor=agent)
    linked = [make.make_customer(agent) for _ in range(2)]
    belonging = _belongings(first.id, agent)
    join_group(linked[0].id, customer_id=linked[1].id, actor=agent)
    return {
        "files": [files[0].id],
        "spare_files": [files[1].id],
        "members": [agent2.id],
        "linked": [linked[0].id],
        **_merges(agent),
        "given_away": [make.make_customer(agent).id],
        **belonging,
    }


def _belongings(pk: int, actor: Actor) -> dict[str, list[Any]]:
    """Create two contacts, bank accounts, company paths and shipping marks of a customer: one of each is to
    be deleted.
    """
    contacts = [add_contact(pk, name=name, mobile="13912345678", actor=actor).id for name in "甲乙"]
    accounts = [
        add_account(pk, bank="工商银行", account_number=f"62220212345678{n}", actor=actor).id for n in "12"
    ]
    paths = [add_path(pk, path=name, actor=actor).id for name in "甲乙"]
    marks = [add_mark(pk, text=name, actor=actor).id for name in "甲乙"]
    return {
        "contacts": contacts[:1], "spare_contacts": contacts[1:],
        "bank-accounts": accounts[:1], "spare_accounts": accounts[1:],
        "company-paths": paths[:1], "spare_paths": paths[1:],
        "shipping-marks": marks[:1], "spare_marks": marks[1:],
    }  # fmt: skip


def public_pool(database: Database) -> dict[str, list[Any]]:
    """Create customers to recycle, to claim and to give away, and rules of recycling."""
    agent, admin = database.world.actor("agent"), database.world.actor("admin")
    pooled = [
        recycle_to_pool(make.make_customer(agent).id, reason="没有时间跟进", actor=agent) for _ in range(2)
    ]
    values = {"deal_status": None, "level": None, "to_department_id": None}
    rules = [
        create_rule(department_id=one, days=14, **values, actor=admin)
        for one in (agent.department_id, database.world.actor("other_agent").department_id)
    ]
    return {
        "left_alone": [make.make_customer(agent).id],
        "to_claim": [pooled[0].id],
        "to_give": [pooled[1].id],
        "pool_entries": list(db.session.scalars(select(PoolEntry.id))),
        "recycling_rules": [rules[0].id],
        "spare_rules": [rules[1].id],
    }


def labels(database: Database) -> dict[str, list[Any]]:
    """Create tags and categories, among them some to delete and to merge."""
    agent, admin = (database.world.actor(name) for name in ("agent", "admin"))
    tags = [create_tag(name=name, actor=agent).id for name in ("学区", "学区房", "投资客")]
    categories = [add_category(name=name, actor=admin).id for name in ("渠道", "直客", "散客")]
    add_category(name="电商", parent_id=categories[0], actor=admin)
    return {
        "tags": tags[:1],
        "merged_tags": tags[1:2],
        "spare_tags": tags[2:],
        "categories": categories[:1],
        "other_categories": categories[1:2],
        "spare_categories": categories[2:],
    }


def _merges(agent: Actor) -> dict[str, list[Any]]:
    """Create two files to merge, one that has taken another in, and pairs of the duplicate finder."""
    made = [make.make_customer(agent).id for _ in range(8)]
    merge_customers(made[2], other_ids=[made[3]], actor=agent)
    found = [Found(*pair, agent.company_id, "same_name", 95) for pair in (made[4:6], made[6:])]
    keep_pairs(found, clock.now())
    pairs = db.session.scalars(visible_pairs(agent).order_by(DuplicatePair.id)).all()
    return {"mergeable": made[:2], "survivors": made[2:3], "pairs": [p.id for p in pairs]}


def imports(database: Database) -> dict[str, list[Any]]:
    """Create an import that was written, and one that was not."""
    agent = database.world.actor("agent")
    done, still = (
        keep_read_table("客户.xlsx", [sheet(("导入的", make.next_phone()))], actor=agent) for _ in range(2)
    )
    return {"imports": [write_import(done.id, actor=agent).id], "open_imports": [still.id]}
