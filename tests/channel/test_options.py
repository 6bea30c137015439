"""ACC-7, ACC-8: remote search offers only what the person can open anyway."""

from __future__ import annotations

import pytest

from app.channel.brokers import services as brokers
from app.channel.companies import services as companies
from app.channel.projects import services as projects
from tests.support.web.person import Browser

pytestmark = pytest.mark.both


def _texts(app, username: str, path: str) -> list[str]:
    return [
        row["text"] for row in Browser(app, username).get(f"/channel-options/{path}").get_json()["results"]
    ]


@pytest.fixture
def elsewhere(channel):
    """A project of the other company."""
    return projects.create_project(company_id=channel.world.companies[1], name="海棠湾", actor=channel.admin)


def test_ch_5_brokers_are_found_by_name_phone_and_number(app, channel):
    everybody = _texts(app, "director", "brokers")
    assert everybody[0].startswith(("孙三", "李四", "赵一", "钱二"))
    assert len(everybody) == 4
    assert _texts(app, "director", "brokers?q=赵") == ["赵一 · 13900000001 · 川流地产"]
    assert _texts(app, "director", "brokers?q=13900000002") == ["钱二 · 13900000002 · 锦程不动产"]
    number = channel.brokers["broker3"].number
    assert _texts(app, "director", f"brokers?q={number.lower()}") == ["孙三 · 13900000003 · 川流地产"]
    assert _texts(app, "director", "brokers?q=%") == []


def test_ch_9_a_company_on_site_is_offered_the_brokers_of_their_company(app, channel):
    site, broker = (channel.username(key) for key in ("site1", "broker1"))
    assert {text[:2] for text in _texts(app, site, "brokers")} == {"赵一", "孙三", "李四"}
    assert [text[:2] for text in _texts(app, broker, "brokers")] == ["赵一"]
    for outsider in ("agent", "onsite", "consultant"):
        assert _texts(app, outsider, "brokers") == []
    assert _texts(app, "agent", "companies") == []


def test_ch_4_forms_are_offered_only_what_they_take(app, channel):
    channel.register("site2", "13900000005", "周五", 1, "company_onsite")
    companies.edit_company(channel.companies[1].id, active=False, actor=channel.admin)
    assert "周五" not in "".join(_texts(app, "director", "brokers?usable=1"))
    assert "周五" in "".join(_texts(app, "director", "brokers"))
    assert _texts(app, "director", "companies?usable=1") == ["川流地产"]
    assert set(_texts(app, "director", "companies")) == {"川流地产", "锦程不动产"}
    brokers.review_broker(channel.brokers["site2"].id, approve=True, actor=channel.admin)
    assert "周五" in "".join(_texts(app, "director", "brokers?usable=1"))


def test_acc_7_projects_consultants_and_plots_are_those_within_reach(app, channel, elsewhere):
    projects.create_plot(channel.project.id, number="A-1", actor=channel.admin)
    projects.create_plot(elsewhere.id, number="Z-9", actor=channel.admin)
    assert len(_texts(app, "admin", "projects")) == 2
    assert _texts(app, "director", "projects") == ["云锦里"]
    assert _texts(app, "onsite", "projects") == ["云锦里"]
    assert _texts(app, "agent", "projects") == []
    assert _texts(app, "director", "plots") == ["A-1 · 云锦里"]
    assert _texts(app, "director", f"plots?project_id={channel.project.id}") == ["A-1"]
    assert _texts(app, "director", f"plots?project_id={elsewhere.id}") == []
    consultant = channel.world.actor("consultant")
    assert [text.split(" · ")[0] for text in _texts(app, "director", "consultants")] == [consultant.name]
    assert _texts(app, channel.username("broker1"), "consultants") == [consultant.name]
    assert _texts(app, "director", f"consultants?project_id={elsewhere.id}") == []
    projects.edit_project(channel.project.id, active=False, actor=channel.admin)
    assert _texts(app, "director", "projects?usable=1") == []


def test_acc_6_the_choices_ask_for_signing_in(app, channel):
    for name in ("brokers", "companies", "projects", "consultants", "plots"):
        answer = Browser(app).get(f"/channel-options/{name}")
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login/")
