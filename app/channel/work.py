"""What the lists of channel sales hold for the workbench (OFF-11)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy import exists

from app.channel.brokers.views import BrokerView
from app.channel.collisions.views import CollisionView
from app.channel.fees.models import ViewingFee
from app.channel.referrals.models import Referral
from app.channel.referrals.views import ReferralView
from app.channel.scans.views import ScanView
from app.channel.shared.permissions import BrokerPermission, CollisionPermission, ViewingFeePermission
from app.channel.shared.settings import WARNING_DAYS
from app.channel.tours.models import Tour
from app.channel.tours.views import TourView
from app.kernel import clock
from app.kernel.pages.work import WorkItem

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

_SOON = 7  # days, where the setting switches warnings off


def fee_is_due() -> ColumnElement[bool]:
    """Return the condition that a referral was toured and no viewing fee stands."""
    paid = exists().where(ViewingFee.referral_id == Referral.id, ViewingFee.voided_at.is_(None))
    return exists().where(Tour.referral_id == Referral.id) & ~paid


def ends_soon_until() -> str:
    """Return the day until which a protection ends soon."""
    return (clock.today() + timedelta(days=max(WARNING_DAYS.get(), default=_SOON))).isoformat()


WORK = (
    WorkItem(
        "collisions",
        _("Collisions to decide"),
        "fa-burst",
        CollisionView,
        lambda _actor: {"tab": "open"},
        needs=CollisionPermission.HANDLE,
    ),
    WorkItem(
        "registrations",
        _("Registrations to review"),
        "fa-user-check",
        BrokerView,
        lambda _actor: {"tab": "pending"},
        needs=BrokerPermission.REVIEW,
    ),
    WorkItem(
        "ends_soon",
        _("Protections that end soon"),
        "fa-hourglass-end",
        ReferralView,
        lambda _actor: {"tab": "bound", "protected_to": ends_soon_until()},
    ),
    WorkItem(
        "fees_due",
        _("Toured, no viewing fee yet"),
        "fa-coins",
        ReferralView,
        lambda _actor: {"fee_due": "yes"},
        needs=ViewingFeePermission.READ,
    ),
    WorkItem("entered", _("Customers entered"), "fa-address-card", ReferralView, dated="created"),
    WorkItem(
        "bound",
        _("Of them bound"),
        "fa-link",
        ReferralView,
        lambda _actor: {"reached": "bound"},
        dated="created",
        part_of="entered",
    ),
    WorkItem("scans", _("On-site scans"), "fa-qrcode", ScanView, dated="created"),
    WorkItem("tours", _("Tours"), "fa-person-walking", TourView, dated="created"),
)
