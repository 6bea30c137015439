"""CUST-9: the duplicate finder, pair by pair; what was declared different stays so."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from app.customers.listing.models import CustomerGram
from app.customers.merging.finder import contributed, count_pairs, find_pairs, likeness, normal_name
from app.customers.merging.models import DuplicatePair
from app.customers.merging.pairs import dismiss_pair, dismiss_pairs
from app.customers.merging.queries import open_pairs
from app.customers.merging.services import merge_customers
from app.customers.merging.undo import unmerge_customer
from app.customers.shared import merges
from app.customers.shared.merges import CandidatePairs, contribute_pairs
from app.customers.shared.models import Customer
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.errors import NotFound
from tests.support.make import make_customer, make_platform_customer, tax_id
from tests.support.traces import denied, operations


@pytest.mark.parametrize(
    ("one", "other", "kind", "alike"),
    [
        ("左二", "左 二", "individual", True),
        ("ＡＢＣ贸易有限公司", "abc贸易", "enterprise", True),
        ("成都锦江（集团）公司", "成都锦江集团", "enterprise", False),
        ("王小雨", "王小云", "individual", False),
    ],
)
def test_cust_9_names_are_compared_without_what_says_nothing(one, other, kind, alike):
    assert (normal_name(one, kind) == normal_name(other, kind)) is alike


def test_cust_9_likeness_is_in_percent():
    assert likeness("成都锦江商业贸易", "成都锦江商业贸易") == 100
    assert 80 < likeness("成都锦江商业贸易", "成都锦江商务贸易") < 100


def _pairs():
    db.session.commit()
    with unscoped("test"):
        rows = db.session.scalars(
            select(DuplicatePair).order_by(DuplicatePair.a_id, DuplicatePair.b_id)
        ).all()
    return [(row.a_id, row.b_id, row.reason, row.state) for row in rows]


def _made(world, name, district="锦江区", who="agent", **values):
    return make_customer(world.actor(who), name=name, district_id=world.district(district).id, **values)


def test_cust_9_names_in_one_district(world):
    one, same = _made(world, "左二"), _made(world, "左 二")
    _made(world, "左二", "青羊区")
    firm = {"kind": "enterprise", "phone": None}
    first, second = (
        _made(world, "成都锦江商业贸易公司", **firm),
        _made(world, "成都锦江商务贸易有限公司", **firm),
    )
    _made(world, "王小雨"), _made(world, "王小云")
    assert (count_pairs(), find_pairs()) == (2, 2)
    assert _pairs() == [
        (one.id, same.id, "same_name", "open"),
        (first.id, second.id, "similar_name", "open"),
    ]
    assert find_pairs() == 0
    with unscoped("test"):
        db.session.get(Customer, same.id).name = "赵六"
    db.session.commit()
    find_pairs()
    assert _pairs() == [(first.id, second.id, "similar_name", "open")]


def test_cust_9_numbers_and_tax_ids(world):
    agent, other = world.actor("agent"), world.actor("agent2")
    number = "13811112222"
    make_customer(agent, phone=number)
    make_customer(other, phone=number)
    assert find_pairs() == 0, "in a brokerage several agents may lawfully hold the same person"
    platform, loose = make_platform_customer(agent), make_customer(agent)
    one = make_customer(agent, kind="enterprise", phone=None, tax_id=tax_id(1))
    two = make_customer(agent, kind="enterprise", phone=None)
    table = Customer.__table__
    with unscoped("test: a number and a tax id as an old system wrote them"):
        columns = ("phone_cipher", "phone_index", "phone_masked", "phone_last4")
        number = dict(zip(columns, platform.phone.__composite_values__(), strict=True))
        db.session.execute(update(table).where(table.c.id == loose.id).values(**number))
        written = f"{tax_id(1)[:8]}-{tax_id(1)[8:17]}"
        db.session.execute(update(table).where(table.c.id == two.id).values(tax_id=written))
        db.session.execute(update(table).where(table.c.id == one.id).values(tax_id=tax_id(1)[:17]))
    find_pairs()
    assert _pairs() == [
        (platform.id, loose.id, "same_phone", "open"),
        (one.id, two.id, "same_tax_id", "open"),
    ]


def test_cust_9_other_tables_bring_pairs(world):
    agent = world.actor("agent")
    one, other = make_customer(agent), make_customer(agent)
    before = dict(merges._candidates)
    brought = select(CustomerGram.customer_id, CustomerGram.customer_id.label("b")).limit(0)
    ids = select(Customer.__table__.c.id, (Customer.__table__.c.id - 1).label("b"))
    contribute_pairs(
        CandidatePairs("same_contact", 90, lambda: ids.where(Customer.__table__.c.id == other.id))
    )
    try:
        assert [(p.a_id, p.b_id, p.reason, p.score) for p in contributed()] == [
            (one.id, other.id, "same_contact", 90)
        ]
        contribute_pairs(CandidatePairs("same_contact", 90, lambda: brought))
        assert [*contributed()] == []
    finally:
        merges._candidates = before


def test_cust_9_not_duplicates_is_remembered(world):
    agent = world.actor("agent")
    one, same = _made(world, "左二"), _made(world, "左 二")
    find_pairs()
    (pair,) = db.session.scalars(open_pairs(agent)).all()
    with pytest.raises(NotFound):
        dismiss_pair(pair.id, actor=world.actor("agent3"))
    dismiss_pair(pair.id, actor=agent)
    assert [row.operation for row in operations(one)][-1] == "customer.not_duplicate"
    with denied("duplicate.decided"):
        dismiss_pairs([pair.id], actor=agent)
    assert find_pairs() == 0
    assert _pairs() == [(one.id, same.id, "same_name", "dismissed")]


def test_cust_9_who_was_no_duplicate_of_the_merged_is_none_of_the_survivor(world):
    agent = world.actor("agent")
    one, two, three = _made(world, "左二"), _made(world, "左 二"), _made(world, " 左二")
    find_pairs()
    pair = next(p for p in db.session.scalars(open_pairs(agent)) if (p.a_id, p.b_id) == (two.id, three.id))
    dismiss_pair(pair.id, actor=agent)
    merge_customers(one.id, other_ids=[two.id], actor=agent)
    assert (one.id, two.id, "same_name", "merged") in _pairs()
    assert (one.id, three.id, "same_name", "dismissed") in _pairs() or find_pairs() == 0
    assert db.session.scalars(open_pairs(agent)).all() == []
    unmerge_customer(two.id, actor=agent)
    find_pairs()
    assert (one.id, two.id, "same_name", "open") in _pairs()
