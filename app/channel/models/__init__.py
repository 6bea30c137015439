"""Tables of channel sales.  A state changes only through the methods here.

``places`` holds what is sold and who works there, ``people`` those from outside, ``referrals`` the claims and
the bindings, ``visits`` what happens on site, ``money`` fees and the ranking's totals.
"""

from __future__ import annotations

from app.channel.models.money import BrokerTotals, ViewingFee
from app.channel.models.people import Broker, BrokerChange, BrokerCompany, Visitor
from app.channel.models.places import Plot, Project, ProjectMember
from app.channel.models.referrals import (
    Binding,
    BindingKey,
    Fragment,
    Referral,
    ReferralKey,
    ReferralReport,
    expiring,
    is_live,
    present_state,
)
from app.channel.models.visits import Collision, OnsiteScan, RebindLog, Tour, TourFollowUp

__all__ = [
    "Binding", "BindingKey", "Broker", "BrokerChange", "BrokerCompany", "BrokerTally", "Collision",
    "Fragment", "OnsiteScan", "Plot", "Project", "ProjectMember", "RebindLog", "Referral", "ReferralKey",
    "ReferralReport", "Tour", "TourFollowUp", "ViewingFee", "Visitor", "expiring", "is_live", "present_state",
]  # fmt: skip
