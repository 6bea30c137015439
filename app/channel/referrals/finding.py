"""Referrals in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.referrals.models import Referral
from app.channel.referrals.presentation import fragments
from app.channel.referrals.queries import REFERRAL_PEOPLE, visible_referrals
from app.channel.shared.permissions import ReferralPermission
from app.kernel.lists.finding import Found, Kind
from app.kernel.lists.words import WordIndex, keep_words, word_table

REFERRAL_WORDS = keep_words(
    WordIndex(Referral, word_table("referral"), ("name",), ("code", "phone1_tail", "phone2_tail"))
)


def _show(referral: Referral) -> Found:
    return Found(
        title=referral.name,
        code=referral.code,
        phone=fragments(referral),
        owner=referral.broker.name,
        status=REFERRAL_STATE.label(referral.present_state),
        tone=REFERRAL_STATE.tone(referral.present_state),
    )


REFERRALS = Kind(
    "referral",
    _("Referrals"),
    "fa-address-card",
    "ReferralView.show",
    ReferralPermission.READ,
    REFERRAL_WORDS,
    visible_referrals,
    _show,
    options=REFERRAL_PEOPLE,
)
