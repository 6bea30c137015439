"""OFF-4: the list of one's own batches."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.errors import ALLOW
from app.kernel.pages.batches import BatchRequest
from app.system.batches.models import Batch
from app.system.batches.services import keep_batch
from tests.support.web.kit import ListViewTests


class TestBatches(ListViewTests):
    """OFF-4, PLAT-9: everybody in the office finds their own batches."""

    view = "BatchView"
    column = "title"
    allowed = ("agent",)
    outsiders = ("broker", "visitor")
    strangers = ("agent2", "admin", "auditor")
    filters: ClassVar = {"created_from=2026-01-01": ["批 1", "批 2"], "created_to=2026-01-31": []}
    orders: ClassVar = {"created_at": ["批 1", "批 2"]}

    def prepare(self):
        self.add(1)
        self.add(2)

    def add(self, number):
        asked = BatchRequest("CustomerView", "unshelve", f"批 {number}", [])
        keep_batch(asked, {number: ALLOW}, actor=self.people.actor("agent"))
        assert db.session.scalars(select(Batch.id)).all()
