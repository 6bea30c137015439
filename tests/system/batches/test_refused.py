"""OFF-4: refused rows are kept with the reason, tried again, exported; everybody has their own."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from app.audit.models import OperationLog
from app.kernel import clock
from app.kernel.database.session import db
from app.pool.holding.services import publicize_customer
from app.system.batches.models import Batch, BatchRow
from app.system.batches.services import RETENTION, forget_batches
from tests.support.make import make_customer, make_platform_customer, shelve
from tests.support.traces import stored
from tests.support.web.batches import REMARK, path
from tests.support.web.person import Browser


@pytest.fixture
def held(world):
    """A customer that another person holds, and a free one."""
    return (
        make_platform_customer(world.actor("agent2"), state="private", name="=1+1"),
        make_platform_customer(world.actor("agent"), state="following", name="空闲"),
    )


@pytest.fixture
def refused(app, world, held) -> int:
    """Return a batch of which one row was done and one refused."""
    page = Browser(app, "agent").submit(path("privatize", *held), {}, 200)
    assert page.one(class_="batch-sum").text.count("· 未成功 1 条") == 1
    return db.session.scalars(select(Batch.id)).one()


@pytest.mark.both
def test_off_4_a_refused_row_is_tried_again_after_mending(app, world, held, refused):
    browser = Browser(app, "agent")
    page = browser.page(f"/batches/{refused}")
    (again,) = [a for a in page.all("a") if "retry=" in a["href"]]
    assert again.text == "重试其余 1 条"
    assert "已选 1 条记录" in browser.page(again["href"]).text
    publicize_customer(held[0].id, actor=world.actor("agent2"))
    browser.submit(again["href"], {}, 303)
    assert stored(held[0].id)["private_holder_id"] == world.actor("agent").id
    later = db.session.scalars(select(Batch).where(Batch.retry_of_id == refused)).one()
    assert any(a["href"] == f"/batches/{later.id}" for a in browser.page(f"/batches/{refused}").all("a"))


def test_off_4_the_form_of_a_second_try_is_filled_in_as_before(app, world):
    agent = world.actor("agent")
    on, off = make_customer(agent), shelve(make_customer(agent))
    browser = Browser(app, "agent")
    browser.submit(path("shelve", on, off), REMARK | {"follow_status": "pending"}, 200)
    pk = db.session.scalars(select(Batch.id)).one()
    values = browser.page(path("shelve", retry=pk)).values()
    assert (values["remark"], values["follow_status"]) == (REMARK["remark"], "pending")


def test_acc_9_what_was_typed_is_not_readable_in_the_database(app, world):
    chosen = path("shelve", shelve(make_customer(world.actor("agent"))))
    Browser(app, "agent").submit(chosen, REMARK | {"remark": "很私密的话"}, 303)
    row = " ".join(str(value) for value in db.session.execute(text("SELECT * FROM batch")).one())
    assert "很私密的话" not in row


@pytest.mark.both
def test_off_4_refused_rows_are_exported_as_text_with_the_reason(app, world, refused):
    answer = Browser(app, "agent").post(f"/batches/{refused}/export")
    assert answer.status_code == 200
    rows = [*load_workbook(BytesIO(answer.data)).active.iter_rows()]
    assert [cell.value for cell in rows[0]] == ["名称", "结果", "原因"]
    assert [(rows[1][0].value, rows[1][0].data_type, rows[1][1].value) for _ in rows[1:]] == [
        ("=1+1", "s", "未成功")
    ]
    assert world.actor("agent2").name in rows[1][2].value
    logged = db.session.scalars(select(OperationLog).where(OperationLog.operation == "batch.export")).one()
    assert logged.parameters["rows"] == "1"


def test_acc_6_a_batch_is_its_owners_alone(app, world, refused):
    for name in ("agent2", "manager", "admin"):
        browser = Browser(app, name)
        assert browser.get(f"/batches/{refused}").status_code == 404
        assert browser.post(f"/batches/{refused}/export").status_code == 404
        assert browser.get(path("privatize", retry=refused)).status_code == 404
    assert Browser(app, "broker").get(f"/batches/{refused}").status_code in {302, 403}


def test_off_4_a_second_try_is_of_the_same_operation_and_only_of_what_is_not_done(app, world, refused):
    browser = Browser(app, "agent")
    assert browser.get(path("publicize", retry=refused)).status_code == 404
    done = make_platform_customer(world.actor("agent"), state="following")
    browser.submit(path("privatize", done), {}, 303)
    latest = db.session.scalars(select(func.max(Batch.id))).one()
    assert browser.get(path("privatize", retry=latest)).status_code == 404


def test_acc_6_ids_of_others_are_refused_like_ids_of_nobody(app, world):
    mine, foreign = make_customer(world.actor("agent")), make_customer(world.actor("agent3"))
    address = f"/customers/batch/unshelve?ids={mine.id}.{foreign.id}.987654"
    page = Browser(app, "agent").submit(address, {"reason": "other"}, 200)
    assert page.one(class_="batch-sum").text.count("· 未成功 2 条") == 1
    codes = db.session.scalars(select(BatchRow.code).order_by(BatchRow.place)).all()
    assert codes == ["", "not_found", "not_found"]
    assert foreign.name not in page.text


def test_off_4_batches_are_forgotten_after_a_while(app, world, refused):
    assert forget_batches() == 0
    with clock.frozen(clock.now() + RETENTION + timedelta(days=1)):
        assert forget_batches(dry_run=True) == 1
        assert forget_batches() == 1
    left = [db.session.scalar(select(func.count()).select_from(model)) for model in (Batch, BatchRow)]
    assert left == [0, 0]
