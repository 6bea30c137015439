"""Tabs of collisions and rebinding on the page of a referral (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.channel.brokers.presentation import broker_cell
from app.channel.collisions.models import Collision, RebindLog
from app.channel.collisions.presentation import state_tags
from app.channel.collisions.queries import collisions_of, either_side_of, rebinds_of
from app.channel.referrals.tabs import marked_code
from app.channel.referrals.timeline import referrals_by_id, same_customer_ids
from app.channel.shared.permissions import CollisionPermission
from app.channel.shared.presentation import address_of
from app.kernel.database.session import db
from app.kernel.pages.tabs import TIME, TabColumn, newest_table

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral
    from app.kernel.pages.elements import TableTab


def rebinds_tab(referral: Referral, page: int) -> TableTab:
    """Return the tab of rebindings: from which broker to which, by which person, and why (CH-23)."""
    pks = same_customer_ids(referral)
    sides = select(RebindLog.from_referral_id, RebindLog.to_referral_id).where(either_side_of(pks))
    codes = referrals_by_id([*{*pks, *(pk for row in db.session.execute(sides) for pk in row)}])

    def code(pk: int) -> Any:
        return marked_code(codes[pk].code, pk, referral)

    columns = (
        TIME,
        TabColumn("from", _("From broker"), lambda row: broker_cell(row.from_broker)),
        TabColumn("from_code", _("From code"), lambda row: code(row.from_referral_id)),
        TabColumn("to", _("To broker"), lambda row: broker_cell(row.to_broker)),
        TabColumn("to_code", _("To code"), lambda row: code(row.to_referral_id)),
        TabColumn("reason", _("Reason"), lambda row: row.reason, wide=True),
        TabColumn("by", _("Who"), lambda row: row.by_name),
    )
    empty = _("The binding was never given to another broker")
    return newest_table(rebinds_of(pks), RebindLog, page, columns, empty)


def collisions_tab(referral: Referral, page: int) -> TableTab:
    """Return the tab of collisions over the same customer (CH-18)."""
    columns = (
        TabColumn("time", _("Last time"), lambda row: row.last_at),
        TabColumn("bound", _("Bound to"), lambda row: broker_cell(row.bound_referral.broker)),
        TabColumn(
            "bound_code",
            _("Customer code"),
            lambda row: marked_code(row.bound_referral.code, row.bound_referral_id, referral),
        ),
        TabColumn("other", _("Reported by"), _other_name),
        TabColumn("other_code", _("Customer code"), lambda row: _other_code(row, referral)),
        TabColumn("count", _("Times"), lambda row: row.count, number=True),
        TabColumn("status", _("State"), state_tags),
        TabColumn("note", _("Note"), lambda row: row.note, wide=True),
    )
    return newest_table(
        collisions_of([referral.id]),
        Collision,
        page,
        columns,
        _("No other broker came with this customer while it was protected"),
        url_of=lambda row: address_of("CollisionView", CollisionPermission.READ, row.id),
    )


def _other_name(row: Collision) -> Any:
    if row.referral is not None:
        return broker_cell(row.referral.broker)
    return row.visitor.name if row.visitor else ""


def _other_code(row: Collision, referral: Referral) -> Any:
    if row.referral is not None:
        return marked_code(row.referral.code, row.referral.id, referral)
    return row.visitor.code if row.visitor else ""
