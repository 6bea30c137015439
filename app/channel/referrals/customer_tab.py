"""The customer's tab with the referrals that became this customer file (CH-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import joinedload

from app.channel.brokers.models import Broker
from app.channel.brokers.presentation import broker_cell
from app.channel.referrals import choices
from app.channel.referrals.models import Referral
from app.channel.referrals.presentation import referral_cell, state_tag
from app.channel.referrals.queries import REFERRAL_PEOPLE, visible_referrals
from app.channel.referrals.serializers import ReferralRecord, referral_records
from app.channel.shared.permissions import ReferralPermission
from app.channel.shared.presentation import address_of
from app.customers.shared.parts import CustomerPart, Lines, history
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import local_time
from app.kernel.pages.tabs import TabColumn, newest_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select

    from app.customers.shared.models import Customer
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import TableTab


def _of_customer(customer: Customer, actor: Actor) -> Select[Referral]:
    return _bare(customer, actor).options(*REFERRAL_PEOPLE)


def _bare(customer: Customer, actor: Actor) -> Select[Referral]:
    return visible_referrals(actor).where(Referral.customer_id == customer.id)


_COLUMNS = (
    TabColumn("entered", _("Entered at"), lambda row: row.created_at),
    TabColumn("code", _("Customer code"), referral_cell),
    TabColumn("state", _("State"), state_tag),
    TabColumn("project", _("Project"), lambda row: row.project.name),
    TabColumn("broker", _("Broker"), lambda row: broker_cell(row.broker)),
    TabColumn("company", _("Broker company"), lambda row: row.broker_company.name),
    TabColumn("closed_on", _("Day of the deal"), lambda row: row.closed_on),
)


def referrals_tab(customer: Customer, page: int) -> TableTab:
    """Return the tab of the customer's referrals and their brokers."""
    found = _of_customer(customer, current_actor())
    empty = _("Not made from a deal of channel sales")
    return newest_table(
        found,
        Referral,
        page,
        _COLUMNS,
        empty,
        url_of=lambda row: address_of("ReferralView", ReferralPermission.READ, row.id),
    )


def _describe_operation(row: ReferralRecord) -> tuple[str, str]:
    return row["broker"]["name"], f"{row['code']} · {choices.REFERRAL_STATE.label(row['state'])}"


def _entries(rows: Sequence[Referral]) -> list[Entry]:
    return [
        Entry(row.broker.name, local_time(row.created_at), meta=row.code, tags=[state_tag(row)])
        for row in rows
    ]


PART = CustomerPart(
    "referrals",
    _("Channel deals"),
    referrals_tab,
    _of_customer,
    Referral.created_at,
    referral_records,
    ReferralRecord,
    _describe_operation,
    position=65,
    answers=history(Referral.customer_id),
    read=ReferralPermission.READ,
    lines=Lines(
        _entries, (joinedload(Referral.broker).load_only(Broker.name),), "fa-handshake", "red", rows=_bare
    ),
)
