"""CH-25: the list of viewing fees, with its filters, in the API and exported."""

from __future__ import annotations

from typing import ClassVar

from tests.support.channel.happened import happen, pay
from tests.support.web.kit import ListViewTests


class TestFees(ListViewTests):
    """CH-25, PLAT-9: the office finds every viewing fee."""

    view = "FeeView"
    api = "/viewing-fees"
    scene = "channel"
    column = "code"
    allowed = ("secretary", "director", "admin", "auditor")
    outsiders = ("agent", "onsite", "broker1", "consultant")
    filters: ClassVar = {
        "code={first}": ["{first}"], "name=王小红": ["{second}"], "fragment=1234": ["{first}"],
        "broker=钱": ["{second}"], "broker_phone=13900000001": ["{first}"], "company=锦程": ["{second}"],
        "created_from=2026-03-02": ["{second}"], "created_to=2026-03-01": ["{first}"],
        "amount_from=88.01": ["{first}"], "amount_to=88": ["{second}"], "amount_from=101": [],
        "voided=yes": ["{second}"], "voided=no": ["{first}"], "name=无人": [],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["{first}", "{second}"], "amount": ["{second}", "{first}"]}
    most = 10

    def prepare(self):
        self.first, second = happen(self.people)
        self.known = {"first": self.first.code, "second": second.code}

    def add(self, number):
        pay(self.people, self.first, f"{number + 1}.00")
