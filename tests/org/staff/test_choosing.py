"""OFF-6: choosers find people by anything one knows of them, and offer nobody else than before."""

from __future__ import annotations

import pytest

from app.kernel.database.session import db
from app.org.shared.models import Account, Staff
from tests.support.web.person import Browser

pytestmark = pytest.mark.both


def _found(app, who, typed, chooser="staff"):
    return Browser(app, who).get(f"/options/{chooser}?q={typed}").get_json()["results"]


@pytest.mark.parametrize("typed", ["林书瑶", "书瑶", "linshuyao", "LinShu", "lsy", "sy", "ＬＳＹ"])
def test_off_6_a_colleague_is_found_by_name_and_pinyin(app, world, typed):
    assert [row["id"] for row in _found(app, "agent", typed)] == [world.actor("agent3").id]


def test_off_6_a_colleague_is_found_by_login_and_number(app, world):
    pk = world.actor("agent3").id
    login, number = db.session.get(Account, pk).username, db.session.get(Staff, pk).employee_no
    for typed in (login, login.upper(), number, number.lower()):
        assert pk in [row["id"] for row in _found(app, "agent", typed)], typed
    assert pk in [row["id"] for row in _found(app, "agent", number[:-1])], "by the beginning of the number"


def test_off_6_a_colleague_is_found_by_department_and_shown_with_it(app, world):
    rows = _found(app, "agent", "城西")
    assert world.actor("agent3").id in [row["id"] for row in rows]
    assert world.actor("agent").id not in [row["id"] for row in rows]
    shown = {row["id"]: row["text"] for row in rows}[world.actor("agent3").id]
    assert shown == f"林书瑶 · {db.session.get(Staff, world.actor('agent3').id).employee_no} · 城西店"


def test_off_6_the_end_of_a_phone_names_nobody(app, world):
    staff = db.session.get(Staff, world.actor("agent3").id)
    staff.phone = "13800137777"
    db.session.commit()
    assert _found(app, "agent", "7777") == []


@pytest.mark.parametrize("typed", ["", "城", "e"])
def test_off_6_the_own_store_comes_first(app, world, typed):
    own = world.department("store_west").id
    places = [db.session.get(Staff, row["id"]).department_id == own for row in _found(app, "agent3", typed)]
    assert places == sorted(places, reverse=True)


def test_off_6_the_scope_stays_that_of_the_chooser(app, world):
    stranger = world.actor("other_agent").id
    login = db.session.get(Account, stranger).username
    for typed in ("龚", "gym", login, db.session.get(Staff, stranger).employee_no, "异业"):
        assert stranger not in [row["id"] for row in _found(app, "agent", typed)], typed
        assert stranger in [row["id"] for row in _found(app, "admin", typed, "members")], typed


def test_off_6_all_pages_together_offer_everybody_once(app, world):
    whole = [row["id"] for row in _found(app, "agent", "")]
    assert len(whole) == len(set(whole))
    assert set(whole) >= {world.actor(one).id for one in ("agent", "agent3", "manager")}
