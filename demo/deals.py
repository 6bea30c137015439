"""The business records of the demo data: opportunities, quotes and tickets of enterprise customers, by
services.
"""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from app.customers.shared.models import Customer
from app.deals.opportunities import services as opportunities
from app.deals.opportunities.choices import STAGE
from app.deals.quotes import services as quotes
from app.deals.quotes.lines import LineValues
from app.deals.tickets import services as tickets
from app.kernel import clock
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.org.shared.models import Staff

MOST = 60  # customers with business records
OPPORTUNITIES = ("办公室租赁", "商铺购置", "员工宿舍整租", "写字楼续租", "厂房选址", "年度选址顾问服务")
ITEMS = (
    ("选址顾问费", "1", "12800"),
    ("看房服务", "3", "680.50"),
    ("合同代办", "1", "1999.99"),
    ("月租(平米)", "86.5", "64.22"),
)
TICKETS = (
    ("合同寄送地址有误", "delivery"), ("发票抬头需要更正", "invoice"), ("空调无法启动", "repair"),
    ("咨询续租条件", "question"), ("对看房安排不满", "complaint"),
)  # fmt: skip
LOST_REASONS = ("price", "competitor", "no_budget", "no_need")


@transactional
def write_deals(staff: Mapping[str, Staff], actors: Mapping[str, Actor]) -> None:
    """Give the newest enterprise customers opportunities, quotes and tickets, by their owners."""
    rnd = random.Random(20261120)
    usernames = {one.id: username for username, one in staff.items()}
    with unscoped("the demo data is written for all people"):
        found = select(Customer).where(
            Customer.kind == "enterprise", Customer.owner_id.in_(usernames), Customer.enabled
        )
        customers = db.session.scalars(found.order_by(Customer.created_at.desc()).limit(MOST)).all()
    for customer in customers:
        _write_for(customer, actors[usernames[customer.owner_id or 0]], rnd)


def _write_for(customer: Customer, actor: Actor, rnd: random.Random) -> None:
    """Write the records of one customer at moments after its creation."""
    past = clock.now() - customer.created_at
    moments = sorted(customer.created_at + past * rnd.random() for _ in range(3))
    with clock.frozen(moments[0]):
        _opportunity(customer, actor, rnd)
    with clock.frozen(moments[1]):
        _quote(customer, actor, rnd)
    if rnd.random() < 0.6:
        with clock.frozen(moments[2]):
            _ticket(customer, actor, rnd)


def _opportunity(customer: Customer, actor: Actor, rnd: random.Random) -> None:
    made = opportunities.create_opportunity(
        customer_id=customer.id,
        title=rnd.choice(OPPORTUNITIES),
        amount=Decimal(rnd.randrange(20, 4000) * 500),
        currency="USD" if rnd.random() < 0.1 else None,
        stage=rnd.choice([*STAGE.labels]),
        expected_on=clock.today() + timedelta(days=rnd.randrange(10, 120)),
        actor=actor,
    )
    fate = rnd.random()
    if fate < 0.2:
        opportunities.win_opportunity(made.id, actor=actor)
    elif fate < 0.4:
        opportunities.lose_opportunity(made.id, reason=rnd.choice(LOST_REASONS), actor=actor)


def _quote(customer: Customer, actor: Actor, rnd: random.Random) -> None:
    made = quotes.create_quote(
        customer_id=customer.id,
        title=f"{customer.short_name or customer.name}报价"[:60],
        lines=_lines(rnd),
        valid_until=clock.today() + timedelta(days=30),
        actor=actor,
    )
    if rnd.random() < 0.3:
        return
    quotes.send_quote(made.id, actor=actor)
    answer: Any = rnd.choice((quotes.accept_quote, quotes.refuse_quote, None))
    if answer is not None:
        answer(made.id, actor=actor)


def _lines(rnd: random.Random) -> Sequence[LineValues]:
    chosen = rnd.sample(ITEMS, rnd.randint(1, len(ITEMS)))
    discounts = ("0", "0", "5", "12.5")
    return [
        LineValues(item, Decimal(quantity), Decimal(price), Decimal(rnd.choice(discounts)), Decimal(6))
        for item, quantity, price in chosen
    ]


def _ticket(customer: Customer, actor: Actor, rnd: random.Random) -> None:
    title, kind = rnd.choice(TICKETS)
    made = tickets.create_ticket(
        customer_id=customer.id,
        title=title,
        kind=kind,
        priority=rnd.choice(("low", "normal", "normal", "high", "urgent")),
        due_at=clock.now() + timedelta(days=rnd.randint(1, 5)),
        actor=actor,
    )
    if rnd.random() < 0.5:
        tickets.solve_ticket(made.id, solution="已处理并回访", actor=actor)
