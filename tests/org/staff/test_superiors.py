"""ACC-3: the nearest superior of a person."""

from __future__ import annotations

import pytest

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.departments import services as org
from app.org.shared.models import Account, Department, Staff
from app.org.staff.queries import nearest_superior
from tests.support.databases.statements import count_statements


@pytest.mark.parametrize(
    ("person", "superior"),
    [
        ("agent", "manager"),
        ("agent3", "manager2"),
        ("manager", "regional"),  # they manage their own department
        ("regional", None),
        ("sales", None),
        ("other_agent", None),
        ("broker", None),  # not a member of staff
    ],
)
def test_acc_3_the_manager_of_the_department_or_the_next_one_above(app, world, person, superior):
    expected = world.actor(superior).id if superior else None
    with count_statements(app) as seen:
        assert nearest_superior(world.actor(person).id) == expected
    assert len([text for text in seen if text.startswith("SELECT")]) == 1


def test_acc_3_a_closed_account_is_no_superior(world):
    db.session.get_one(Account, world.actor("manager").id).close()
    db.session.commit()
    assert nearest_superior(world.actor("agent").id) == world.actor("regional").id


def test_acc_3_whoever_manages_the_top_is_above_all(world):
    admin = db.session.get_one(Staff, world.actor("admin").id)
    org.name_manager(db.session.get_one(Department, world.department("hq").id), admin, actor=SYSTEM)
    assert nearest_superior(world.actor("sales").id) == admin.id
    assert nearest_superior(world.actor("agent").id) == world.actor("manager").id
    assert nearest_superior(world.actor("other_agent").id) is None
