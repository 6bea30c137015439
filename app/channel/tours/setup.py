"""Registration of tours with the application (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.services import ExportRecorder
from app.channel.referrals.parts import Collection, ReferralPart, register_parts
from app.channel.shared.permissions import TourPermission
from app.channel.tours import choices
from app.channel.tours.api import TourApi
from app.channel.tours.models import Tour
from app.channel.tours.operations import FOLLOW_UP
from app.channel.tours.presentation import tours_tab
from app.channel.tours.queries import GUIDES, TOUR_PEOPLE, tours_of, tours_of_visitor
from app.channel.tours.serializers import TourRecord, describe_tour, tour_records
from app.channel.tours.views import TourView
from app.kernel.api.operations import add_api_operation
from app.kernel.exports.views import offer_export
from app.kernel.pages.tabs import DetailTab
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register tours, and add them to the referral."""
    declare_dictionaries(choices)
    register_parts(
        ReferralPart(
            kind="tour",
            icon="fa-person-walking",
            model=Tour,
            select=tours_of,
            describe=describe_tour,
            people=GUIDES,
            tab=DetailTab("tours", _("Tours"), tours_tab, TourPermission.READ),
            collection=Collection(
                "tours", "Lists the tours of a referral, newest first.", TourRecord, tour_records, TOUR_PEOPLE
            ),
            of_visitor=tours_of_visitor,
        )
    )
    offer_export(TourView, TourApi, ExportRecorder("tour.export"), begin_export)
    add_api_operation(TourApi, FOLLOW_UP)
    add_menu_entry(app, "Tours", TourView, "fa-route", _("Tours"))
    add_apis(app, TourApi)
