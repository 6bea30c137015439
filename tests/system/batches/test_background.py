"""OFF-4: more than 200 rows are done in the background: progress, cancel, rights of the moment, crashes."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from app.audit.services import verify
from app.kernel.database.session import db
from app.kernel.jobs import lease
from app.kernel.jobs.lease import LeaseLostError
from app.kernel.pages.batches import MAX_AT_ONCE
from app.org.shared.version import invalidate_actors
from app.system.batches import work as working
from app.system.runs.executor import recover_runs
from app.system.runs.services import cancel_run
from tests.support.databases.race import elsewhere
from tests.support.make import make_customer
from tests.support.people.accounts import account
from tests.support.traces import notifications, operations, stored
from tests.support.web.batches import REMARK, path
from tests.support.web.person import Browser


def _shelved(customers) -> list[int]:
    """The number of rows of the log that each customer's shelving left."""
    return [len(operations(one, "pool.shelve")) for one in customers]


@pytest.mark.both
def test_off_4_a_long_batch_is_done_in_the_background(app, world, begin, shelved, work, states, run_of):
    pk = begin()
    assert states(pk) == ["waiting"] * 5
    assert _shelved(shelved) == [0] * 5, "nothing is done within the request"
    browser = Browser(app, "agent")
    page = browser.page(f"/batches/{pk}")
    assert "待处理 5 条" in page.one(class_="batch-sum").text
    assert page.one("progress")["max"] == "5"
    work()
    assert (states(pk), _shelved(shelved)) == (["done"] * 5, [1] * 5)
    assert {stored(one.id)["follow_status"] for one in shelved} == {"following"}
    assert list(verify()) == []
    assert (run_of(pk).state, run_of(pk).done, run_of(pk).total) == ("done", 5, 5)
    assert browser.page(f"/batches/{pk}").one(class_="batch-sum").text == "已上架 5 位客户"
    (notice,) = notifications(world.actor("agent").id)
    assert (notice.record_type, notice.record_id) == ("batch", pk)
    assert "处理完毕：成功 5 条，未成功 0 条" in browser.page("/inbox/").text


def test_off_4_two_hundred_rows_are_done_at_once(app, world, shelved):
    assert MAX_AT_ONCE == 200
    answer = Browser(app, "agent").submit(path("shelve", *shelved, _drawer=1), REMARK, 200)
    assert "已上架 5 位客户" in answer.text
    assert answer.one("main")["data-used-up"] == "Customer", "what was chosen is no longer chosen"
    assert _shelved(shelved) == [1] * 5


def test_off_4_the_download_centre_leads_to_the_result(app, world, begin, work):
    pk = begin()
    work()
    browser = Browser(app, "agent")
    (link,) = [a["href"] for a in browser.page("/downloads/").all("a") if "/batches/run/" in a["href"]]
    assert browser.get(link).location.endswith(f"/batches/{pk}")


def test_off_4_the_form_says_that_it_takes_a_while(app, world, shelved, long):
    assert "在后台处理" in Browser(app, "agent").page(path("shelve", *shelved)).text
    assert "在后台处理" not in Browser(app, "agent").page(path("shelve", *shelved[:2])).text


@pytest.mark.both
def test_off_4_cancel_stops_and_says_what_was_done(
    app, world, begin, shelved, before_row, work, states, run_of
):
    pk = begin()
    run = run_of(pk).id
    agent = world.actor("agent")
    before_row(lambda n: n == 3 and elsewhere(app, lambda: cancel_run(run, actor=agent)))
    work()
    assert states(pk) == ["done", "done", "waiting", "waiting", "waiting"]
    assert _shelved(shelved) == [1, 1, 0, 0, 0]
    page = Browser(app, "agent").page(f"/batches/{pk}")
    assert page.one(class_="batch-sum").text == "已上架 2 位客户 · 未处理 3 条"
    assert "重试其余 3 条" in page.text
    assert notifications(agent.id) == []


def test_off_4_the_page_of_a_batch_cancels_it(app, world, begin, work, states, run_of):
    pk = begin()
    browser = Browser(app, "agent")
    form = browser.page(f"/batches/{pk}").one(class_="batch-ops").one("form")
    answer = browser.post(form["action"], {"next": f"/batches/{pk}"})
    assert (answer.status_code, answer.location) == (303, f"/batches/{pk}")
    work()
    assert (run_of(pk).state, states(pk)) == ("cancelled", ["waiting"] * 5)


@pytest.mark.both
def test_off_4_the_rest_of_a_cancelled_batch_is_taken_up(
    app, world, begin, shelved, before_row, work, states, run_of
):
    pk = begin()
    run = run_of(pk).id
    before_row(lambda n: n == 4 and elsewhere(app, lambda: cancel_run(run, actor=world.actor("agent"))))
    work()
    browser = Browser(app, "agent")
    browser.submit(path("shelve", retry=pk), REMARK, 303)
    assert _shelved(shelved) == [1] * 5


@pytest.mark.both
def test_hand_8_a_closed_account_stops_its_batch(
    app, world, begin, shelved, before_row, work, states, run_of
):
    def close() -> None:
        account("agent").active = False
        db.session.commit()

    pk = begin()
    before_row(lambda n: n == 3 and elsewhere(app, close))
    work()
    assert states(pk) == ["done", "done", "waiting", "waiting", "waiting"]
    assert (run_of(pk).state, _shelved(shelved)) == ("failed", [1, 1, 0, 0, 0])
    assert "账号已停用" in run_of(pk).problem


def test_acc_6_rights_are_asked_at_each_row(app, world, begin, shelved, before_row, work, states):
    def take_roles() -> None:
        account("agent").roles = []
        invalidate_actors()
        db.session.commit()

    pk = begin()
    before_row(lambda n: n == 4 and elsewhere(app, take_roles))
    work()
    assert states(pk) == ["done"] * 3 + ["auth.forbidden"] * 2
    assert _shelved(shelved) == [1, 1, 1, 0, 0]


def test_off_4_a_row_that_changed_meanwhile_is_refused_by_the_rule(app, world, begin, shelved, work, states):
    pk = begin()
    Browser(app, "agent").submit(path("shelve", shelved[1]), REMARK, 303)
    work()
    assert states(pk) == ["done", "pool.not_off_shelf", "done", "done", "done"]
    assert _shelved(shelved) == [1] * 5


@pytest.mark.both
def test_off_4_after_a_crash_it_goes_on_and_does_nothing_twice(
    app, world, begin, shelved, before_row, work, states, run_of, token
):
    def lose_lease(number: int) -> None:
        if number == 3:
            with lease.without_fence():
                db.session.execute(text("UPDATE job_lease SET token = token + 1"))
                db.session.commit()

    pk = begin()
    before_row(lose_lease)
    with pytest.raises(LeaseLostError):
        work()
    assert states(pk) == ["done", "done", "waiting", "waiting", "waiting"], "as a killed process leaves it"
    recover_runs(token + 1)
    assert (run_of(pk).state, _shelved(shelved)) == ("waiting", [1, 1, 0, 0, 0])
    work(token + 1)
    assert (states(pk), _shelved(shelved)) == (["done"] * 5, [1] * 5)
    assert "重启过，已从中断处继续" not in Browser(app, "agent").page(f"/batches/{pk}").text, "it is done"
    assert (run_of(pk).state, run_of(pk).attempts) == ("done", 2)


def test_off_4_a_row_that_fails_does_not_spoil_its_group(
    app, world, long, work, states, monkeypatch, before_row
):
    """Unshelving does many at once; one that breaks is refused, the others are done."""
    made = [make_customer(world.actor("agent")) for _ in range(4)]
    answer = Browser(app, "agent").post(path("unshelve", *made), {"reason": "other"})
    pk = int(answer.location.rsplit("/", 1)[-1])
    do_row, culprit, ids = working.do_row, made[1].id, [one.id for one in made]

    def together(*_args, **_kwargs):
        raise RuntimeError

    def alone(operation, record, values, actor):
        if record == culprit:
            raise RuntimeError
        return do_row(operation, record, values, actor)

    monkeypatch.setattr("app.system.batches.work._Worker._apply", _broken_apply(together, alone))
    work()
    assert states(pk) == ["done", "internal", "done", "done"]
    assert [stored(one)["follow_status"] for one in ids] == [
        "off_shelf", "following", "off_shelf", "off_shelf",
    ]  # fmt: skip


def _broken_apply(together, alone):
    def apply(worker, records, actor):
        if len(records) > 1:
            return together()
        return {one: alone(worker.operation, one, worker.values, actor) for one in records}

    return apply


def test_off_4_one_person_has_few_long_batches_at_a_time(app, world, begin, shelved):
    from app.system.runs.policies import MAX_RUNS

    for _ in range(MAX_RUNS):
        begin()
    page = Browser(app, "agent").submit(path("shelve", *shelved), REMARK, 409)
    assert page.one(class_="form-alert")
