"""CH-21: the list of tours and a tour's follow-ups, with their filters, in the API and exported."""

from __future__ import annotations

from typing import ClassVar

from app.channel.tours.models import Tour
from app.channel.tours.services import follow_tour
from tests.support.channel.happened import came, happen
from tests.support.channel.scene import every
from tests.support.web.kit import ApiTests, ListViewTests


class TestTours(ListViewTests):
    """CH-21, PLAT-9: the office finds every tour."""

    view = "TourView"
    api = "/tours"
    scene = "channel"
    column = "code"
    allowed = ("director", "secretary", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1", "consultant")
    filters: ClassVar = {
        "code={first}": ["{first}"], "name=王小红": ["{second}"], "broker=钱": ["{second}"],
        "intention=A": ["{first}"], "intention=D": [], "consultant=夏": ["{first}", "{second}"],
        "consultant=无": [], "created_from=2026-03-02": ["{second}"], "created_to=2026-03-01": ["{first}"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["{first}", "{second}"]}
    most = 9

    def prepare(self):
        first, second = happen(self.people)
        self.known = {"first": first.code, "second": second.code}

    def add(self, number):
        came(self.people, "broker1", f"客{number}", f"200{number}")


class TestFollowUpsOfATour(ApiTests):
    """CH-21, PLAT-9: what the consultant wrote about a tour."""

    path = "/tours/<int:pk>/follow-ups"
    scene = "channel"
    column = "content"
    allowed = ("consultant", "director", "secretary", "admin", "auditor")
    outsiders = ("agent", "broker1")
    orders: ClassVar = {"created_at": ["一", "二"]}

    def prepare(self):
        happen(self.people)
        self.pk = every(Tour)[0].id
        self.add("一")
        self.add("二")

    def add(self, number):
        follow_tour(self.pk, content=str(number), actor=self.people.actor("consultant"))
