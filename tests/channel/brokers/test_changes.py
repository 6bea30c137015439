"""CH-5: the changes of a broker's profile, in the API."""

from __future__ import annotations

from typing import ClassVar

from app.channel.brokers.services import edit_broker
from tests.support.web.kit import ApiTests


class TestChangesOfABroker(ApiTests):
    """CH-5, PLAT-9: every change of phone and company is kept; another broker's are not there."""

    path = "/brokers/<int:pk>/changes"
    scene = "channel"
    column = "id"
    allowed = ("director", "secretary", "admin", "auditor", "broker1")
    outsiders = ("agent", "onsite", "consultant")
    strangers = ("broker2",)
    orders: ClassVar = {"created_at": ["1", "2"]}

    def prepare(self):
        self.pk = self.people.brokers["broker1"].id
        self.add(10)
        self.add(11)

    def add(self, number):
        edit_broker(self.pk, phone=f"137000000{number:02d}", actor=self.people.actor("director"))
