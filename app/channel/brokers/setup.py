"""Registration of brokers with the application (CH-2 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.channel.brokers import choices
from app.channel.brokers.api import BrokerApi, own_broker
from app.channel.brokers.choices import REVIEW_STATE
from app.channel.brokers.finding import BROKERS
from app.channel.brokers.models import Broker
from app.channel.brokers.operations import ON_BROKERS, RESUBMIT
from app.channel.brokers.presentation import COMPANY_PART
from app.channel.brokers.queries import (
    count_waiting_brokers,
    find_account_of_phone,
    find_phone_of_account,
)
from app.channel.brokers.services import open_broker, phone_taken
from app.channel.brokers.views import BrokerView
from app.channel.companies.parts import register_part
from app.channel.companies.policies import company_in_use
from app.channel.shared.permissions import BrokerPermission
from app.channel.shared.presentation import address_of
from app.kernel.api.operations import add_api_operation, add_operation
from app.kernel.database.transactions import refuses
from app.kernel.files.attachments import Subject, declare_subject
from app.kernel.lists.finding import declare_kind
from app.kernel.pages.badges import badge
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.org.sessions.credentials import register_account_numbers, register_phone_accounts
from app.org.staff.directory_api import register_broker_profile

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register brokers, their review and the sign-in by phone number."""
    declare_dictionaries(choices)
    refuses("uq_broker_phone", phone_taken)
    refuses("fk_broker_broker_company_id_broker_company", company_in_use)
    register_part(COMPANY_PART)
    declare_subject(Subject(Broker.__files__, "Broker", open_broker))
    register_code_fields("broker", review_state=REVIEW_STATE)
    register_broker_profile(own_broker)
    register_phone_accounts(find_account_of_phone)
    register_account_numbers(find_phone_of_account)
    badge("broker_reviews", count_waiting_brokers)
    for action in ON_BROKERS:
        add_operation(BrokerView, BrokerApi, action)
    add_api_operation(BrokerApi, RESUBMIT)
    declare_notice_kind(NoticeKind("broker", _("Brokers"), needs=BrokerPermission.READ))
    register_record_page("broker", lambda pk: address_of("BrokerView", BrokerPermission.READ, pk))
    add_menu_entry(app, "Brokers", BrokerView, "fa-user-tie", _("Brokers"))
    add_apis(app, BrokerApi)
    declare_kind(BROKERS)
