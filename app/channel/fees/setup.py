"""Registration of viewing fees with the application (CH-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.services import ExportRecorder
from app.channel.fees.api import ViewingFeeApi
from app.channel.fees.models import ViewingFee
from app.channel.fees.operations import ON_FEES
from app.channel.fees.presentation import fee_button, fees_tab
from app.channel.fees.queries import FEE_NAMES, FEE_PEOPLE, fees_of
from app.channel.fees.serializers import FeeRecord, describe_fee, fee_records
from app.channel.fees.services import open_fee
from app.channel.fees.views import FeeView
from app.channel.referrals.parts import Collection, ReferralPart, register_parts
from app.channel.shared.permissions import ViewingFeePermission
from app.kernel.api.operations import add_operation
from app.kernel.exports.views import offer_export
from app.kernel.files.attachments import Subject, declare_subject
from app.kernel.pages.tabs import DetailTab
from app.kernel.setup import add_apis, add_menu_entry
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register fees, and add them to the referral."""
    declare_subject(Subject(ViewingFee.__files__, "ViewingFee", open_fee))
    for action in ON_FEES:
        add_operation(FeeView, ViewingFeeApi, action)
    register_parts(
        ReferralPart(
            kind="fee",
            icon="fa-coins",
            model=ViewingFee,
            select=fees_of,
            describe=describe_fee,
            people=FEE_NAMES,
            tab=DetailTab("fees", _("Viewing fees"), fees_tab, ViewingFeePermission.READ),
            collection=Collection(
                "viewing-fees",
                "Lists the viewing fees of a referral, newest first, voided ones included.",
                FeeRecord,
                fee_records,
                FEE_PEOPLE,
                ViewingFeePermission.READ,
            ),
            buttons=fee_button,
        )
    )
    offer_export(FeeView, ViewingFeeApi, ExportRecorder("viewing_fee.export"), begin_export)
    add_menu_entry(app, "Viewing fees", FeeView, "fa-coins", _("Viewing fees"))
    add_apis(app, ViewingFeeApi)
