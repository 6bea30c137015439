"""ACC-14: districts *meet* when they share one; a parent contains its children."""

from __future__ import annotations

import pytest

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.districts.queries import all_districts, known_districts
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import District, StaffDistrict
from app.org.shared.queries import district_names
from app.org.shared.version import invalidate_actors


def _responsible(world, *names):
    """Make the agent responsible for these districts only."""
    agent = world.actor("agent")
    db.session.query(StaffDistrict).filter_by(staff_id=agent.id).delete()
    for name in names:
        pk = db.session.query(District.id).filter_by(name=name).scalar()
        db.session.add(StaffDistrict(staff_id=agent.id, district_id=pk))
    invalidate_actors()
    db.session.commit()
    ids = actor_by_username("agent").districts
    return {name for pk, name in district_names(ids).items()}


@pytest.fixture
def street(world):
    """Create a third level below 锦江区, and another city."""
    jinjiang = world.district("锦江区").id
    db.session.add(District(code="510104001", name="春熙路", parent_id=jinjiang))
    db.session.add(District(code="500000", name="重庆市"))
    db.session.commit()


CHILDREN = {"锦江区", "青羊区", "金牛区", "武侯区", "成华区"}


@pytest.mark.parametrize(
    ("own", "meets"),
    [
        ((), set()),
        (("锦江区",), {"锦江区", "成都市", "春熙路"}),
        (("青羊区",), {"青羊区", "成都市"}),
        (("成都市",), {"成都市", "春熙路", *CHILDREN}),
        (("春熙路",), {"春熙路", "锦江区", "成都市"}),
        (("重庆市",), {"重庆市"}),
        (("锦江区", "青羊区"), {"锦江区", "青羊区", "成都市", "春熙路"}),
        (("重庆市", "成都市"), {"重庆市", "成都市", "春熙路", *CHILDREN}),
    ],
)
def test_acc_14_what_meets_a_responsible_district(world, street, own, meets):
    """Siblings do not meet; ancestors and descendants do, at any depth."""
    assert _responsible(world, *own) == meets


def test_acc_14_a_cycle_of_parents_does_not_hang(world):
    """The service refuses cycles; if one exists nevertheless, signing in must still work."""
    one, other = world.district("锦江区").id, world.district("成都市").id
    db.session.get(District, other).parent_id = one
    db.session.commit()
    assert _responsible(world, "锦江区") >= {"锦江区", "成都市"}


def test_districts_by_code_and_by_id(world):
    assert [d.name for d in all_districts()] == ["成都市", "锦江区", "青羊区", "金牛区", "武侯区", "成华区"]
    ids = [world.district("锦江区").id, world.district("成都市").id]
    assert known_districts([*ids, 99_999]) == {*ids}
    assert district_names(ids) == {ids[0]: "锦江区", ids[1]: "成都市"}
    assert district_names([]) == {}
    assert SYSTEM.districts == frozenset()
