"""ACC-1: the tree of departments: pages, paths, moves, deletion, and the scopes after a change."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from app.audit.services import verify
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.org.departments import services
from app.org.departments import services as tree
from app.org.departments.policies import DepartmentFacts, can_delete_department, can_move_department
from app.org.departments.queries import department_facts
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import Company, Department, Staff
from tests.support.databases.statements import count_statements
from tests.support.make import make_platform_customer
from tests.support.people.organisation import last_operation, nothing_changed
from tests.support.web.person import Browser


def _path(pk: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(Department.path).where(Department.id == pk)).one()


def _add(world, name: str, parent: int, **values):
    return tree.add_department(name=name, parent_id=parent, actor=world.actor("admin"), **values)


def test_acc_1_the_list_shows_the_tree(app, world):
    page = Browser(app, "admin").page("/departments/")
    names = [
        (cell.one("span", class_="tree")["class"], cell.text) for cell in page.all("td", class_="c-title")
    ]
    depths = {text: int(classes.rsplit("-", 1)[1]) for classes, text in names}
    assert {depths["总部"], depths["异业总部"]} == {0}
    assert (depths["城区大区"], depths["城东店"]) == (1, 2)
    order = [text for _classes, text in names]
    assert order.index("总部") < order.index("城区大区") < order.index("城东店")


def test_acc_1_a_department_is_created_below_another_with_manager_and_districts(app, world):
    east = world.department("store_east")
    values = {
        "name": "城东三店",
        "parent_id": str(east.id),
        "manager_id": str(world.actor("agent").id),
        "district_ids": [str(world.district("锦江区").id)],
    }
    assert Browser(app, "admin").post("/departments/new", values).status_code == 303
    made = db.session.scalars(select(Department).where(Department.name == "城东三店")).one()
    assert made.path == f"{_path(east.id)}{made.id}/"
    assert made.company_id == east.company_id
    assert [district.name for district in made.districts] == ["锦江区"]
    assert made.id in actor_by_username("agent").managed, "actors follow at once"
    assert last_operation("department", made.id)[0] == "department.manager"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"parent_id": 99_999}, "parent_id"),
        ({"company_id": 99_999, "parent_id": None}, "company_id"),
        ({"parent_id": None}, "company_id"),
        ({"manager_id": 99_999}, "manager_id"),
        ({"district_ids": [99_999]}, "district_ids"),
    ],
)
def test_acc_1_what_cannot_be_named_is_refused_and_nothing_is_left(world, values, field):
    given = {"name": "无", "parent_id": world.department("hq").id, **values}
    with nothing_changed(Department), pytest.raises(Invalid) as caught:
        tree.add_department(actor=world.actor("admin"), **given)
    assert list(caught.value.fields) == [field]


def test_acc_1_a_manager_belongs_to_the_company(world):
    other = world.actor("other_agent").id
    with pytest.raises(Invalid) as caught:
        _add(world, "新店", world.department("hq").id, manager_id=other)
    assert list(caught.value.fields) == ["manager_id"]


def test_acc_1_editing_renames_and_is_recorded_field_by_field(app, world):
    east = world.department("store_east")
    values = {"name": "城东旗舰店", "manager_id": "", "district_ids": [str(world.district("青羊区").id)]}
    assert Browser(app, "admin").post(f"/departments/{east.id}/edit", values).status_code == 303
    department = db.session.get_one(Department, east.id)
    assert (department.name, department.manager_id) == ("城东旗舰店", None)
    assert [district.name for district in department.districts] == ["青羊区"]
    assert not actor_by_username("manager").managed
    page = Browser(app, "admin").page(f"/departments/{east.id}/tab/operations")
    assert "城东店 → 城东旗舰店" in page.text


@pytest.mark.both
def test_acc_1_a_subtree_moves_with_all_its_paths(world):
    hq, region, west = (world.department(key).id for key in ("hq", "region", "store_west"))
    deep = _add(world, "深处", _add(world, "西一组", west).id)
    tree.move_department(west, parent_id=hq, actor=world.actor("admin"))
    assert _path(west) == f"{_path(hq)}{west}/"
    assert _path(deep.id) == f"{_path(hq)}{west}/{deep.parent_id}/{deep.id}/"
    assert _path(world.department("store_east").id) == f"{_path(region)}{world.department('store_east').id}/"
    tree.move_department(west, parent_id=None, actor=world.actor("admin"))
    assert _path(deep.id) == f"/{west}/{deep.parent_id}/{deep.id}/"
    assert last_operation("department", west) == ("department.move", "Department moved to the top")


def test_acc_1_who_sees_what_follows_a_move_at_once(app, world):
    west = make_platform_customer(world.actor("agent3"), name="西店客户").id
    browser = Browser(app, "manager")
    assert browser.get(f"/customers/{west}").status_code == 404
    assert Browser(app, "regional").get(f"/customers/{west}").status_code == 200
    hq = world.department("hq").id
    east, store_west = world.department("store_east").id, world.department("store_west").id
    admin = Browser(app, "admin")
    assert admin.post(f"/departments/{store_west}/move", {"parent_id": str(east)}).status_code == 303
    assert browser.get(f"/customers/{west}").status_code == 200
    assert admin.post(f"/departments/{store_west}/move", {"parent_id": str(hq)}).status_code == 303
    assert browser.get(f"/customers/{west}").status_code == 404
    assert store_west not in actor_by_username("regional").managed


@pytest.mark.parametrize(
    ("moved", "below"), [("region", "region"), ("region", "store_east"), ("hq", "finance")]
)
def test_acc_1_a_circle_is_refused(app, world, moved, below):
    moved, below = world.department(moved), world.department(below)
    before = _path(moved.id)
    answer = Browser(app, "admin").post(f"/departments/{moved.id}/move", {"parent_id": str(below.id)})
    assert answer.status_code == 409
    assert _path(moved.id) == before


def test_acc_1_a_department_stays_in_its_company(world):
    with pytest.raises(Denied) as caught:
        tree.move_department(
            world.department("finance").id,
            parent_id=world.department("other_hq").id,
            actor=world.actor("admin"),
        )
    assert caught.value.code == "department.other_company"


@pytest.mark.both
def test_acc_1_of_two_moves_that_would_make_a_circle_together_one_is_refused(app, world):
    first, second = (_add(world, name, world.department("hq").id).id for name in ("甲部", "乙部"))
    start, refused = Barrier(2), []

    def move(pk: int, parent: int) -> None:
        with app.app_context():
            start.wait()
            try:
                tree.move_department(pk, parent_id=parent, actor=world.actor("admin"))
            except Denied as error:
                refused.append(error.code)

    threads = [Thread(target=move, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["department.cycle"]
    lower, upper = sorted((first, second), key=lambda pk: len(_path(pk)), reverse=True)
    assert _path(lower) == f"{_path(upper)}{lower}/"


@pytest.mark.both
def test_acc_1_creations_while_the_tree_moves_leave_no_wrong_path(app, world):
    admin, west = world.actor("admin"), world.department("store_west").id
    places = [world.department("hq").id, world.department("store_east").id]
    start = Barrier(2)

    def move() -> None:
        with app.app_context():
            start.wait()
            for number in range(8):
                tree.move_department(west, parent_id=places[number % 2], actor=admin)

    def create() -> None:
        with app.app_context():
            start.wait()
            for number in range(8):
                tree.add_department(name=f"新组{number}", parent_id=west, actor=admin)

    threads = [Thread(target=move), Thread(target=create)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    paths = dict(db.session.execute(select(Department.id, Department.path)).all())
    parents = dict(db.session.execute(select(Department.id, Department.parent_id)).all())
    assert len(paths) == 17
    assert {pk: f"{paths.get(parents[pk], '/')}{pk}/" for pk in paths} == paths


def test_acc_1_only_an_empty_department_is_deleted(app, world):
    admin, hq = Browser(app, "admin"), world.department("hq").id
    empty = _add(world, "空部门", hq, district_ids=[world.district("锦江区").id]).id
    for key in ("hq", "region", "store_east"):
        assert admin.post(f"/departments/{world.department(key).id}/delete").status_code == 409
    assert admin.post(f"/departments/{empty}/delete").status_code == 303
    assert db.session.get(Department, empty) is None
    assert last_operation("department", empty)[0] == "department.delete"
    following = _add(world, "新部门", hq).id
    assert following > empty, "a number is never given again"
    assert not list(verify())


@pytest.mark.parametrize(
    ("facts", "move", "delete"),
    [
        (DepartmentFacts(), "", ""),
        (DepartmentFacts(has_children=True), "", "department.not_empty"),
        (DepartmentFacts(has_staff=True), "", "department.not_empty"),
        (DepartmentFacts(has_records=True), "", "department.not_empty"),
        (DepartmentFacts(has_other_place=False), "department.no_other_place", ""),
    ],
)
def test_acc_1_what_keeps_a_department_where_it_is(facts, move, delete):
    assert can_move_department(SYSTEM, Department(), facts).code == move
    assert can_delete_department(SYSTEM, Department(), facts).code == delete


@pytest.mark.both
def test_acc_1_what_is_known_of_departments_takes_one_statement(app, world):
    empty = _add(world, "空部门", world.department("hq").id)
    make_platform_customer(world.actor("agent3"))
    for staff in db.session.scalars(
        select(Staff).where(Staff.department_id == world.department("store_west").id)
    ):
        staff.department_id = world.department("hq").id
    db.session.commit()
    keys = ("hq", "region", "store_west", "finance", "other_hq")
    departments = [db.session.get_one(Department, world.department(key).id) for key in keys]
    with count_statements(app) as seen:
        found = department_facts([*departments, empty], complete=True)
    assert len([one for one in seen if not one.startswith("BEGIN")]) == 1, seen
    assert [found[one.id] for one in (*departments, empty)] == [
        DepartmentFacts(has_children=True, has_staff=True, has_other_place=False),
        DepartmentFacts(has_children=True, has_staff=True),
        DepartmentFacts(has_records=True),
        DepartmentFacts(has_staff=True),
        DepartmentFacts(has_children=True, has_other_place=False),
        DepartmentFacts(),
    ]


def test_acc_1_the_buttons_of_a_department_say_why_not(app, world):
    admin, hq, west = Browser(app, "admin"), world.department("hq").id, world.department("store_west").id
    page = admin.page(f"/departments/{hq}")
    assert "本公司其他部门都在这个部门之下" in page.response.text
    assert "还有下级部门" in page.response.text
    assert "部门里还有员工" in admin.page(f"/departments/{west}").response.text
    empty = _add(world, "空部门", hq).id
    links = [a["href"] for a in admin.page(f"/departments/{empty}").all("a")]
    assert {f"/departments/{empty}/move", f"/departments/{empty}/delete"} <= {*links}
    assert f"/departments/{hq}/move" not in [a["href"] for a in page.all("a")]
    with pytest.raises(Denied) as caught:
        tree.move_department(hq, parent_id=None, actor=world.actor("admin"))
    assert caught.value.code == "department.no_other_place"


def test_acc_1_a_department_with_customers_is_not_deleted(world):
    team = world.department("store_west").id
    customer = make_platform_customer(world.actor("agent3"))
    elsewhere = world.department("hq").id
    for staff in db.session.scalars(select(Staff).where(Staff.department_id == team)):
        staff.department_id = elsewhere
    db.session.commit()
    assert customer.department_id == team
    with pytest.raises(Denied) as caught:
        tree.delete_department(team, actor=world.actor("admin"))
    assert caught.value.code == "department.not_empty"
    assert _path(team)


def test_acc_1_companies_are_created_and_renamed_once_a_name(app, world):
    admin = Browser(app, "admin", locale="en")
    assert admin.post("/companies/new", {"name": "新城置业有限公司"}).status_code == 303
    made = db.session.scalars(select(Company).where(Company.name == "新城置业有限公司")).one()
    page = admin.submit("/companies/new", {"name": "新城置业有限公司"}, 409)
    assert page.errors() == {"name": "There is a company of this name"}
    assert admin.post(f"/companies/{made.id}/edit", {"name": "新城集团"}).status_code == 303
    assert last_operation("company", made.id)[0] == "company.edit"
    with suppress(Denied):
        services.create_company(name="新城集团", actor=world.actor("admin"))
    assert len(db.session.scalars(select(Company).where(Company.name == "新城集团")).all()) == 1


@pytest.mark.parametrize("name", ["新城（集团）", "新城(集团)", "新城 (集团)", "新城（集团） "])
@pytest.mark.both
def test_acc_1_companies_are_told_apart_by_more_than_width_and_blanks(world, name):
    admin = world.actor("admin")
    first = services.create_company(name="新城(集团)", actor=admin)
    other = services.create_company(name="旧城", actor=admin)
    for attempt in (
        lambda: services.create_company(name=name, actor=admin),
        lambda: services.rename_company(other.id, name=name, actor=admin),
    ):
        with pytest.raises(Denied) as taken:
            attempt()
        assert (taken.value.decision.code, taken.value.decision.field) == ("company.name_taken", "name")
    renamed = services.rename_company(first.id, name="新城（集团）", actor=admin)
    assert renamed.name == "新城（集团）", "its own name in other brackets"
