"""The form that edits a shipping mark (CUST-12); the customer's page lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.customers.shared.views import BelongingView
from app.customers.shipping_marks.forms import MarkForm
from app.customers.shipping_marks.models import ShippingMark
from app.customers.shipping_marks.operations import TAB
from app.customers.shipping_marks.policies import can_edit_marks
from app.customers.shipping_marks.queries import visible_marks
from app.customers.shipping_marks.services import update_mark
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


class ShippingMarkView(BelongingView):
    """Edits a shipping mark."""

    datamodel = SQLAInterface(ShippingMark)
    route_base = "/shipping-marks"
    class_permission_name = "ShippingMark"
    scope = staticmethod(visible_marks)
    spec = ListSpec((), {"created_at": ShippingMark.created_at}, "-created_at")
    list_title = _("Shipping marks")
    menu_place = "CustomerView"
    edit_title = _("Edit shipping mark")
    edit_form_class = MarkForm
    label_columns = {"text": _("Shipping mark")}
    tab_key = TAB
    may_edit = staticmethod(can_edit_marks)
    edited = ("text",)
    title_of = "text"

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> ShippingMark:
        return update_mark(pk, values=values, actor=actor)
