"""CH-20, CH-28: the lists of property consultants and of walk-in visitors, with their filters."""

from __future__ import annotations

from typing import ClassVar

from app.channel.consultants import services as consultants
from app.channel.visitors import services as visitors
from app.kernel.access.actor import SYSTEM
from tests.support.people.world import PASSWORD
from tests.support.web.kit import ListViewTests


class TestConsultants(ListViewTests):
    """CH-20, PLAT-9: the administrator finds the property consultants."""

    view = "ConsultantView"
    api = "/consultants"
    scene = "channel"
    allowed = ("admin", "auditor")
    outsiders = ("agent", "director", "broker1", "consultant")
    filters: ClassVar = {
        "name=杜": ["杜若"], "name=无": [], "phone=13800138001": ["杜若"], "project_id={other}": ["夏语冰", "杜若"],
        "project_id={first}": ["夏语冰"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["杜若", "夏语冰"]}  # the scene is earlier than the world
    most = 9

    def prepare(self):
        self.other = self.people.new_project("云栖里")
        self._hire("gu.wen", "杜若", "13800138001")
        self.known = {"other": self.other.id, "first": self.people.project.id}

    def _hire(self, username, name, phone):
        consultants.create_consultant(
            username=username, name=name, password=PASSWORD, phone=phone, project_ids=[self.other.id],
            department_id=self.people.world.department("hq").id, actor=self.people.admin,
        )  # fmt: skip

    def add(self, number):
        self._hire(f"more{number}", f"顾问{number}", f"1380013810{number}")


class TestVisitors(ListViewTests):
    """CH-28, PLAT-9: the director finds the walk-in visitors."""

    view = "VisitorView"
    scene = "channel"
    allowed = ("director", "admin", "auditor")
    outsiders = ("agent", "secretary", "broker1", "consultant")
    filters: ClassVar = {"name=冯": ["冯小姐"], "name=无": [], "code={code}": ["冯小姐"]}
    orders: ClassVar = {"created_at": ["冯小姐", "郑先生"]}
    most = 8

    def prepare(self):
        made = self._register("13600000001", "冯小姐")
        self._register("13600000002", "郑先生")
        self.known = {"code": made.code}

    def _register(self, phone, name):
        return visitors.register_visitor(phone=phone, name=name, consent_version="2026-01", actor=SYSTEM)

    def add(self, number):
        self._register(f"1360000010{number}", f"客{number}")
