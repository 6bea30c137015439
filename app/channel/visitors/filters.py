"""Filters and sort orders of the list of walk-in visitors (CH-15, CH-28)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.channel.shared.filters import code_filter, name_filter
from app.channel.visitors.models import Visitor
from app.kernel.lists.requests import ListSpec

_V = Visitor.__table__.c
VISITORS = ListSpec(
    filters=(code_filter(_V.code, _("Visitor code")), name_filter(_V.name_key)),
    orders={"created_at": _V.created_at},
    default_order="-created_at",
)
