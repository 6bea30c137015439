"""CH-18, CH-19: the list of collisions, with its filters, and in the API."""

from __future__ import annotations

from typing import ClassVar

from app.channel.collisions.models import Collision
from app.channel.collisions.services import handle_collision
from tests.support.channel.scene import at, every
from tests.support.web.kit import ListViewTests


class TestCollisions(ListViewTests):
    """CH-18, CH-19, PLAT-9: the director finds every collision; open ones are last in ascending order."""

    view = "CollisionView"
    tab = "all"
    api = "/collisions"
    scene = "channel"
    column = "other_code"
    allowed = ("director", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1", "secretary")
    filters: ClassVar = {
        "code={second}": ["{second}"], "code={mine}": ["{second}", "{third}"], "name=王小": ["{second}", "{third}"],
        "name=李": [], "broker=孙": ["{third}"], "broker_phone=13900000002": ["{second}"],
        "kind=certain": ["{second}", "{third}"], "kind=probable": [], "outcome=keep": ["{second}"],
        "open=yes": ["{third}"], "open=no": ["{second}"],
    }  # fmt: skip
    orders: ClassVar = {"place": ["{second}", "{third}"]}
    most = 9

    def prepare(self):
        mine = self.people.bound("broker1")
        second = self.people.report("broker2")
        with at(minutes=1):
            third = self.people.report("broker3")
        handle_collision(
            every(Collision)[0].id, outcome="keep", note="先绑定", actor=self.people.actor("director")
        )
        self.known = {"mine": mine.code, "second": second.code, "third": third.code}

    def api_value(self, item):
        return item["reporting"]["code"]

    def add(self, number):
        phones = [("135", f"200{number}")]
        self.people.bound("broker1", f"客{number}", phones)
        self.people.report("broker2", f"客{number}", phones)
