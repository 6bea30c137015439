"""How channel sales are shown in the back office: cells that several lists and tabs share."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from app.channel import choices
from app.channel.settings import WARNING_DAYS
from app.kernel import clock
from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.pages.addresses import record_address
from app.kernel.pages.formatting import code_tag, tag
from app.org.shared.models import Account

if TYPE_CHECKING:
    from datetime import datetime

    from app.channel.models import Broker, OnsiteScan, Referral, Tour

_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)


def address_of(view: str, resource: str, pk: int | None) -> str:
    """Where a record's page is; empty without a record, or where it is not for this person."""
    if pk is None or not current_actor().may("read", resource):
        return ""
    return record_address(f"{view}.show", pk)


def list_of(view: str, resource: str, **arguments: Any) -> str:
    """Where a list's page is, narrowed; empty where it is not for this person."""
    return url_for(f"{view}.list", **arguments) if current_actor().may("read", resource) else ""


def link(text: Any, address: str) -> Any:
    """The text, leading to the address if there is one."""
    return Markup('<a href="{}">{}</a>').format(address, text) if address else text


def person_name(pk: int | None) -> str:
    """Whose account it is."""
    found = db.session.get(Account, pk) if pk is not None else None
    return found.display_name if found else ""


def in_use_tag(record: Any) -> Markup:
    """A project or broker company in use, or out of it."""
    return tag(gettext("In use"), "green") if record.active else tag(gettext("Out of use"))


def broker_cell(broker: Broker | None) -> Any:
    """A broker's name, leading to the broker."""
    return link(broker.name, address_of("BrokerView", "Broker", broker.id)) if broker else ""


def visit_address(visit: OnsiteScan | Tour) -> str:
    """The page of the customer or visitor that a scan or tour is about."""
    if visit.referral_id is not None:
        return address_of("ReferralView", "Referral", visit.referral_id)
    return address_of("VisitorView", "Visitor", visit.visitor_id)


def code_cell(visit: OnsiteScan | Tour) -> Any:
    """The customer's or visitor's code, leading to them."""
    return link(visit.code, visit_address(visit))


def referral_cell(referral: Referral) -> Any:
    """A referral's code, leading to it (CH-19)."""
    return link(referral.code, address_of("ReferralView", "Referral", referral.id))


def fragments(referral: Referral) -> str:
    """What is known of the numbers, one after the other."""
    return " / ".join(one.masked for one in referral.fragments)


def state_tag(referral: Referral) -> Markup:
    """The state of now as a tag (CH-17)."""
    return code_tag(choices.REFERRAL_STATE, referral.present_state)


def protection_left(referral: Referral) -> str:
    """How long the protection lasts yet, as brokers are told it too (CH-17)."""
    until = referral.protected_until
    return time_left(until) if until else ""


def time_left(until: datetime) -> str:
    """How long it is until then."""
    left = until - clock.now()
    if left > _DAY:
        return gettext("%(n)s days left", n=-(-left // _DAY))
    return gettext("%(n)s hours left", n=-(-left // _HOUR))


def protection_cell(referral: Referral) -> Any:
    """The same; it stands out when the broker is warned."""
    until = referral.protected_until
    if until is None:
        return ""
    is_near = until - clock.now() <= WARNING_DAYS.get() * _DAY
    return tag(protection_left(referral), "orange") if is_near else protection_left(referral)
