"""CH-16: the list of scans, with its filters, in the API and exported."""

from __future__ import annotations

from typing import ClassVar

from tests.support.channel.happened import happen
from tests.support.web.kit import ListViewTests


class TestScans(ListViewTests):
    """CH-16, PLAT-9: the office finds every scan."""

    view = "ScanView"
    api = "/scans"
    scene = "channel"
    column = "code"
    allowed = ("director", "secretary", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1")
    filters: ClassVar = {
        "code={first}": ["{first}"], "name=王小红": ["{second}"], "fragment=1234": ["{first}"],
        "fragment=138****5678": ["{second}"], "broker=钱": ["{second}"], "broker_phone=13900000001": ["{first}"],
        "consultant=夏": ["{first}", "{second}"], "consultant=无": [], "result=bound": ["{first}", "{second}"],
        "result=walk_in": [], "created_from=2026-03-02": ["{second}"], "created_to=2026-03-01": ["{first}"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["{first}", "{second}"]}
    most = 9

    def prepare(self):
        first, second = happen(self.people)
        self.known = {"first": first.code, "second": second.code}

    def add(self, number):
        self.people.bound("broker1", f"客{number}", [("135", f"200{number}")])
