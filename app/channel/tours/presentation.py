"""How tours are shown: cells and tabs (CH-21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.channel.referrals.tabs import BROKER_COLUMN, CONSULTANT_COLUMN, marked_code_column
from app.channel.referrals.timeline import same_customer_ids
from app.channel.shared import presentation
from app.channel.shared.permissions import TourPermission
from app.channel.tours import choices
from app.channel.tours.models import Tour
from app.channel.tours.queries import tours_of
from app.kernel.pages.formatting import code_tag
from app.kernel.pages.tabs import TIME, TabColumn, newest_table

if TYPE_CHECKING:
    from app.channel.referrals.models import Referral
    from app.kernel.pages.elements import TableTab


def tours_tab(referral: Referral, page: int) -> TableTab:
    """Return the tab of the customer's tours, with the intention that the consultant judged."""
    columns = (
        TIME,
        marked_code_column(referral, lambda row: (row.code, row.referral_id)),
        TabColumn("intention", _("Intention"), lambda row: code_tag(choices.INTENTION, row.intention)),
        CONSULTANT_COLUMN,
        BROKER_COLUMN,
    )
    return newest_table(
        tours_of(same_customer_ids(referral)),
        Tour,
        page,
        columns,
        _("Not shown around yet; the consultant records each tour on the phone"),
        url_of=lambda row: presentation.address_of("TourView", TourPermission.READ, row.id),
    )
