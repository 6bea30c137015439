"""The codes of brokers, with their labels and tones (CH-2 … CH-6)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

BROKER_KIND = Dictionary(
    "broker_kinds",
    {"broker": _("Broker"), "company_onsite": _("Broker-company on-site")},
    {"company_onsite": "cyan"},
    title=_("Kinds of brokers"),
)
REVIEW_STATE = Dictionary(
    "broker_reviews",
    {"pending": _("Awaiting review"), "approved": _("Approved"), "rejected": _("Rejected")},
    {"pending": "orange", "approved": "green", "rejected": "red"},
    title=_("Review states of brokers"),
)
REVIEW_DECISION = Dictionary(
    "broker_review_decisions",
    {"approve": _("Approve"), "reject": _("Reject")},
)
