"""PLAT-4: administrators see the jobs and their runs, and start a run or a dry run; others do not."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from app.audit.models import OperationLog
from app.kernel.database.session import db
from app.kernel.jobs.runs import JobRun, execute_job, waiting_runs
from tests.support.databases.statements import count_statements
from tests.support.web.person import Browser


def _waiting():
    found = waiting_runs()
    db.session.rollback()
    return found


@pytest.mark.parametrize(("path", "dry"), [("run", False), ("dry-run", True)])
def test_plat_4_a_run_is_asked_for_logged_and_recorded(app, world, counter, job, token, path, dry):
    browser = Browser(app, "admin")
    page = browser.submit(f"/jobs/counting/{path}", {}, 303)
    ((pk, _name),) = _waiting()
    assert db.session.get(JobRun, pk).asked_by_id == world.actor("admin").id
    logged = db.session.scalars(select(OperationLog).where(OperationLog.record_type == "job_run")).one()
    assert (logged.operation, logged.actor_name) == ("job.run", "秦知远")
    db.session.commit()
    execute_job(job, token=token, asked=pk)
    page = browser.page("/job-runs/")
    assert "Counting" in page.text
    assert "秦知远" in page.text
    assert ("试运行" in page.one("tbody").text) is dry
    assert counter.seen == [dry]
    listed = browser.page("/jobs/")
    assert "已完成" in listed.one("tbody").text


def test_plat_4_the_same_waits_once(app, world, counter):
    browser = Browser(app, "admin")
    for _ in range(2):
        browser.submit("/jobs/counting/run", {}, 303)
    assert len(_waiting()) == 1
    assert "已在等待" in browser.page("/job-runs/").text


def test_plat_4_a_button_is_off_with_its_reason_while_the_same_run_waits(app, world, counter):
    browser = Browser(app, "admin")
    assert _buttons(browser) == {"立即运行": "", "试运行": ""}
    browser.submit("/jobs/counting/dry-run", {}, 303)
    assert _buttons(browser) == {"立即运行": "", "试运行": "该任务已在等待运行"}


def _buttons(browser):
    """Return the labels of the job's buttons, with the reason of a disabled one."""
    (row,) = (row for row in browser.page("/jobs/").one("tbody").all("tr") if "Counting" in row.text)
    return {
        one.text: one["title"] if one["aria-disabled"] else ""
        for one in row.one(class_="row-ops").all("button")
    }


def test_plat_4_the_page_says_when_nothing_runs_the_jobs(app, world):
    assert "没有运行器" in Browser(app, "admin").page("/jobs/").text


def test_plat_4_a_run_is_stopped_on_the_page_and_logged(app, world, counter):
    browser = Browser(app, "admin")
    browser.submit("/jobs/counting/run", {}, 303)
    ((pk, _name),) = _waiting()
    assert f"/job-runs/{pk}/stop" in str(browser.get("/job-runs/").get_data(as_text=True))
    browser.submit(f"/job-runs/{pk}/stop", {}, 303)
    assert not _waiting()
    page = browser.page("/job-runs/")
    assert "已停止" in page.text
    assert "/stop" not in browser.get("/job-runs/").get_data(as_text=True)
    logged = db.session.scalars(
        select(OperationLog.operation).where(OperationLog.record_type == "job_run").order_by(OperationLog.id)
    )
    assert logged.all() == ["job.run", "job.stop"]
    db.session.commit()
    browser.submit(f"/job-runs/{pk}/stop", {}, 303)
    assert "已结束" in browser.page("/job-runs/").text
    assert browser.post("/job-runs/987654/stop").status_code == 404


@pytest.mark.parametrize("username", ["manager", "agent", "auditor", "finance"])
def test_plat_4_others_see_no_jobs_and_run_none(app, world, counter, username):
    browser = Browser(app, username)
    assert browser.get("/jobs/").status_code == browser.get("/job-runs/").status_code == 403
    assert browser.post("/jobs/counting/run").status_code == 403
    assert browser.post("/job-runs/1/stop").status_code == 403
    assert not _waiting()


def test_an_unknown_job_is_not_found(app, world):
    assert Browser(app, "admin").post("/jobs/nothing/run").status_code == 404


def test_the_pages_cost_a_fixed_number_of_statements(app, world, counter, job, token):
    browser = Browser(app, "admin")
    for _ in range(2):
        browser.submit("/jobs/counting/run", {}, 303)
        for pk, _name in _waiting():
            execute_job(job, token=token, asked=pk)
        for path in ("/jobs/", "/job-runs/"):
            browser.page(path)
            with count_statements(app) as seen:
                browser.page(path)
            assert seen.count <= 8, seen
