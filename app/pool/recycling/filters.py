"""Filters and orders of the list of rules (POOL-19)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.kernel.lists.filters import ChoiceFilter, ReferenceFilter
from app.kernel.lists.requests import ListSpec
from app.org.shared.fields import department_name
from app.pool.recycling.models import RecyclingRule

_R = RecyclingRule.__table__.c

RULES = ListSpec(
    (
        ReferenceFilter(
            "department_id",
            _("Department"),
            _R.department_id,
            lambda: url_for("OptionsView.departments"),
            department_name,
        ),
        ChoiceFilter("deal_status", _("Deal status"), _R.deal_status, choices.DEAL_STATUS),
        ChoiceFilter("level", _("Level"), _R.level, choices.LEVEL),
    ),
    {"created_at": _R.created_at},
    "-created_at",
)
