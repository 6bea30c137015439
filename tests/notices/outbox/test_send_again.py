"""PLAT-2: messages that failed for good or had no provider are sent again by hand; sent ones never."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.notices.outbox import policies
from app.notices.outbox.delivery import queue, send_due
from app.notices.outbox.models import OutgoingMessage
from tests.support.system import log_of
from tests.support.web.person import Browser

pytestmark = pytest.mark.both


def _queue() -> None:
    queue("sms", "13812345678", "您好", purpose="Code by SMS")
    db.session.commit()


def _message() -> OutgoingMessage:
    db.session.expire_all()
    return db.session.scalars(select(OutgoingMessage)).one()


def test_plat_2_what_was_given_up_is_sent_again_by_hand(connected, gateway):
    gateway.answers = [(400, b"never")]
    _queue()
    send_due()
    assert _message().state == "failed"
    admin = Browser(connected, "admin")
    page = admin.page("/outbox/")
    (again,) = [a["href"] for a in page.one("tbody").all("a") if a["href"].endswith("/send-again")]
    assert admin.page(again).form()
    answer = admin.post(again)
    assert (answer.status_code, answer.location) == (303, "/outbox/")
    assert [row.operation for row in log_of(_message())] == ["outgoing_message.send_again"]
    send_due()
    sent = _message()
    assert (sent.state, sent.attempts, [one["status"] for one in gateway.received]) == ("sent", 2, [400, 200])
    assert admin.post(again).status_code == 409
    send_due()
    assert len(gateway.received) == 2, "what was sent is never sent again"


@pytest.mark.parametrize(
    ("state", "late", "code"),
    [
        ("failed", False, ""),
        ("not_sent", False, ""),
        ("failed", True, "message.too_late"),
        ("expired", True, "message.not_given_up"),
        ("waiting", False, "message.not_given_up"),
        ("sending", False, "message.not_given_up"),
        ("sent", False, "message.not_given_up"),
    ],
)
def test_plat_2_only_what_was_not_sent_and_is_of_use(state, late, code):
    now = clock.now()
    message = OutgoingMessage(state=state, not_after=now - timedelta(seconds=1) if late else None)
    facts = policies.SendingFacts(now)
    assert policies.can_send_again(SYSTEM, message, facts).code == code
    without = policies.SendingFacts(now, has_provider=False)
    assert policies.can_send_again(SYSTEM, message, without).code == (code or "message.no_provider")


def test_plat_2_nothing_is_sent_again_without_a_provider(app, world):
    _queue()
    send_due()
    assert _message().state == "not_sent"
    admin, path = Browser(app, "admin"), f"/outbox/{_message().id}/send-again"
    assert path not in [a["href"] for a in admin.page("/outbox/").all("a")]
    refused = admin.page(path, 409)
    assert "没有可用的服务商" in refused.text


def test_plat_2_sending_again_in_a_batch_and_only_by_administrators(connected, gateway):
    gateway.answers = [(400, b"never")]
    _queue()
    send_due()
    pk = _message().id
    assert Browser(connected, "manager").post(f"/outbox/{pk}/send-again").status_code == 403
    assert Browser(connected, "admin").post("/outbox/999999/send-again").status_code == 404
    admin = Browser(connected, "admin")
    page = admin.page(admin.post(f"/outbox/batch/send-again?ids={pk}").location)
    assert "138****5678" in page.text
    assert _message().state == "waiting"
