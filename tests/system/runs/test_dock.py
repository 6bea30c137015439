"""OFF-9: the person's runs in the corner of every page, and short exports in the download centre."""

from __future__ import annotations

import pytest

from app.kernel import clock
from app.kernel.exports import views as exports
from app.kernel.jobs import lease
from app.system.runs.queries import SHOWN_FOR
from app.system.runs.services import cancel_run
from tests.support.make import make_customer
from tests.support.web.person import Browser

SCRIPT = {exports.FROM_SCRIPT: "1"}


def _runs(browser: Browser) -> list[dict]:
    return browser.get("/live/").get_json()["runs"]


@pytest.mark.both
def test_off_9_everybody_sees_their_own_runs_with_what_may_be_done(app, world, begin, work):
    pk = begin("agent")
    agent = Browser(app, "agent")
    (waiting,) = _runs(agent)
    assert (waiting["id"], waiting["state"], waiting["file"]) == (pk, "waiting", "")
    assert waiting["cancel"] == f"/downloads/{pk}/cancel"
    assert _runs(Browser(app, "agent2")) == _runs(Browser(app, "admin")) == []
    work()
    (done,) = _runs(agent)
    assert (done["state"], done["file"], done["cancel"]) == ("done", f"/downloads/{pk}/file", "")


def test_off_9_every_step_of_a_run_is_a_new_answer(app, world, begin, steps, work):
    agent = Browser(app, "agent")
    etags = [agent.get("/live/").headers["ETag"]]
    begin("agent")
    etags.append(agent.get("/live/").headers["ETag"])
    steps.between = lambda _step: etags.append(Browser(app, "agent").get("/live/").headers["ETag"])
    work()
    etags.append(agent.get("/live/").headers["ETag"])
    assert len(set(etags)) >= 4, etags


def test_off_9_what_has_ended_leaves_the_corner_after_a_while(app, world, begin):
    pk = begin("agent")
    cancel_run(pk, actor=world.actor("agent"))
    agent = Browser(app, "agent")
    assert [run["state"] for run in _runs(agent)] == ["cancelled"]
    later = clock.now() + SHOWN_FOR
    with clock.frozen(later):
        assert _runs(agent) == []


def test_off_9_a_short_export_of_a_page_is_kept_for_its_owner_alone(app, world):
    make_customer(world.actor("agent"))
    agent = Browser(app, "agent")
    sheet = agent.post("/customers/export")
    assert sheet.status_code == 200
    (kept,) = _runs(agent)
    assert agent.get(kept["file"]).data == sheet.data
    assert Browser(app, "admin").get(kept["file"]).status_code == 404


def test_off_9_the_api_keeps_no_copy(app, api, world):
    make_customer(world.actor("agent"))
    assert api("agent").get("/customers/export").status_code == 200
    assert _runs(Browser(app, "agent")) == []


@pytest.mark.parametrize("is_held", [True, False])
def test_off_9_a_script_does_not_wait_for_many_rows_where_a_runner_works(app, world, monkeypatch, is_held):
    monkeypatch.setattr(exports, "QUICK_ROWS", 1)
    make_customer(world.actor("agent"))
    agent = Browser(app, "agent")
    if is_held:
        assert lease.acquire("test", 120)
    assert agent.post("/customers/export", headers=SCRIPT).status_code == 200, "one row is written at once"
    make_customer(world.actor("agent"))
    answer = agent.post("/customers/export", headers=SCRIPT)
    assert answer.status_code == (202 if is_held else 200)
    if is_held:
        assert answer.get_json()["run"] == _runs(agent)[0]["id"]
    assert agent.post("/customers/export").status_code == 200, "without a script the file comes at once"
