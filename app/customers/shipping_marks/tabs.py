"""The tab of a customer's shipping marks, and their place in the 360° view (CUST-12, CUST-15)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.belongings import erase_belongings
from app.customers.shared.parts import Answers, CustomerPart, nothing
from app.customers.shared.permissions import ShippingMarkPermission
from app.customers.shared.queries import facts_for
from app.customers.shared.tabs import form_button
from app.customers.shared.views import belonging_buttons
from app.customers.shipping_marks.models import ShippingMark
from app.customers.shipping_marks.operations import ADD_SHIPPING_MARK, REMOVE, TAB
from app.customers.shipping_marks.policies import can_edit_marks
from app.customers.shipping_marks.queries import marks_of
from app.customers.shipping_marks.serializers import MarkRecord, mark_records
from app.customers.shipping_marks.services import merge_marks
from app.kernel.access.current import current_actor
from app.kernel.pages.tabs import TIME, TabColumn, one_page, table_of

if TYPE_CHECKING:
    from app.customers.shared.models import Customer
    from app.kernel.pages.elements import TableTab


_MARKS = (
    TabColumn("text", _("Shipping mark"), lambda one: one.text, wide=True),
    TIME,
    TabColumn("who", _("Who"), lambda one: one.author.display_name),
)


def marks_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of shipping marks: the newest first."""
    actor = current_actor()
    facts = facts_for(customer, actor)
    ordered = marks_of(customer).order_by(ShippingMark.created_at.desc(), ShippingMark.id.desc())
    rows, more = one_page(ordered, page)
    return table_of(
        rows,
        _MARKS,
        _("No shipping mark yet"),
        more=more,
        buttons_of=partial(
            belonging_buttons,
            "ShippingMarkView",
            actor=actor,
            facts=facts,
            edit=ShippingMarkPermission.UPDATE,
            may_edit=can_edit_marks,
            operations=(REMOVE,),
        ),
        buttons=form_button(ADD_SHIPPING_MARK, customer, actor, facts),
    )


def _describe(record: MarkRecord) -> tuple[str, str]:
    return record["author"]["name"], record["text"]


SHIPPING_MARKS = CustomerPart(
    TAB,
    _("Shipping marks"),
    marks_tab,
    lambda customer, _actor: marks_of(customer),
    ShippingMark.created_at,
    mark_records,
    MarkRecord,
    _describe,
    position=26,
    read=ShippingMarkPermission.READ,
    answers=Answers(
        hand_over=nothing,
        unshelve=nothing,
        recycle=nothing,
        freeze=nothing,
        merge=merge_marks,
        erase=erase_belongings(ShippingMark),
    ),
)
