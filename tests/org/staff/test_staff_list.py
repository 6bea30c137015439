"""ACC-15: choosing a colleague is not limited by data scope. ACC-2, ACC-9: the columns of the list."""

from __future__ import annotations

import pytest

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.accounts.services import create_account
from app.org.shared.models import Department, Staff
from app.org.staff.services import create_staff
from tests.support.people.world import PASSWORD, PEOPLE
from tests.support.web.clients import sign_in

COLLEAGUES = sorted(p.name for n, p in PEOPLE.items() if p.department and n != "other_agent")


def _names(answer):
    assert answer.status_code == 200
    return sorted(item["name"] for item in answer.get_json()["items"])


@pytest.mark.parametrize("who", ["agent", "sales", "onsite", "manager", "finance"])
def test_acc_15_everybody_finds_all_active_staff_of_their_company(api, who):
    assert _names(api(who).get("/staff", page_size=100)) == COLLEAGUES


def test_acc_15_another_company_has_its_own(api):
    assert _names(api("other_agent").get("/staff")) == ["龚一鸣"]


@pytest.mark.parametrize("who", ["broker", "brokersite", "visitor"])
def test_acc_7_people_outside_the_office_find_no_one(api, who):
    answer = api(who).get("/staff")
    assert answer.status_code in {200, 403}
    assert answer.get_json().get("items", []) == []


@pytest.mark.parametrize("status", ["leaving", "departed"])
def test_acc_15_only_active_staff(world, api, status):
    pk = world.actor("agent2").id
    db.session.get(Staff, pk).status = status
    db.session.commit()
    agent = api("agent")
    assert PEOPLE["agent2"].name not in _names(agent.get("/staff", page_size=100))
    assert agent.get(f"/staff/{pk}").status_code == 404


def test_acc_15_the_list_has_only_id_name_and_department(world, api):
    answer = api("agent").get("/staff", name="何若兰").get_json()
    east = world.department("store_east")
    assert answer["items"] == [
        {"id": world.actor("manager").id, "name": "何若兰", "department": {"id": east.id, "name": east.name}}
    ]
    assert (answer["total"], answer["total_is_exact"]) == (1, True)


def test_acc_15_one_colleague_by_id(world, api):
    agent = api("agent")
    pk = world.actor("agent3").id
    assert agent.get(f"/staff/{pk}").get_json()["name"] == "林书瑶"
    assert agent.get(f"/staff/{world.actor('other_agent').id}").status_code == 404
    assert agent.get(f"/staff/{world.actor('broker').id}").status_code == 404


def test_acc_15_the_choices_of_forms_find_the_same(world, client):
    page = sign_in(client, "agent").get("/options/staff?q=林")
    assert [row["id"] for row in page.get_json()["results"]] == [world.actor("agent3").id]
    assert client.get("/options/staff?q=龚").get_json()["results"] == []


def test_acc_2_employee_numbers_are_given_in_turn(world):
    def hire(username, employee_no=""):
        user = create_account(
            username=username, name="新来人", password=PASSWORD, roles=["Agent"], actor=SYSTEM
        )
        home = db.session.get(Department, world.department("store_east").id)
        return create_staff(user=user, department=home, employee_no=employee_no, actor=SYSTEM).employee_no

    given = {row.employee_no for row in db.session.query(Staff)}
    assert given == {f"E{n:05d}" for n in range(1, 16)}
    assert hire("one") == "E00016"
    assert hire("two", "HR-7") == "HR-7"
    assert hire("three", "E00100") == "E00100"
    assert hire("four") == "E00101"


def test_acc_1_paths_name_the_departments_above(world):
    paths = {key: db.session.get(Department, one.id).path for key, one in world.departments.items()}
    hq, region, east = (world.department(key).id for key in ("hq", "region", "store_east"))
    assert paths["hq"] == f"/{hq}/"
    assert paths["store_east"] == f"/{hq}/{region}/{east}/"
    assert len(set(paths.values())) == len(paths)
