"""One operation, one transaction: only the outermost commits, a failure leaves nothing, and what the database
refuses becomes the same refusal as the check before it (design, *One operation*; PLAT-12).
"""

from __future__ import annotations

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from app.customers.duplicates.models import PhoneClaim
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.errors import Denied
from app.org.accounts.services import create_account
from app.org.departments.services import create_company
from app.org.shared.models import Company, District
from tests.support.make import make_customer, tax_id

pytestmark = pytest.mark.both


@pytest.fixture
def commits():
    """Return a list with one entry for each commit of the session."""
    seen = []
    session = db.session()

    def note(_session):
        seen.append(1)

    event.listen(session, "after_commit", note)
    yield seen
    event.remove(session, "after_commit", note)


@transactional
def _add(*names):
    for name in names:
        db.session.add(Company(name=name, created_at=clock.now()))


def _companies():
    with db.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(Company.__table__)).scalar_one()


def test_the_outermost_commits_once(world, commits):
    @transactional
    def outer():
        _add("甲")
        assert commits == [], "the inner one only flushes"
        _add("乙")
        return "done"

    assert outer() == "done"
    assert commits == [1]
    assert _companies() == 4


def test_an_error_outside_undoes_what_inner_operations_did(world, commits):
    @transactional
    def outer():
        _add("甲")
        raise LookupError

    with pytest.raises(LookupError):
        outer()
    assert commits == []
    assert _companies() == 2
    _add("乙")
    assert (commits, _companies()) == ([1], 3)


def test_an_interruption_undoes_too(world):
    @transactional
    def interrupted():
        _add("甲")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert _companies() == 2


def test_after_an_inner_refusal_the_outer_one_ends_without_a_trace(world, commits):
    @transactional
    def outer():
        _add("甲")
        create_company(name="测试房产经纪有限公司", actor=SYSTEM)

    with pytest.raises(Denied) as caught:
        outer()
    assert caught.value.code == "company.name_taken"
    assert (commits, _companies()) == ([], 2)
    _add("乙")
    assert _companies() == 3, "the session is usable, at its full depth again"


def _same_username(world):
    create_account(username="agent", name="重名", password="Blaue-Wiese-2026", roles=["Agent"], actor=SYSTEM)


def _same_company(world):
    _add("测试房产经纪有限公司")


def _same_code(world):
    one, other = (make_customer(world.actor("agent")) for _ in range(2))
    transactional(lambda: setattr(other, "code", one.code))()


def _same_tax_id(world):
    one = make_customer(world.actor("agent"), kind="enterprise", tax_id=tax_id(1))
    other = make_customer(world.actor("agent"), kind="enterprise")
    transactional(lambda: setattr(other, "tax_id", one.tax_id))()


def _same_claim(world):
    one = make_customer(world.actor("agent"))
    other = make_customer(world.actor("agent2"))
    claim = PhoneClaim(
        scope=f"o:{world.actor('agent').id}", phone_index=one.phone.index, customer_id=other.id
    )
    transactional(lambda: db.session.add(claim))()


@pytest.mark.parametrize(
    ("attempt", "code"),
    [
        (_same_username, "account.name_taken"),
        (_same_company, "company.name_taken"),
        (_same_code, "customer.code_taken"),
        (_same_tax_id, "customer.duplicate"),
        (_same_claim, "customer.duplicate"),
    ],
)
def test_plat_12_what_the_database_refuses_is_a_refusal(world, attempt, code):
    """A unique column, a partial unique index, a composite primary key: both databases report the
    same name.
    """
    with pytest.raises(Denied) as caught:
        attempt(world)
    assert (caught.value.code, caught.value.status) == (code, 409)
    assert str(caught.value.message)


def test_an_undeclared_violation_stays_an_error(world):
    @transactional
    def wrong():
        db.session.add(District(code="999999", name="无处", parent_id=999_999))

    with pytest.raises(IntegrityError):
        wrong()
    assert db.session.scalar(select(func.count()).where(District.code == "999999")) == 0
