"""On-site scans in the back office (CH-13, CH-15, CH-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.brokers.presentation import broker_cell
from app.channel.scans import choices
from app.channel.scans.filters import SCANS
from app.channel.scans.models import OnsiteScan
from app.channel.scans.presentation import code_cell, visit_address
from app.channel.scans.queries import SCAN_PEOPLE, visible_scans
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import code_tag, tag
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from markupsafe import Markup

    from app.kernel.access.actor import Actor


def _words(scan: OnsiteScan) -> list[str]:
    """Say the result of a scan, and whether it was made without a QR (CH-30)."""
    result = choices.SCAN_RESULT.label(scan.result)
    return [result, gettext("By code")] if scan.by_code else [result]


def _result(scan: OnsiteScan) -> Markup:
    shown = code_tag(choices.SCAN_RESULT, scan.result)
    return shown + tag(gettext("By code"), "orange") if scan.by_code else shown


class ScanView(ScopedModelView):
    """Shows every code scanned on site, with any result; a row leads to the customer."""

    datamodel = SQLAInterface(OnsiteScan)
    route_base = "/scans"
    class_permission_name = "Scan"
    include_route_methods = {"list"}
    scope = staticmethod(visible_scans)
    spec = SCANS
    list_options = SCAN_PEOPLE
    list_title = _("On-site scans")
    empty_text = _("Nothing scanned yet; on-site staff scan the viewing codes of customers who arrive")
    list_columns = [
        "created_at", "code", "name", "phone", "status", "broker", "broker_phone", "bound_broker",
        "bound_phone", "consultant", "consultant_phone", "staff", "project",
    ]  # fmt: skip
    label_columns = {
        "created_at": _("Scanned"),
        "code": _("Customer code"),
        "name": _("Full name"),
        "phone": _("Phone fragment"),
        "status": _("Result"),
        "broker": _("Broker"),
        "broker_phone": _("Broker's phone"),
        "bound_broker": _("Bound broker"),
        "bound_phone": _("Bound broker's phone"),
        "consultant": _("Property consultant"),
        "consultant_phone": _("Consultant's phone"),
        "staff": _("On-site staff"),
        "project": _("Project"),
    }
    formatters_columns = {
        "code": code_cell,
        "status": _result,
        "broker": lambda scan: broker_cell(scan.broker),
        "broker_phone": lambda scan: scan.broker.phone if scan.broker else "",
        "bound_broker": lambda scan: broker_cell(scan.holder),
        "bound_phone": lambda scan: scan.holder.phone if scan.holder else "",
        "consultant": lambda scan: scan.consultant.name,
        "consultant_phone": lambda scan: scan.consultant.phone,
        "staff": lambda scan: scan.staff.name,
        "project": lambda scan: scan.project.name,
    }
    export_values = {
        "code": lambda scan: scan.code,
        "status": lambda scan: " · ".join(_words(scan)),
        "broker": lambda scan: scan.broker.name if scan.broker else "",
        "bound_broker": lambda scan: scan.holder.name if scan.holder else "",
    }

    def record_url(self, record: OnsiteScan) -> str:
        return visit_address(record)

    def row_buttons(self, record: OnsiteScan, _actor: Actor, _facts: Any) -> list[Button]:
        url = self.record_url(record)
        return [Button(gettext("Open"), url)] if url else []
