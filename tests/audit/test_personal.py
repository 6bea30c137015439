"""PLAT-1: personal data in the operation log is encrypted with a key per record; erasing it breaks
no chain.
"""

from __future__ import annotations

import pytest
from flask_babel import force_locale
from sqlalchemy import event, func, select, text

from app.audit import services as audit
from app.audit.erasure import erase_actor_name, erase_personal_data
from app.audit.models import AuditHead, OperationLog, RecordKey
from app.audit.presentation import operations_table
from app.audit.queries import actor_name, operations_of, sentence_of
from app.audit.seals import MARKED, end_mark, mark_after, row_content
from app.cli.audit_anchor import SETTLED, compare_anchor, renew_anchor
from app.customers.numbers.services import reveal_phone
from app.customers.profile.services import update_customer
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.keys import FILE_NAME, keys
from app.kernel.translation import N_
from app.org.departments.services import create_company
from app.org.sessions.actors import actor_by_username
from tests.support.make import make_customer
from tests.support.processes.operate import succeed
from tests.support.web.clients import sign_in

pytestmark = pytest.mark.both

NAME, PURPOSE = "欧阳静怡", "周六约看滨江路"


@pytest.fixture
def customer(world):
    """Create a customer whose name was changed, and whose number was revealed."""
    agent = world.actor("agent")
    made = make_customer(agent)
    update_customer(made.id, version=made.version, values={"name": NAME}, actor=agent)
    reveal_phone(made.id, purpose=PURPOSE, actor=agent)
    return made


def _stored() -> str:
    """Return the content of the log's tables, as text."""
    found = [
        db.session.execute(text(f"SELECT * FROM {table}")).all()
        for table in ("operation_log", "audit_head", "record_key")
    ]
    return repr(found).encode().decode("unicode_escape", errors="ignore") + repr(found)


def _rows(subject) -> list[OperationLog]:
    db.session.expire_all()
    return list(db.session.scalars(operations_of(subject)))


def _broken() -> list[tuple[str, int, int, str]]:
    db.session.commit()
    db.session.expunge_all()
    return [(row.record_type, row.record_id, row.number, row.reason) for row in audit.verify()]


@transactional
def _erase(*subjects):
    erase_personal_data(subjects)


def test_plat_1_names_and_words_are_stored_encrypted_and_read_again(customer, world):
    looked, edited, created = _rows(customer)
    assert PURPOSE not in _stored()
    assert NAME not in _stored()
    with force_locale("zh"):
        assert PURPOSE in sentence_of(looked)
        assert edited.differences["name"][1] == NAME
        assert NAME in operations_table([("customer", customer.id)], 1).rows[1].cells["change"]
    assert looked.sentence == "查看号码，用途：…"
    assert customer.code in created.sentence, "what is no personal data can be searched"
    assert created.personal is None
    assert _broken() == []


def test_plat_1_an_erased_record_cannot_be_read_and_its_chain_holds(customer, world):
    number = db.session.scalar(select(func.count()).select_from(OperationLog))
    _erase(customer)
    assert _broken() == []
    assert db.session.scalar(select(func.count()).select_from(OperationLog)) == number
    looked, edited, created = _rows(customer)
    for language, word in (("zh", "［已删除］"), ("en", "[erased]")):
        with force_locale(language):
            assert word in sentence_of(looked)
            assert PURPOSE not in sentence_of(looked)
            assert operations_table([("customer", customer.id)], 1).rows[1].cells["change"] == word
            assert customer.code in sentence_of(created)
    assert edited.differences == {}
    assert (looked.is_erased, created.is_erased) == (True, False)


def test_plat_1_only_that_record_is_erased_and_its_chain_continues(customer, world):
    agent = world.actor("agent")
    other = make_customer(agent)
    reveal_phone(other.id, purpose=PURPOSE, actor=agent)
    _erase(customer)
    reveal_phone(customer.id, purpose="另一次", actor=agent)
    with force_locale("zh"):
        assert PURPOSE in sentence_of(_rows(other)[0])
        again, before = _rows(customer)[:2]
        assert "另一次" in sentence_of(again)
        assert "［已删除］" in sentence_of(before)
    assert _broken() == []


def test_plat_1_each_record_has_a_key_of_its_own_made_once(customer, world):
    agent = world.actor("agent")
    other = make_customer(agent)
    for _n in range(2):
        reveal_phone(other.id, purpose=PURPOSE, actor=agent)
    keys_of = select(RecordKey.record_id, RecordKey.key_cipher).where(RecordKey.record_type == "customer")
    found = db.session.execute(keys_of.order_by(RecordKey.record_id)).all()
    assert [pk for pk, _cipher in found] == [customer.id, other.id]
    assert len({keys().fernet.decrypt(cipher.encode()) for _pk, cipher in found}) == 2


def test_plat_1_a_record_without_personal_words_needs_no_key(world):
    before = db.session.scalar(select(func.count()).select_from(RecordKey))
    made = create_company(name="无名有限公司", actor=SYSTEM)
    assert "无名有限公司" in _rows(made)[0].sentence
    assert db.session.scalar(select(func.count()).select_from(RecordKey)) == before


def test_plat_1_a_persons_name_in_another_records_row_is_encrypted_too(world):
    made = create_company(name="无名有限公司", actor=SYSTEM)

    @transactional
    def note():
        audit.record(SYSTEM, "department.manager", made, "Assigned to %(name)s", name=NAME)

    note()
    assert NAME not in _stored()
    with force_locale("en"):
        assert sentence_of(_rows(made)[0]) == f"Assigned to {NAME}"


def test_plat_1_ciphertexts_cannot_change_places(customer):
    one = f"record_type = 'customer' AND record_id = {customer.id}"
    db.session.execute(
        text(
            f"UPDATE operation_log SET personal = (SELECT personal FROM operation_log WHERE {one} AND number = 2)"
            f" WHERE {one} AND number = 3"
        )
    )
    assert _broken() == [("customer", customer.id, 3, "changed")]


def test_plat_1_acc_9_a_rotation_keeps_the_log_readable(customer, app, database):
    path = database.directory / FILE_NAME
    kept = path.read_text()
    try:
        db.session.commit()
        succeed(app, "rotate-keys")
        with force_locale("zh"):
            assert PURPOSE in sentence_of(_rows(customer)[0])
        assert _broken() == []
    finally:
        path.write_text(kept)


def test_plat_1_a_row_costs_one_statement_more_the_first_time_and_none_later(customer, world):
    agent = world.actor("agent")
    other = make_customer(agent)
    counts = []

    def notice(_connection, _cursor, statement, *_more):
        counts[-1] += statement.lstrip().upper().startswith(("INSERT", "UPDATE", "SELECT", "DELETE"))

    @transactional
    def note(**words):
        audit.record(
            agent, "customer.test", other, N_("Handled: %(note)s") if words else N_("Reported"), **words
        )

    event.listen(db.engine, "before_cursor_execute", notice)
    try:
        for words in ({}, {"note": "甲"}, {"note": "乙"}):
            db.session.commit()
            _ = other.id, other.company_id
            counts.append(0)
            note(**words)
    finally:
        event.remove(db.engine, "before_cursor_execute", notice)
    assert (counts[1] - counts[0], counts[2] - counts[0]) == (1, 0)


def test_plat_1_the_list_says_what_its_search_cannot_find(customer, world, client):
    auditor = sign_in(client, "auditor")
    page = auditor.get("/operation-log/?record_type=customer").get_data(as_text=True)
    assert f"用途：{PURPOSE}" in page, "who may read the log reads it all"
    assert "个人信息已加密保存" in page
    searched = [
        auditor.get(f"/operation-log/?sentence={words}").get_data(as_text=True)
        for words in (PURPOSE, "查看号码")
    ]
    assert [f"用途：{PURPOSE}" in one for one in searched] == [False, True]


# Rows that an older version sealed unencrypted.
def _as_sealed_before(subject) -> None:
    """Store the chain as version 2 did: readable values, sealed unencrypted."""
    previous = None
    for row in reversed(_rows(subject)):
        row.open_parameters, row.open_differences = dict(row.parameters), dict(row.differences)
        with force_locale("zh"):
            row.sentence = sentence_of(row)
        row.personal, row.seal_version = None, MARKED
        before = mark_after(previous) if previous else end_mark(row.record_type, row.record_id, 0, "")
        row.seal = keys().seal(row_content(row, MARKED, before))
        previous = row
    head = db.session.get(AuditHead, ("customer", subject.id))
    head.seal = mark_after(previous)
    db.session.commit()


def test_plat_1_old_rows_can_be_erased_and_chain_and_anchor_stay_valid(customer, app, tmp_path):
    _as_sealed_before(customer)
    assert PURPOSE in _stored()
    assert _broken() == []
    with clock.frozen(clock.now() + 2 * SETTLED):
        renew_anchor(tmp_path / "anchor")
        db.session.commit()
        _erase(customer)
        assert compare_anchor(tmp_path / "anchor") is not None
    assert PURPOSE not in _stored()
    assert NAME not in _stored()
    assert _broken() == []
    with force_locale("en"):
        assert "[erased]" in sentence_of(_rows(customer)[0])
    reveal_phone(customer.id, purpose="另一次", actor=actor_by_username("agent"))
    assert _broken() == []


@pytest.mark.parametrize("column", ["sentence", "actor_name", "parameters", "seal", "erasure"])
def test_plat_1_an_erased_old_row_cannot_be_changed_either(customer, column):
    _as_sealed_before(customer)
    _erase(customer)
    value = '{"x": "y"}' if column == "parameters" else "0" * 64
    place = f"record_type = 'customer' AND record_id = {customer.id} AND number = 2"
    db.session.execute(text(f"UPDATE operation_log SET {column} = :value WHERE {place}"), {"value": value})
    assert _broken()[0][:3] == ("customer", customer.id, 2)


def test_plat_1_an_erasure_heals_no_broken_row(customer):
    _as_sealed_before(customer)
    place = f"record_type = 'customer' AND record_id = {customer.id} AND number = 2"
    db.session.execute(text(f"UPDATE operation_log SET source = 'x' WHERE {place}"))
    db.session.commit()
    _erase(customer)
    assert PURPOSE not in _stored()
    assert _broken() == [("customer", customer.id, 2, "changed")]


def test_plat_1_the_name_of_the_actor_can_be_erased(customer, world):
    agent = world.actor("agent")

    @transactional
    def erase():
        erase_actor_name(agent.id)

    erase()
    assert agent.name not in {row.actor_name for row in _rows(customer)}
    with force_locale("en"):
        assert actor_name(_rows(customer)[0]) == "[erased]"
    assert _broken() == []
    db.session.execute(
        text("UPDATE operation_log SET actor_name = 'x' WHERE number = 2 AND record_type = 'customer'")
    )
    assert _broken() == [("customer", customer.id, 2, "changed")]
