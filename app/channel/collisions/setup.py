"""Registration of collisions and rebinding with the application (CH-18, CH-19, CH-23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import register_code_fields
from app.channel.collisions import choices
from app.channel.collisions.api import CollisionApi
from app.channel.collisions.choices import COLLISION_KIND, COLLISION_OUTCOME
from app.channel.collisions.models import Collision, RebindLog
from app.channel.collisions.operations import ON_COLLISIONS, ON_REFERRALS
from app.channel.collisions.queries import (
    BOTH_BROKERS,
    SIDE_NAMES,
    collisions_of,
    count_open_collisions,
    rebinds_of,
)
from app.channel.collisions.serializers import (
    RebindRecord,
    describe_collision,
    describe_rebinding,
    rebind_records,
)
from app.channel.collisions.services import record_collisions
from app.channel.collisions.tabs import collisions_tab, rebinds_tab
from app.channel.collisions.views import CollisionView
from app.channel.referrals.api import ReferralApi
from app.channel.referrals.parts import Collection, ReferralPart, register_parts
from app.channel.referrals.services import on_competition
from app.channel.referrals.views import ReferralView
from app.channel.shared.permissions import CollisionPermission
from app.channel.shared.presentation import address_of
from app.kernel.api.operations import add_operation
from app.kernel.pages.badges import badge
from app.kernel.pages.tabs import DetailTab
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.notices.deeds import Deed, offer_deeds

if TYPE_CHECKING:
    from flask import Flask


REBINDINGS = ReferralPart(
    kind="rebind",
    icon="fa-right-left",
    model=RebindLog,
    select=rebinds_of,
    belongs_to="to_referral_id",
    other="from_referral_id",
    describe=describe_rebinding,
    people=BOTH_BROKERS,
    tab=DetailTab("rebinds", _("Rebindings"), rebinds_tab),
    collection=Collection(
        "rebinds",
        "Lists the rebindings from and to a referral, newest first.",
        RebindRecord,
        rebind_records,
        BOTH_BROKERS,
    ),
)
COLLISIONS = ReferralPart(
    kind="collision",
    icon="fa-burst",
    model=Collision,
    select=collisions_of,
    belongs_to="bound_referral_id",
    other="referral_id",
    describe=describe_collision,
    people=SIDE_NAMES,
    tab=DetailTab(
        "collisions",
        _("Collisions"),
        collisions_tab,
        CollisionPermission.READ,
        lambda referral, _actor: collisions_of([referral.id]),
    ),
)


def register(app: Flask) -> None:
    """Declare collisions, and join them to the referral."""
    _join_referral()
    declare_notice_kind(NoticeKind("collision", _("Collisions"), needs=CollisionPermission.READ))
    register_record_page("collision", lambda pk: address_of("CollisionView", CollisionPermission.READ, pk))
    add_menu_entry(app, "Collisions", CollisionView, "fa-burst", _("Collisions"))
    add_apis(app, CollisionApi)


def _join_referral() -> None:
    declare_dictionaries(choices)
    register_code_fields("collision", outcome=COLLISION_OUTCOME, kind=COLLISION_KIND)
    badge("collisions", count_open_collisions)
    on_competition(record_collisions)
    for action in ON_COLLISIONS:
        add_operation(CollisionView, CollisionApi, action)
        offer_deeds(CollisionView, Deed(action))
    for action in ON_REFERRALS:
        add_operation(ReferralView, ReferralApi, action)
    register_parts(REBINDINGS, COLLISIONS)
