"""CH-1: the list of projects, with its filters, and in the API."""

from __future__ import annotations

from typing import ClassVar

from app.channel.projects import services as projects
from tests.support.web.kit import ListViewTests


class TestProjects(ListViewTests):
    """CH-1, PLAT-9: the office finds the projects of its company."""

    view = "ProjectView"
    api = "/projects"
    scene = "channel"
    allowed = ("admin", "director", "secretary", "auditor")
    outsiders = ("agent", "onsite", "broker1", "consultant")
    filters: ClassVar = {
        "name=栖": ["云栖里"], "name=无": [], "active=no": ["云栖里"], "active=yes": ["云锦里"],
    }  # fmt: skip
    orders: ClassVar = {"created_at": ["云锦里", "云栖里"]}
    most = 8

    def prepare(self):
        self.people.new_project("云栖里", active=False)

    def add(self, number):
        projects.create_project(
            company_id=self.people.world.companies[0], name=f"盘{number}", actor=self.people.admin
        )
