"""What the phone pages bring into the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

from app.channel.brokers.choices import BROKER_KIND
from app.channel.phone.colleagues import PhoneCompanyView
from app.channel.phone.home import PhoneHomeView
from app.channel.phone.profile import PhoneMeView
from app.channel.phone.referral_history import time_left
from app.channel.phone.referrals import PhoneCustomerView
from app.channel.phone.scans import PhoneScanView
from app.channel.phone.sign_in import PhoneEntranceView
from app.channel.phone.staff_profile import PhoneStaffView
from app.channel.phone.tours import PhoneTourView
from app.channel.phone.visitor_pass import PhoneVisitorView
from app.channel.referrals.choices import CUSTOMER_TYPE, REFERRAL_STATE, SHOP_CATEGORY
from app.kernel.pages.formatting import code_tag
from app.org.sessions.security import LOGIN_LIMIT

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder


ON_SITE = (PhoneScanView, PhoneTourView, PhoneStaffView)
VIEWS = (PhoneHomeView, PhoneCustomerView, PhoneCompanyView, PhoneMeView, PhoneVisitorView, *ON_SITE)


def register_phone(builder: AppBuilder) -> None:
    """The pages below ``/m/``; signing in there is limited as at the back office's door."""
    entrance = builder.add_view_no_menu(PhoneEntranceView)
    builder.sm.limiter.limit(LOGIN_LIMIT, methods=["POST"])(entrance.blueprint)
    for view in VIEWS:
        builder.add_view_no_menu(view)
    current_app.jinja_env.globals.update(
        time_left=time_left,
        code_tag=code_tag,
        referral_states=REFERRAL_STATE,
        shop_categories=SHOP_CATEGORY,
        customer_types=CUSTOMER_TYPE,
        broker_kinds=BROKER_KIND,
    )
