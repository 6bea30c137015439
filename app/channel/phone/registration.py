"""What the phone pages bring into the application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app

from app.channel import choices
from app.channel.phone.cases import time_left
from app.channel.phone.company import PhoneCompanyView
from app.channel.phone.customers import PhoneCustomerView
from app.channel.phone.entrance import PhoneEntranceView
from app.channel.phone.home import PhoneHomeView
from app.channel.phone.me import PhoneMeView
from app.channel.phone.receiving import PhoneTourView
from app.channel.phone.scanning import PhoneScanView
from app.channel.phone.staff import PhoneStaffView
from app.channel.phone.visitor import PhoneVisitorView
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
        referral_states=choices.REFERRAL_STATE,
        shop_categories=choices.SHOP_CATEGORY,
        customer_types=choices.CUSTOMER_TYPE,
        broker_kinds=choices.BROKER_KIND,
    )
