"""What referrals, scans and tours bring into the menu (CH-16, CH-21, CH-22)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.services import export_recorder
from app.channel.referrals.api import ReferralApi
from app.channel.referrals.operations import ON_REFERRALS, REPORT
from app.channel.referrals.views import ReferralView
from app.channel.scans.api import ScanApi
from app.channel.scans.views import ScanView
from app.channel.tours.api import TourApi
from app.channel.tours.views import TourView
from app.kernel.api.operations import api_action, form_action
from app.kernel.exports.views import offer_export
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder

api_action(ReferralApi, REPORT)
for _action in ON_REFERRALS:
    form_action(ReferralView, ReferralApi, _action)
offer_export(ReferralView, ReferralApi, export_recorder("referral.export"), begin_export)
offer_export(ScanView, ScanApi, export_recorder("onsite_scan.export"), begin_export)
offer_export(TourView, TourApi, export_recorder("tour.export"), begin_export)


def register_visits(builder: AppBuilder) -> None:
    """The pages of customers whom brokers brought, and of their visits."""
    builder.add_view(
        ReferralView,
        "Referrals",
        icon="fa-address-card",
        label=_("Referrals"),
        category="Channel sales",
        category_icon="fa-handshake",
        category_label=_("Channel sales"),
    )
    builder.add_view(
        ScanView, "On-site scans", icon="fa-qrcode", label=_("On-site scans"), category="Channel sales"
    )
    builder.add_view(TourView, "Tours", icon="fa-route", label=_("Tours"), category="Channel sales")
