"""Registration of referrals with the application (CH-7 … CH-12, CH-17, CH-22, CH-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.audit.services import ExportRecorder
from app.channel.companies.parts import CompanyPart, register_part
from app.channel.companies.policies import company_in_use
from app.channel.referrals import choices
from app.channel.referrals.api import ReferralApi, ReferralPartsApi, offer_parts
from app.channel.referrals.bindings import bound_elsewhere, referral_taken
from app.channel.referrals.board import BOARD
from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.customer_tab import PART
from app.channel.referrals.expiry import count_due
from app.channel.referrals.finding import REFERRALS
from app.channel.referrals.jobs import end_protections, warn_of_ends
from app.channel.referrals.models import Referral
from app.channel.referrals.operations import ON_REFERRALS, REPORT
from app.channel.referrals.tabs import detail_tabs
from app.channel.referrals.views import ReferralView
from app.channel.shared.permissions import ReferralPermission
from app.channel.shared.presentation import address_of
from app.customers.shared.parts import register_parts
from app.kernel.api.operations import add_api_operation, add_operation
from app.kernel.database.transactions import refuses
from app.kernel.exports.views import offer_export
from app.kernel.jobs.registry import Job, every, register_job
from app.kernel.lists.finding import declare_kind
from app.kernel.pages.board import add_board
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry, when_all_registered
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register referrals and their jobs."""
    declare_dictionaries(choices)
    refuses("uq_referral_key_identity", referral_taken)
    refuses("pk_binding_key", bound_elsewhere)
    refuses("fk_referral_broker_company_id_broker_company", company_in_use)
    register_part(CompanyPart("referrals", (Referral.__table__.c.broker_company_id,)))
    register_code_fields("referral", state=REFERRAL_STATE)
    register_parts(PART)
    register_job(
        Job(
            "end_protections",
            _("End protections that are over"),
            every(minutes=1),
            end_protections,
            wanted=lambda: count_due() > 0,
        )
    )
    register_job(Job("warn_of_ends", _("Warn of protections that end soon"), every(hours=1), warn_of_ends))
    add_api_operation(ReferralApi, REPORT)
    offer_export(ReferralView, ReferralApi, ExportRecorder("referral.export"), begin_export)
    add_board(ReferralView, BOARD)
    declare_notice_kind(NoticeKind("referral", _("Referrals"), needs=ReferralPermission.READ))
    register_record_page("referral", lambda pk: address_of("ReferralView", ReferralPermission.READ, pk))
    add_menu_entry(app, "Referrals", ReferralView, "fa-address-card", _("Referrals"))
    add_apis(app, ReferralApi, ReferralPartsApi)
    declare_kind(REFERRALS)
    when_all_registered(app, _finish)


def _finish() -> None:
    """Finish the registration after scans, tours, fees and collisions have added their parts."""
    for action in ON_REFERRALS:
        add_operation(ReferralView, ReferralApi, action)
    ReferralView.detail_tabs = detail_tabs()
    offer_parts()
