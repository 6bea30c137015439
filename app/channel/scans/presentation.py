"""How scans are shown: cells, and tabs of referrals and visitors (CH-15, CH-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from flask_babel import lazy_gettext as _

from app.channel.referrals.tabs import (
    BROKER_COLUMN,
    BROKER_PHONE_COLUMN,
    CONSULTANT_COLUMN,
    marked_code_column,
)
from app.channel.referrals.timeline import same_customer_ids
from app.channel.scans import choices
from app.channel.scans.models import OnsiteScan
from app.channel.scans.queries import SCAN_PEOPLE, scans_of, visible_scans
from app.channel.shared.permissions import ReferralPermission, ScanPermission, VisitorPermission
from app.channel.shared.presentation import address_of, link
from app.kernel.access.current import current_actor
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.tabs import TIME, DetailTab, TabColumn, newest_table

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral
    from app.channel.visitors.models import Visitor
    from app.kernel.pages.elements import TableTab


class Visit(Protocol):
    """A scan or a tour, of a broker's customer or of a visitor."""

    @property
    def referral_id(self) -> int | None: ...
    @property
    def visitor_id(self) -> int | None: ...
    @property
    def code(self) -> str: ...


def visit_address(visit: Visit) -> str:
    """Return the address of the customer or visitor of a scan or tour."""
    if visit.referral_id is not None:
        return address_of("ReferralView", ReferralPermission.READ, visit.referral_id)
    return address_of("VisitorView", VisitorPermission.READ, visit.visitor_id)


def code_cell(visit: Visit) -> Any:
    """Link the customer's or visitor's code to their page."""
    return link(visit.code, visit_address(visit))


_VISITS = (
    TIME,
    TabColumn("project", _("Project"), lambda one: one.project.name),
    TabColumn("status", _("Result"), lambda one: code_tag(choices.SCAN_RESULT, one.result)),
    TabColumn("consultant", _("Property consultant"), lambda one: one.consultant.name),
    TabColumn("staff", _("On-site staff"), lambda one: one.staff.name),
)


def _visits_tab(visitor: Visitor, page: int) -> TableTab:
    """Return the tab of a visitor's own scans: where, when, and which consultant received them (CH-15)."""
    found = visible_scans(current_actor()).where(OnsiteScan.visitor_id == visitor.id).options(*SCAN_PEOPLE)
    empty = _("No visit yet; on-site staff scan the visitor's code")
    return newest_table(found, OnsiteScan, page, _VISITS, empty)


VISITS_TAB = DetailTab("visits", _("Project visits"), _visits_tab, read=ScanPermission.READ)


def scans_tab(referral: Referral, page: int) -> TableTab:
    """Return the tab of the customer's scans, under all codes."""
    columns = (
        TIME,
        marked_code_column(referral, lambda row: (row.code, row.referral_id)),
        TabColumn("result", _("Result"), lambda row: code_tag(choices.SCAN_RESULT, row.result)),
        BROKER_COLUMN,
        BROKER_PHONE_COLUMN,
        CONSULTANT_COLUMN,
        TabColumn("staff", _("On-site staff"), lambda row: row.staff.name),
    )
    found = scans_of(same_customer_ids(referral))
    empty = _("Not scanned yet; on-site staff scan the viewing code when the customer arrives")
    return newest_table(found, OnsiteScan, page, columns, empty)
