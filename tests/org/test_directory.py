"""Names from memory: as fresh as the organisation's version, for whoever is named (ACC-1)."""

from __future__ import annotations

import pytest

from app.kernel.database.cache import invalidate
from app.kernel.database.session import db
from app.org.departments.services import edit_department
from app.org.districts.services import edit_district
from app.org.shared.directory import COLLEAGUES, DEPARTMENTS, DISTRICTS
from app.org.shared.models import Staff
from tests.support.databases.statements import count_statements

pytestmark = pytest.mark.usefixtures("world")


def test_a_name_costs_no_statement_once_it_is_in_memory(app, world):
    agent = world.actor("agent")
    pk = agent.id
    COLLEAGUES.name(pk)
    with count_statements(app) as seen:
        assert COLLEAGUES.name(pk) == agent.name
        assert COLLEAGUES.get(pk).department_id == agent.department_id
    assert [statement for statement in seen if "FROM staff" in statement] == []


def test_nobody_has_no_name():
    assert COLLEAGUES.get(None) is None
    assert COLLEAGUES.name(987_654) == DEPARTMENTS.name(987_654) == DISTRICTS.name(987_654) == ""


def test_a_renamed_department_and_district_have_their_new_names_at_once(world):
    admin = world.actor("admin")
    department, district = world.department("store_east"), world.district("锦江区")
    assert DEPARTMENTS.name(department.id) == department.name != "第一分店"
    edit_department(department.id, name="第一分店", manager_id=None, district_ids=None, actor=admin)
    assert DEPARTMENTS.name(department.id) == "第一分店"
    assert DISTRICTS.name(district.id) == "锦江区"
    edit_district(district.id, name="锦江新区", parent_id=None, actor=admin)
    assert DISTRICTS.name(district.id) == "锦江新区"


def test_within_the_transaction_of_a_change_names_are_read_anew(world):
    pk = world.actor("agent").id
    former = COLLEAGUES.name(pk)
    db.session.get(Staff, pk).name = "新名"
    db.session.flush()
    invalidate()
    assert COLLEAGUES.name(pk) == "新名" != former
    db.session.rollback()
    assert COLLEAGUES.name(pk) == former
