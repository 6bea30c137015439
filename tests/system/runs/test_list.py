"""PLAT-6: the download centre as a list, on the page and in the API."""

from __future__ import annotations

from typing import ClassVar

from app.kernel.database.session import db
from app.system.runs.models import BackgroundRun
from tests.support.web.kit import ListViewTests


class TestDownloads(ListViewTests):
    """PLAT-6, PLAT-9: everybody in the office finds their own runs."""

    view = "RunView"
    api = "/runs"
    column = "title"
    allowed = ("agent",)
    outsiders = ("broker", "visitor")
    strangers = ("agent2", "admin", "auditor")
    filters: ClassVar = {
        "state=done": ["Steps · 三步 1", "Steps · 三步 2"], "state=waiting": [], "created_from=2026-01-01": ["Steps · 三步 1", "Steps · 三步 2"],
        "created_to=2026-01-31": [],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["Steps · 三步 1", "Steps · 三步 2"]}

    def prepare(self):
        self.begin = self.request.getfixturevalue("begin")
        self.add(1)
        self.add(2)

    def add(self, number):
        run = db.session.get_one(BackgroundRun, self.begin("agent"))
        run.title, run.state = f"三步 {number}", "done"  # at most five may wait
        db.session.commit()

    def api_value(self, item):
        return f"Steps · {item['title']}"
