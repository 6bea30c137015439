"""Registration of shipping marks with the application (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import counts_as_edit
from app.customers.shared.fields import describe_logged
from app.customers.shared.parts import register_parts
from app.customers.shared.permissions import CustomerPermission, ShippingMarkPermission
from app.customers.shipping_marks.api import ShippingMarkApi
from app.customers.shipping_marks.operations import REMOVE
from app.customers.shipping_marks.tabs import SHIPPING_MARKS
from app.customers.shipping_marks.views import ShippingMarkView
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.setup import add_apis, add_views
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register shipping marks; the customer's own operation comes with the file's."""
    grant([ShippingMarkPermission.READ], [*CUSTOMER_WORKERS, FINANCE, AUDITOR], label=_("Shipping marks"))
    grant(
        [ShippingMarkPermission.UPDATE, ShippingMarkPermission.DELETE],
        CUSTOMER_WORKERS,
    )
    grant([CustomerPermission.ADD_SHIPPING_MARK], CUSTOMER_WORKERS)
    counts_as_edit(
        "customer.add_shipping_mark",
        "customer.update_shipping_mark",
        "customer.delete_shipping_mark",
    )
    describe_logged({"mark_text": _("Shipping mark")})
    add_operation(ShippingMarkView, None, REMOVE)
    register_parts(SHIPPING_MARKS)
    add_views(app, ShippingMarkView)
    add_apis(app, ShippingMarkApi)
