"""Which deals a customer file was made from, on the customer (CH-24): for those who see the referrals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel import choices, faces
from app.channel.models import Referral
from app.channel.queries import REFERRAL_PEOPLE, visible_referrals
from app.channel.records import ReferralRecord, referral_records
from app.customers.parts import CustomerPart
from app.kernel.current import current_actor
from app.kernel.pages import Column, Row, TableTab, cell, local_time
from app.kernel.tabs import newest_page

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.customers.models import Customer
    from app.kernel.actor import Actor


def _of_customer(customer: Customer, actor: Actor) -> Select[Referral]:
    found = visible_referrals(actor).where(Referral.customer_id == customer.id)
    return found.options(*REFERRAL_PEOPLE)


def referrals_tab(customer: Customer, page: int) -> TableTab:
    """The referrals, with who brought them."""
    rows, more = newest_page(_of_customer(customer, current_actor()), Referral, page)
    columns = [
        Column("entered", gettext("Entered at")),
        Column("code", gettext("Customer code")),
        Column("state", gettext("State")),
        Column("project", gettext("Project")),
        Column("broker", gettext("Broker")),
        Column("company", gettext("Broker company")),
        Column("closed_on", gettext("Day of the deal")),
    ]
    shown = [
        Row(
            row.id,
            faces.address_of("ReferralView", "Referral", row.id),
            {
                "entered": local_time(row.created_at),
                "code": row.code,
                "state": faces.state_tag(row),
                "project": row.project.name,
                "broker": faces.broker_cell(row.broker),
                "company": row.broker_company.name,
                "closed_on": cell(row.closed_on),
            },
        )
        for row in rows
    ]
    return TableTab(columns, shown, gettext("Not made from a deal of channel sales"), more)


def _told(row: ReferralRecord) -> tuple[str, str]:
    return row["broker"]["name"], f"{row['code']} · {choices.REFERRAL_STATE.label(row['state'])}"


PART = CustomerPart(
    "referrals",
    _("Channel deals"),
    referrals_tab,
    _of_customer,
    Referral.created_at,
    referral_records,
    ReferralRecord,
    _told,
    position=65,
    resource="Referral",
)
