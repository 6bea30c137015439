"""Registration of on-site scans with the application (CH-13 … CH-16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.presentation import OFFICE_LOG_TAB
from app.audit.services import ExportRecorder
from app.channel.referrals.parts import Collection, ReferralPart, register_parts
from app.channel.referrals.queries import register_access_grounds
from app.channel.scans import choices
from app.channel.scans.api import ScanApi
from app.channel.scans.models import OnsiteScan
from app.channel.scans.presentation import VISITS_TAB, scans_tab
from app.channel.scans.queries import (
    SCAN_PEOPLE,
    SCANNERS,
    count_visits,
    scanned_referral_grounds,
    scans_of,
    scans_of_visitor,
)
from app.channel.scans.serializers import ScanRecord, describe_scan, scan_records
from app.channel.scans.views import ScanView
from app.channel.shared.permissions import ScanPermission
from app.channel.visitors.views import VisitorView
from app.kernel.exports.views import offer_export
from app.kernel.pages.tabs import DetailTab
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register scans, and add them to referrals and visitors."""
    declare_dictionaries(choices)
    register_access_grounds(scanned_referral_grounds)
    register_parts(
        ReferralPart(
            kind="scan",
            icon="fa-qrcode",
            model=OnsiteScan,
            select=scans_of,
            describe=describe_scan,
            people=SCANNERS,
            tab=DetailTab("scans", _("Scans"), scans_tab, ScanPermission.READ),
            collection=Collection(
                "scans", "Lists the scans of a referral, newest first.", ScanRecord, scan_records, SCAN_PEOPLE
            ),
            of_visitor=scans_of_visitor,
        )
    )
    VisitorView.detail_tabs = (VISITS_TAB, OFFICE_LOG_TAB)
    VisitorView.count_visits = staticmethod(count_visits)
    offer_export(ScanView, ScanApi, ExportRecorder("onsite_scan.export"), begin_export)
    add_menu_entry(app, "On-site scans", ScanView, "fa-qrcode", _("On-site scans"))
    add_apis(app, ScanApi)
