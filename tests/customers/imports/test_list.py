"""The list of imports: all users see their own (CUST-26)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from app.customers.imports.running import cancel_import
from app.customers.imports.services import keep_read_table
from app.kernel import clock
from tests.support.tables import sheet
from tests.support.web.kit import ListViewTests


class TestImports(ListViewTests):
    """CUST-26, PLAT-9: the list shows what a person imported, by state and day."""

    view = "ImportView"
    column = "file_name"
    allowed = ("agent", "manager")
    outsiders = ("finance",)
    strangers = ("agent2",)
    filters: ClassVar = {
        "state=open": ["二.xlsx"], "state=cancelled": ["一.xlsx"],
        "created_from=2026-03-02": ["二.xlsx"], "created_to=2026-03-01": ["一.xlsx"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["一.xlsx", "二.xlsx"]}

    def prepare(self):
        for day, name in enumerate(("一", "二"), 1):
            with clock.frozen(datetime(2026, 3, day, 4, tzinfo=UTC)):
                first = self.keep(name)
            if day == 1:
                cancel_import(first.id, actor=self.people.actor("agent"))

    def keep(self, name):
        return keep_read_table(
            f"{name}.xlsx", [sheet(("甲", "13900000001"))], actor=self.people.actor("agent")
        )

    def add(self, number):
        self.keep(str(number))
