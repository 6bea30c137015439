"""Registration of channel sales with the application, subject by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.channel.brokers import setup as brokers
from app.channel.collisions import setup as collisions
from app.channel.companies import setup as companies
from app.channel.consultants import setup as consultants
from app.channel.fees import setup as fees
from app.channel.options import ChannelOptionsView
from app.channel.phone import setup as phone
from app.channel.projects import setup as projects
from app.channel.ranking import setup as ranking
from app.channel.referrals import setup as referrals
from app.channel.referrals.filters import register_fee_due
from app.channel.scans import setup as scans
from app.channel.shared import setup as shared
from app.channel.tours import setup as tours
from app.channel.visitors import setup as visitors
from app.channel.work import WORK, fee_is_due
from app.kernel.pages.work import declare_work
from app.kernel.setup import add_views

if TYPE_CHECKING:
    from flask import Flask


SUBJECTS = (
    shared, projects, visitors, companies, brokers, referrals, scans, tours, fees, collisions, consultants,
    ranking, phone,
)  # fmt: skip


def register(app: Flask) -> None:
    """Register all subjects; those that add parts to the referral come before it."""
    for subject in SUBJECTS:
        subject.register(app)
    add_views(app, ChannelOptionsView)
    register_fee_due(fee_is_due)
    declare_work(*WORK)
