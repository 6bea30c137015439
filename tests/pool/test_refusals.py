"""Whatever fails leaves nothing behind: every operation of the pool is one transaction with its log and notices."""

from __future__ import annotations

from functools import partial

import pytest

from app.audit import services as audit
from app.notices import services as notices
from app.pool.holding.services import assign_customer, privatize_customer, publicize_customer
from app.pool.pushes.services import accept_push, push_customer, reject_push, withdraw_push
from app.pool.shelving.services import shelve_customer, unshelve_customer
from tests.support.make import make_customer, make_platform_customer, make_push
from tests.support.traces import nothing_written


def _operation(world, name):
    """An operation that succeeds, by somebody whose doing others are told of."""
    agent, agent3, manager = (world.actor(one) for one in ("agent", "agent3", "manager"))
    if name in {"accept", "reject", "withdraw"}:
        pk = make_push(make_customer(agent), sender=agent, receiver=agent3).id
        change = {"accept": accept_push, "reject": reject_push, "withdraw": withdraw_push}[name]
        return partial(change, pk, actor=agent if name == "withdraw" else agent3)
    platform = {"assign": "pending", "shelve": "off_shelf", "privatize": "following"}.get(name, "private")
    pk = make_platform_customer(agent, state=platform).id
    given = {
        "unshelve": (unshelve_customer, {"reason": "other"}),
        "shelve": (shelve_customer, {"remark": "再联系", "handler_id": agent3.id, "viewing_booked": True}),
        "privatize": (privatize_customer, {}),
        "publicize": (publicize_customer, {}),
        "assign": (assign_customer, {"handler_id": agent3.id}),
        "push": (push_customer, {"receiver_id": agent3.id}),
    }
    service, values = given[name]
    return partial(service, pk, **values, actor=manager)


OPERATIONS = [
    "unshelve", "shelve", "privatize", "publicize", "assign", "push", "accept", "reject", "withdraw",
]  # fmt: skip


def _broken(*_args, **_kwargs):
    raise RuntimeError


@pytest.mark.both
@pytest.mark.parametrize("name", OPERATIONS)
def test_without_its_log_nothing_is_done(world, monkeypatch, name):
    operation = _operation(world, name)
    with monkeypatch.context() as broken:
        broken.setattr(audit, "append", _broken)
        with nothing_written(), pytest.raises(RuntimeError):
            operation()
    operation()


@pytest.mark.both
@pytest.mark.parametrize("name", [one for one in OPERATIONS if one != "privatize"])
def test_without_its_notice_nothing_is_done(world, monkeypatch, name):
    operation = _operation(world, name)
    with monkeypatch.context() as broken:
        broken.setattr(notices, "notify", _broken)
        with nothing_written(), pytest.raises(RuntimeError):
            operation()
    operation()
