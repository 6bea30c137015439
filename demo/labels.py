"""Tags and categories of the demo data, put on customers by the services (CUST-23, CUST-24)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from app.customers.categories.services import add_category, categorize_chosen
from app.customers.shared.models import Customer
from app.customers.shared.queries import visible_customers
from app.customers.tags.services import tag_customers
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor

_LATEST = 400  # customers: enough for a list, few enough to be quick
# Predefined tag → every so manieth of the latest customers has it.
_TAGS = {"新客户": 3, "普通客户": 4, "重点客户": 7, "长期合作": 9, "高价值客户": 13, "战略客户": 29}
_TREE = {
    "企业客户": (Decimal(500_000), 30, None),
    "企业客户/经销商": (Decimal(1_000_000), 45, "两小时内回复，每月回访"),
    "企业客户/直客": (None, 15, None),
    "个人客户": (None, None, "当日回复"),
    "个人客户/改善型": (None, None, None),
    "个人客户/投资型": (None, None, None),
}


@transactional
def write_labels(actor: Actor) -> None:
    """Make the tree of categories, and label the latest customers."""
    categories: dict[str, int] = {}
    for place, (ceiling, days, standard) in _TREE.items():
        above, _slash, name = place.rpartition("/")
        made = add_category(
            name=name,
            parent_id=categories.get(above),
            credit_ceiling=ceiling,
            payment_days=days,
            service_standard=standard,
            actor=actor,
        )
        categories[place] = made.id
    latest = visible_customers(actor).order_by(Customer.id.desc()).limit(_LATEST)
    rows = db.session.execute(latest.with_only_columns(Customer.id, Customer.kind)).all()
    for tag, step in _TAGS.items():
        tag_customers([pk for pk, _kind in rows if pk % step == 0], add=[tag], remove=[], actor=actor)
    leaves = {
        "enterprise": ["企业客户/经销商", "企业客户/直客"],
        "individual": ["个人客户/改善型", "个人客户/投资型"],
    }
    for kind, places in leaves.items():
        for turn, place in enumerate(places):
            chosen = [pk for pk, of in rows if of == kind and pk % 4 == turn]
            categorize_chosen(chosen, add=[categories[place]], remove=None, actor=actor)
