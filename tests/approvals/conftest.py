"""A firm of ``agent``, and requests about it by the real services."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from app.approvals.models import ApprovalRequest
from app.approvals.services import request_credit, request_stage
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from tests.support.make import make_customer


@pytest.fixture
def asking(world) -> SimpleNamespace:
    """Makers of requests: ``stage`` and ``credit``; the firm is agent's own, whose superior is ``manager``."""
    agent = world.actor("agent")
    firm = make_customer(agent, kind="enterprise", name="蓉城科技")

    def stage(to: str = "ordinary", actor: Any = agent, **values: Any) -> Any:
        return request_stage(firm.id, stage=to, actor=actor, **values)

    def credit(amount: str | None = "5000", actor: Any = agent, **values: Any) -> Any:
        usual = {"credit_enabled": True, "currency": "CNY", "reason": "新合同"}
        limit = None if amount is None else Decimal(amount)
        return request_credit(firm.id, amount=limit, **{**usual, **values}, actor=actor)

    def read(record: Any) -> Any:
        with unscoped("the test looks"):
            return db.session.get(type(record), record.id, populate_existing=True)

    def stage_id() -> int:
        db.session.rollback()
        with unscoped("the test looks"):
            return db.session.scalars(select(ApprovalRequest.id)).one()

    return SimpleNamespace(firm=firm, agent=agent, stage=stage, credit=credit, read=read, stage_id=stage_id)
