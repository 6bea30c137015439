"""POOL-19: the pages of rules and of the rehearsal."""

from __future__ import annotations

from app.kernel.database.session import db
from app.pool.recycling.rules import create_rule
from tests.support.web.person import Browser


def test_pool_19_a_rule_without_conditions_says_so_and_the_rehearsal_leads_back(app, world):
    create_rule(days=30, actor=world.actor("manager"))
    db.session.commit()
    manager = Browser(app, "admin")
    row = manager.page("/recycling-rules/").one("tbody").one("tr")
    assert [cell.text for cell in row.all("td")][:4] == ["全部部门", "不限", "不限", "30 天"]
    assert manager.page("/recycling-rules/rehearsal").one("a", class_="back")["href"] == "/recycling-rules/"
