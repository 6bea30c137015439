"""Addresses of messages on the phone: the page of the record that the person may open there (CH-36)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from app.channel.phone.base import is_broker, is_consultant, works_on_site
from app.kernel.access.current import current_actor
from app.notices.addresses import address_of_notice

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.notices.models import Notification


def message_address(notice: Notification) -> str:
    """Return the phone's page of the message's record, or else the back office's; empty without a record."""
    endpoint = _phone_page(notice, current_actor())
    if not endpoint:
        return address_of_notice(notice)
    return url_for(endpoint) if endpoint == "PhoneMeView.me" else url_for(endpoint, pk=notice.record_id)


def _phone_page(notice: Notification, actor: Actor) -> str:
    kind = notice.record_type
    if kind == "referral" and is_broker(actor):
        return "PhoneCustomerView.customer"
    if kind == "referral" and is_consultant(actor):
        return "PhoneTourView.customer"
    if kind == "onsite_scan" and (is_consultant(actor) or works_on_site(actor)):
        return "PhoneScanView.show"
    if kind == "broker" and notice.record_id == actor.id:
        return "PhoneMeView.me"
    return ""
