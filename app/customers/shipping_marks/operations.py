"""The operations on shipping marks, one declaration each (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.shared.belongings import of_customer
from app.customers.shared.operations import tab_url
from app.customers.shared.permissions import ShippingMarkPermission
from app.customers.shipping_marks import policies, services
from app.customers.shipping_marks.forms import MarkForm
from app.customers.shipping_marks.serializers import MarkRecord, mark_record
from app.kernel.api.operations import CREATED
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.customers.shipping_marks.models import ShippingMark

TAB = "shipping_marks"


def _tab_of(mark: ShippingMark) -> str:
    return tab_url(mark.customer_id, TAB)


ADD_SHIPPING_MARK = Operation(
    name="add_shipping_mark",
    label=_("Add a shipping mark"),
    icon="fa-box",
    form=MarkForm,
    policy=policies.can_edit_marks,
    service=services.add_mark,
    answer=Answer(_("A shipping mark of %(name)s was added")),
    page=OperationPage(submit_label=_("Add"), goes_to=_tab_of, in_head=False),
    api=OperationApi(
        path="shipping-marks",
        summary="Add a shipping mark (CUST-12).",
        answer=mark_record,
        returns=MarkRecord,
        status=CREATED,
    ),
)
REMOVE = Operation(
    name="remove",
    label=_("Delete"),
    icon="fa-trash-can",
    form=None,
    policy=of_customer(policies.can_edit_marks),
    service=services.delete_mark,
    answer=Answer(_("A shipping mark was deleted")),
    permission=ShippingMarkPermission.DELETE,
    page=OperationPage(
        ask=_("Delete this shipping mark?"),
        goes_to=_tab_of,
        in_list=True,
        is_danger=True,
    ),
)
