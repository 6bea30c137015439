"""The codes of requests and their steps (APP-1, APP-3)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

PENDING, APPROVED, REJECTED, WITHDRAWN, FAILED = "pending", "approved", "rejected", "withdrawn", "failed"
STAGE_CHANGE, CREDIT_CHANGE = "stage_change", "credit_limit_change"

KIND = Dictionary(
    "approval_kinds",
    {STAGE_CHANGE: _("Change of stage"), CREDIT_CHANGE: _("Change of credit limits")},
    {STAGE_CHANGE: "blue", CREDIT_CHANGE: "gold"},
    title=_("Kinds of requests"),
)
STATE = Dictionary(
    "approval_states",
    {
        PENDING: _("Waiting for approval"),
        APPROVED: _("Approved"),
        REJECTED: _("Request rejected"),
        WITHDRAWN: _("Request withdrawn"),
        FAILED: _("Failed"),
    },
    {PENDING: "orange", APPROVED: "green", REJECTED: "red", WITHDRAWN: "gray", FAILED: "red"},
    title=_("States of requests"),
)
DECISION = Dictionary(
    "approval_decisions",
    {APPROVED: _("Approved"), REJECTED: _("Request rejected")},
    {APPROVED: "green", REJECTED: "red"},
    title=_("Decisions on requests"),
)
