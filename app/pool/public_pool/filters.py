"""Tabs, filters and orders of the pool's record, on pages and in the API (POOL-20)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.tabs import ListTab
from app.org.shared.fields import department_name, staff_name
from app.pool.public_pool import choices
from app.pool.public_pool.models import PoolEntry
from app.pool.public_pool.queries import available_entries, own_claims, visible_entries

_E = PoolEntry.__table__.c

TABS = (
    ListTab("all", _("All"), visible_entries),
    ListTab("available", _("Available"), available_entries),
    ListTab("mine", _("Taken by me"), own_claims),
)
SPEC = ListSpec(
    (
        ChoiceFilter("state", _("State"), _E.state, choices.ENTRY_STATE),
        ChoiceFilter("reason", _("Reason"), _E.reason, choices.ENTRY_REASON),
        ReferenceFilter(
            "department_id",
            _("Department"),
            _E.department_id,
            lambda: url_for("OptionsView.departments"),
            department_name,
        ),
        ReferenceFilter(
            "original_owner_id",
            _("Former owner"),
            _E.original_owner_id,
            lambda: url_for("OptionsView.staff"),
            staff_name,
        ),
        ReferenceFilter(
            "new_owner_id", _("New owner"), _E.new_owner_id, lambda: url_for("OptionsView.staff"), staff_name
        ),
        DateRangeFilter("created", _("In the pool since"), _E.created_at),
    ),
    {"created_at": _E.created_at},
    "-created_at",
)
