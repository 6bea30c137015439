"""Registration of the phone pages with the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.brokers.choices import BROKER_KIND
from app.channel.phone.base import (
    PREFIX,
    PhoneTab,
    is_broker,
    is_consultant,
    is_visitor,
    register_phone_tabs,
    works_on_site,
)
from app.channel.phone.colleagues import PhoneCompanyView
from app.channel.phone.home import PhoneHomeView, from_outside
from app.channel.phone.message_links import message_address
from app.channel.phone.profile import PhoneMeView
from app.channel.phone.referral_history import time_left
from app.channel.phone.referrals import PhoneCustomerView
from app.channel.phone.scans import PhoneScanView, only_receives
from app.channel.phone.sign_in import PhoneEntranceView
from app.channel.phone.staff_profile import PhoneStaffView, has_onsite_duty
from app.channel.phone.tours import PhoneTourView
from app.channel.phone.visitor_pass import PhoneVisitorView
from app.channel.referrals.choices import CUSTOMER_TYPE, REFERRAL_STATE, SHOP_CATEGORY
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.refusals import register_error_page
from app.kernel.setup import add_views

if TYPE_CHECKING:
    from flask import Flask


ON_SITE = (PhoneScanView, PhoneTourView, PhoneStaffView)
VIEWS = (
    PhoneEntranceView, PhoneHomeView, PhoneCustomerView, PhoneCompanyView, PhoneMeView, PhoneVisitorView,
    *ON_SITE,
)  # fmt: skip


TABS = (
    PhoneTab("PhoneHomeView.home", _("Home"), "home", from_outside, 0, ("PhoneHomeView",)),
    PhoneTab("PhoneCustomerView.report", _("Report"), "add", is_broker, 10),
    PhoneTab("PhoneScanView.scan", _("Scan"), "scan", works_on_site, 10, ("PhoneScanView.code",)),
    PhoneTab(
        "PhoneCustomerView.customers",
        _("My customers"),
        "users",
        is_broker,
        20,
        ("PhoneCustomerView.customer",),
    ),
    PhoneTab("PhoneVisitorView.code", _("My code"), "qr", is_visitor, 20),
    PhoneTab("PhoneScanView.records", _("Scans"), "list", works_on_site, 20, ("PhoneScanView.show",)),
    PhoneTab(
        "PhoneTourView.tours",
        _("Tours"),
        "map",
        is_consultant,
        30,
        ("PhoneTourView.show", "PhoneTourView.follow_up"),
    ),
    PhoneTab(
        "PhoneTourView.assigned", _("My customers"), "users", is_consultant, 40, ("PhoneTourView.customer",)
    ),
    PhoneTab("PhoneScanView.scan", _("Scan"), "scan", only_receives, 50, ("PhoneScanView.code",)),
    PhoneTab(
        "PhoneMeView.me",
        _("Me"),
        "user",
        lambda actor: is_broker(actor) or is_visitor(actor),
        90,
        ("PhoneMeView", "PhoneStaffView"),
        "notifications",
    ),
    PhoneTab("PhoneStaffView.me", _("Me"), "user", has_onsite_duty, 90, ("PhoneStaffView",), "notifications"),
)


def register(app: Flask) -> None:
    """Register the pages below ``/m/`` and their tab bar."""
    register_error_page(PREFIX, "phone/error.html", PREFIX)
    register_phone_tabs(*TABS)
    add_views(app, *VIEWS)
    app.jinja_env.globals.update(
        message_address=message_address,
        time_left=time_left,
        code_tag=code_tag,
        referral_states=REFERRAL_STATE,
        shop_categories=SHOP_CATEGORY,
        customer_types=CUSTOMER_TYPE,
        broker_kinds=BROKER_KIND,
    )
