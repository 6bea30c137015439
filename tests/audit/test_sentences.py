"""PLAT-1: every row has the actor, the operation, the record, the time and the source, in the reader's
language (PLAT-15).
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask_babel import force_locale
from sqlalchemy import select

from app.audit.models import OperationLog
from app.audit.presentation import operations_table
from app.audit.queries import actor_name, operations_of, sentence_of, visible_operations
from app.audit.services import verify
from app.customers.shared.models import Customer
from app.customers.shared.queries import get_customer
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.departments.services import create_company
from app.pool.shelving.services import unshelve_customer
from tests.support.make import make_customer, next_phone
from tests.support.web.clients import post_form, sign_in


def _rows(customer):
    return list(db.session.scalars(operations_of(customer)))


def test_plat_1_a_row_has_actor_operation_and_time(world):
    moment = datetime(2026, 1, 31, 1, 30, tzinfo=UTC)
    agent = world.actor("agent")
    with clock.frozen(moment):
        made = make_customer(agent)
    (row,) = _rows(made)
    assert (row.record_type, row.record_id, row.number) == ("customer", made.id, 1)
    assert (row.actor_id, row.actor_name, row.operation) == (agent.id, "陈晓雯", "customer.create")
    assert (row.at, row.company_id) == (moment, world.companies[0])


def test_plat_15_the_sentence_is_stored_in_chinese_and_shown_in_either_language(world):
    with force_locale("en"):
        made = make_customer(world.actor("agent"))
        (row,) = _rows(made)
        assert row.sentence != sentence_of(row), "stored in Chinese whatever the request's language"
        assert sentence_of(row) == f"Customer {made.code} created"
    with force_locale("zh"):
        assert sentence_of(row) == row.sentence
    assert made.code in row.sentence
    assert "客户" in row.sentence


def test_plat_15_a_code_in_a_sentence_is_read_in_either_language_too(world):
    agent = world.actor("agent")
    made = make_customer(agent)
    unshelve_customer(made.id, reason="no_need", actor=agent)
    row = _rows(made)[0]
    with force_locale("en"):
        assert sentence_of(row) == "Unshelved: No longer looking"
    with force_locale("zh"):
        assert sentence_of(row) == row.sentence
    assert not list(verify())


def test_parameters_may_hold_anything(world):
    company = create_company(name="100%(name)s 公司 %s <b>", actor=SYSTEM)
    row = db.session.scalars(operations_of(company)).one()
    assert "100%(name)s 公司 %s <b>" in row.sentence
    assert sentence_of(row) == row.sentence


def test_commands_and_jobs_are_the_system(world):
    row = db.session.scalars(operations_of(create_company(name="新公司", actor=SYSTEM))).one()
    assert (row.actor_id, row.source, row.request_id) == (0, "", "")
    with force_locale("zh"):
        assert actor_name(row) == "系统"
    with force_locale("en"):
        assert actor_name(row) == "System"


def _created(code):
    statement = select(OperationLog).where(OperationLog.operation == "customer.create")
    return next(row for row in db.session.scalars(statement) if code in row.sentence)


def test_plat_13_a_row_of_the_api_names_its_request_and_address(world, api):
    body = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": next_phone()}
    answer = api("agent").post("/customers", body)
    assert answer.status_code == 201
    row = _created(answer.get_json()["code"])
    assert row.request_id == answer.headers["X-Request-Id"] != ""
    assert row.source == "127.0.0.1"


def test_plat_13_a_row_of_a_page_too(world, client):
    form = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": next_phone()}
    answer = post_form(sign_in(client, "agent"), "/customers/new", form)
    assert answer.status_code in {302, 303}
    row = db.session.scalars(select(OperationLog).where(OperationLog.operation == "customer.create")).one()
    assert row.request_id == answer.headers["X-Request-Id"]
    assert row.source == "127.0.0.1"


def test_plat_13_behind_a_proxy_the_row_names_the_clients_address(world, database):
    behind = database.new_app({"KEPAN_PROXIES": "1"})
    from tests.support.web.clients import ApiClient

    body = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": next_phone()}
    answer = ApiClient(behind, "agent").post(
        "/customers", body, headers={"X-Forwarded-For": "198.51.100.9, 203.0.113.7"}
    )
    assert _created(answer.get_json()["code"]).source == "203.0.113.7", "the part that our own proxy wrote"


def test_plat_13_without_a_proxy_clients_cannot_choose_their_address(world, api):
    body = {"pool": "personal", "kind": "individual", "name": "王小明", "phone": next_phone()}
    answer = api("agent").post("/customers", body, headers={"X-Forwarded-For": "203.0.113.7"})
    assert _created(answer.get_json()["code"]).source == "127.0.0.1"


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("admin", {"ours", "theirs", "system"}),
        ("auditor", {"ours", "theirs", "system"}),
        ("agent", {"ours"}),
        ("manager", {"ours"}),
        ("other_agent", {"theirs"}),
        ("broker", set()),
    ],
)
def test_plat_1_who_reads_which_part_of_the_log(world, who, sees):
    numbers = {
        "ours": make_customer(world.actor("agent")).id,
        "theirs": make_customer(world.actor("other_agent")).id,
    }
    create_company(name="新公司", actor=SYSTEM)
    rows = list(db.session.scalars(visible_operations(world.actor(who))))
    found = {
        name for name, pk in numbers.items() for r in rows if (r.record_type, r.record_id) == ("customer", pk)
    }
    found |= {"system" for row in rows if row.record_type == "company"}
    assert found == sees


def test_plat_1_the_auditors_list_finds_a_sentence(world, client):
    made = make_customer(world.actor("agent"))
    page = sign_in(client, "auditor").get(f"/operation-log/?sentence={made.code}").get_data(as_text=True)
    assert made.code in page
    assert "陈晓雯" in page
    assert sign_in(client, "agent").get("/operation-log/").status_code == 403


def test_plat_1_a_records_log_needs_the_record(world, api):
    made = make_customer(world.actor("agent"))
    assert api("agent").get(f"/customers/{made.id}/operation-log").get_json()["total"] == 1
    assert api("agent3").get(f"/customers/{made.id}/operation-log").status_code == 404
    assert isinstance(get_customer(made.id, actor=world.actor("agent")), Customer)


def test_plat_15_a_change_between_codes_is_read_in_either_language(world):
    made = make_customer(world.actor("agent"))
    unshelve_customer(made.id, reason="no_need", actor=world.actor("agent"))
    for language, change in (
        ("en", "Follow status: Following → Off shelf"),
        ("zh", "跟进状态：跟进中 → 已下架"),
    ):
        with force_locale(language):
            shown = operations_table([("customer", made.id)], 1)
            assert shown.rows[0].cells["change"] == change
