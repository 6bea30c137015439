"""ACC-1, ACC-14: the tree of districts, and which districts meet after it changes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid
from app.org.districts import services as tree
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import District
from tests.support.people.organisation import last_operation, nothing_changed
from tests.support.web.person import Browser


def test_acc_1_a_district_is_created_and_shown_in_the_tree(app, world):
    admin = Browser(app, "admin")
    values = {"code": "510104901", "name": "春熙片区", "parent_id": str(world.district("锦江区").id)}
    assert admin.post("/districts/new", values).status_code == 303
    made = db.session.scalars(select(District).where(District.name == "春熙片区")).one()
    assert made.id in actor_by_username("agent").districts, "responsible for the whole: for its part as well"
    cells = {
        c.text: c.one("span", class_="tree")["class"]
        for c in admin.page("/districts/").all("td", class_="c-title")
    }
    assert cells["春熙片区"].endswith("tree-2")
    assert cells["锦江区"].endswith("tree-1")
    page = admin.submit("/districts/new", {**values, "name": "别名"}, 409)
    assert list(page.errors()) == ["code"]


def test_acc_14_who_meets_a_district_follows_its_new_place(app, world):
    admin = world.actor("admin")
    made = tree.add_district(code="X1", name="新片区", parent_id=world.district("锦江区").id, actor=admin)
    assert made.id in actor_by_username("agent").districts
    tree.edit_district(made.id, name="新片区", parent_id=world.district("青羊区").id, actor=admin)
    assert made.id not in actor_by_username("agent").districts
    assert made.id in actor_by_username("agent3").districts
    assert last_operation("district", made.id)[0] == "district.move"


def test_acc_1_a_district_is_never_below_itself(app, world):
    admin = world.actor("admin")
    city, part = world.district("成都市").id, world.district("锦江区").id
    for below in (city, part):
        with nothing_changed(District), pytest.raises(Denied) as caught:
            tree.edit_district(city, name="成都市", parent_id=below, actor=admin)
        assert caught.value.code == "district.cycle"
    with pytest.raises(Invalid):
        tree.edit_district(city, name="成都市", parent_id=99_999, actor=admin)
    tree.edit_district(part, name="锦江新区", parent_id=None, actor=admin)
    assert db.session.get_one(District, part).parent_id is None


@pytest.mark.parametrize("code", ["", "有字", "1" * 13, "a b"])
def test_acc_1_a_code_is_short_and_plain(app, world, code):
    page = Browser(app, "admin").submit("/districts/new", {"code": code, "name": "某区"}, 422)
    assert list(page.errors()) == ["code"]
    assert page.values()["name"] == "某区"
