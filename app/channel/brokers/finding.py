"""Brokers in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.channel.brokers.choices import REVIEW_STATE
from app.channel.brokers.models import Broker
from app.channel.brokers.queries import visible_brokers
from app.channel.shared.permissions import BrokerPermission
from app.kernel.fields.phones import masked_phone
from app.kernel.lists.finding import Found, Kind
from app.kernel.lists.words import WordIndex, keep_words, word_table

BROKER_WORDS = keep_words(
    WordIndex(Broker, word_table("broker"), ("name", "nickname"), ("number",), ("phone",))
)


def _show_broker(broker: Broker) -> Found:
    return Found(
        title=broker.name,
        code=broker.number,
        phone=masked_phone(broker.phone),
        owner=broker.broker_company.name,
        status=REVIEW_STATE.label(broker.review_state),
        tone=REVIEW_STATE.tone(broker.review_state),
    )


BROKERS = Kind(
    "broker",
    _("Brokers"),
    "fa-user-tie",
    "BrokerView.show",
    BrokerPermission.READ,
    BROKER_WORDS,
    visible_brokers,
    _show_broker,
    options=(joinedload(Broker.broker_company),),
)
