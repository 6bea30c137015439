"""How viewing fees are shown: cells and tabs (CH-25)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.fees import policies
from app.channel.fees.models import ViewingFee
from app.channel.fees.queries import fees_of
from app.channel.referrals.tabs import BROKER_COLUMN, BROKER_PHONE_COLUMN, marked_code_column
from app.channel.referrals.timeline import same_customer_ids
from app.channel.shared import presentation
from app.channel.shared.permissions import ViewingFeePermission
from app.kernel.access.current import current_actor
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import join_html, tag
from app.kernel.pages.tabs import TIME, TabColumn, newest_table

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import TableTab


def fee_button(referral: Referral, actor: Actor) -> list[Button]:
    """Return the secretary's button to pay; disabled, it shows the reason (CH-25)."""
    if not actor.may(ViewingFeePermission.CREATE):
        return []
    verdict = policies.can_pay_fee(actor, referral)
    url = url_for("FeeView.add", referral_id=referral.id)
    label = gettext("Pay a viewing fee")
    return [Button(label, url, "fa-money-bill-wave", "drawer", primary=bool(verdict), reason=verdict.reason)]


def fees_tab(referral: Referral, page: int) -> TableTab:
    """Return the tab of fees paid for the customer under any code, including voided ones."""
    columns = (
        TIME,
        marked_code_column(referral, lambda row: (row.referral.code, row.referral_id)),
        TabColumn("amount", _("Amount (CNY)"), lambda row: row.amount, number=True),
        BROKER_COLUMN,
        BROKER_PHONE_COLUMN,
        TabColumn("by", _("Paid by"), lambda row: row.created_by.display_name),
        TabColumn("voided", _("Voided"), _voided, wide=True),
    )
    return newest_table(
        fees_of(same_customer_ids(referral)),
        ViewingFee,
        page,
        columns,
        _("No viewing fee was paid yet"),
        url_of=lambda row: presentation.address_of("FeeView", ViewingFeePermission.READ, row.id),
        buttons=fee_button(referral, current_actor()),
    )


def _voided(fee: ViewingFee) -> Any:
    return join_html([tag(gettext("Voided")), fee.void_reason]) if fee.is_void else ""
