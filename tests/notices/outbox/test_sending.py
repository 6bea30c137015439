"""PLAT-2: queued with the operation, sent by the job with growing delays, never again once it is recorded as
sent.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.notices.outbox import delivery as outbox
from app.notices.outbox.delivery import MAX_ATTEMPTS, delete_old_messages, has_due_messages, queue, send_due
from app.notices.outbox.models import OutgoingMessage
from tests.support.databases.race import race
from tests.support.web.person import Browser

pytestmark = pytest.mark.both

PHONE = "13812345678"


def _queue(channel="sms", recipient=PHONE, body="您好", **more) -> None:
    queue(channel, recipient, body, purpose="Code by SMS", **more)
    db.session.commit()


def _stored() -> list[OutgoingMessage]:
    db.session.rollback()
    db.session.expire_all()
    found = list(db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))
    db.session.commit()
    return found


def _states() -> list[str]:
    return [message.state for message in _stored()]


def test_plat_2_an_sms_reaches_the_gateway_once(connected, gateway):
    _queue()
    assert has_due_messages()
    db.session.rollback()
    assert send_due()["messages sent"] == 1
    assert set(send_due().values()) == {0}
    (received,) = gateway.received
    (stored,) = _stored()
    assert received["body"] == {"phone": PHONE, "text": "您好"}
    assert received["authorization"] == "Bearer secret-token"
    assert received["key"] == f"kepan-{stored.id}"
    assert (stored.state, stored.attempts, stored.recipient_masked) == ("sent", 1, "138****5678")
    assert stored.sent_at is not None


def test_acc_9_a_message_is_readable_neither_in_the_database_nor_in_the_log(connected, gateway, capfd):
    gateway.answers = [(500, b"no"), (400, b"never")]
    _queue(body="机密内容")
    send_due()
    with clock.frozen(clock.now() + timedelta(hours=1)):
        send_due()
    row = " ".join(str(value) for value in db.session.execute(text("SELECT * FROM outgoing_message")).one())
    written = row + capfd.readouterr().err
    assert PHONE not in written
    assert "机密内容" not in written
    assert "138****5678" in row


def test_plat_2_e_mails_and_messages_of_robots_are_sent_too(connected, gateway, mail_server):
    _queue("email", "zhang@example.com", "正文", subject="主题")
    _queue("robot", "", "群里说")
    assert send_due()["messages sent"] == 2
    (mail,) = mail_server.mails
    assert "From: kepan@kepan.example" in mail
    assert "To: zhang@example.com" in mail
    assert "Message-ID: <kepan-" in mail
    (received,) = gateway.received
    assert received["body"] == {"msgtype": "text", "text": {"content": "群里说"}}
    assert [message.recipient_masked for message in _stored()] == ["z***@example.com", ""]


def test_plat_2_what_failed_is_tried_again_later_and_later(connected, gateway):
    gateway.answers = [(503, b""), (429, b""), (200, b"{}")]
    _queue()
    start = clock.now()
    assert send_due()["messages to be tried again"] == 1
    (stored,) = _stored()
    assert (stored.state, stored.error) == ("waiting", "HTTP 503")
    assert 25 < (stored.next_at - start).total_seconds() < 40
    assert not has_due_messages()
    db.session.rollback()
    with clock.frozen(start + timedelta(minutes=1)):
        send_due()
        assert _stored()[0].next_at == start + timedelta(minutes=3)
    with clock.frozen(start + timedelta(minutes=4)):
        send_due()
    assert _states() == ["sent"]
    assert len(gateway.received) == 3
    assert len({received["key"] for received in gateway.received}) == 1, (
        "a provider can tell that it is the same"
    )


@pytest.mark.parametrize(("status", "tries"), [(400, 1), (500, MAX_ATTEMPTS)])
def test_plat_2_a_message_is_given_up_at_once_or_after_some_tries(connected, gateway, status, tries):
    gateway.answers = [(status, b"")] * 20
    _queue()
    moment = clock.now()
    for _ in range(MAX_ATTEMPTS + 2):
        moment += timedelta(hours=12)
        with clock.frozen(moment):
            send_due()
    assert _states() == ["failed"]
    assert len(gateway.received) == tries


def test_plat_2_a_robots_refusal_with_status_200_is_a_failure(connected, gateway):
    gateway.answers = [(200, b'{"errcode": 45009}')]
    _queue("robot", "")
    send_due()
    assert (_states(), _stored()[0].error) == (["waiting"], "robot 45009")


@pytest.mark.parametrize(("refusal", "state"), [("550 nobody", "failed"), ("451 later", "waiting")])
def test_plat_2_a_mail_server_refuses_for_good_or_for_now(connected, mail_server, refusal, state):
    mail_server.refusal = refusal
    _queue("email", "zhang@example.com")
    send_due()
    assert (_states(), _stored()[0].error) == ([state], f"SMTP {refusal[:3]}")


def test_plat_2_a_provider_that_is_not_there_is_tried_again(connected, gateway):
    gateway.shutdown()
    gateway.server_close()
    _queue()
    send_due()
    assert _states() == ["waiting"]


def test_plat_2_without_a_provider_a_message_is_stored_as_not_sent(app, world, capfd):
    _queue()
    assert send_due()["messages without a provider"] == 1
    assert _states() == ["not_sent"]
    said = capfd.readouterr().err
    assert "no provider" in said
    assert PHONE not in said


def test_plat_2_what_is_of_no_use_any_more_is_not_sent(connected, gateway):
    _queue(not_after=clock.now() + timedelta(minutes=5))
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        send_due()
    assert (_states(), gateway.received) == (["expired"], [])


def test_plat_2_the_same_is_queued_once(app, world):
    assert queue("sms", PHONE, "一", purpose="x", dedupe="binding:7")
    assert not queue("sms", PHONE, "二", purpose="x", dedupe="binding:7")
    assert queue("sms", PHONE, "三", purpose="x")
    assert queue("sms", PHONE, "四", purpose="x")
    db.session.commit()
    assert len(_stored()) == 3


def test_plat_2_a_refused_operation_sends_nothing(connected, gateway):
    @transactional
    def operation() -> None:
        queue("sms", PHONE, "x", purpose="x")
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - any error of the operation's
        operation()
    send_due()
    assert (_stored(), gateway.received) == ([], [])


def test_plat_2_several_senders_at_once_send_each_message_once(connected, gateway):
    for n in range(20):
        queue("sms", PHONE, f"第 {n} 条", purpose="x")
    db.session.commit()
    outcomes = race(connected, [send_due] * 4)
    assert sum(one["messages sent"] for one in outcomes) == 20
    texts = [received["body"]["text"] for received in gateway.received]
    assert len(texts) == len(set(texts)) == 20
    assert set(_states()) == {"sent"}


def test_plat_2_a_process_that_died_before_sending_leaves_it_to_the_next(connected, gateway):
    _queue()
    assert outbox._claim() is not None
    assert set(send_due().values()) == {0}, "claimed"
    with clock.frozen(clock.now() + outbox.CLAIM):
        assert send_due()["messages sent"] == 1
    assert len(gateway.received) == 1


def test_plat_2_a_slow_try_cannot_undo_what_a_later_one_recorded(connected, gateway):
    _queue()
    slow = outbox._claim()
    with clock.frozen(clock.now() + outbox.CLAIM):
        send_due()
    assert outbox._record(slow, "waiting", "too late") == "sent"
    assert _states() == ["sent"]


def test_plat_2_a_message_that_left_is_recorded_though_the_lease_was_lost(connected, gateway):
    from app.kernel.jobs import lease
    from app.kernel.jobs.lease import LeaseLostError, within_lease

    token = lease.acquire("one", 60)
    _queue()
    _queue(body="第二条")
    claim = outbox._claim

    def claim_then_lose():
        with lease.without_fence():
            found = claim()
            db.session.execute(text("UPDATE job_lease SET token = token + 1"))
            db.session.commit()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(outbox, "_claim", claim_then_lose)
        with within_lease(token):
            outbox._send(claim_then_lose())
    assert _states() == ["sent", "waiting"]
    with within_lease(token), pytest.raises(LeaseLostError):
        send_due()
    assert len(gateway.received) == 1


def test_plat_2_messages_of_long_ago_are_removed(app, world):
    _queue()
    send_due()
    _queue()
    with clock.frozen(clock.now() + timedelta(days=91)):
        assert delete_old_messages(dry_run=True) == 1
        assert delete_old_messages() == 1
    assert _states() == ["waiting"]


def test_plat_2_administrators_see_states_but_neither_number_nor_text(app, world):
    _queue(body="机密内容")
    send_due()
    page = Browser(app, "admin").page("/outbox/")
    assert "138****5678" in page.text
    assert "未发送" in page.text
    assert "未配置服务商" in page.text
    assert PHONE not in page.text
    assert "机密内容" not in page.text
    assert Browser(app, "manager").get("/outbox/").status_code == 403
