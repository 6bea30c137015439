"""The codes of quotes (CUST-16)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings.dictionaries import Dictionary

DRAFT, SENT, ACCEPTED, REFUSED = "draft", "sent", "accepted", "refused"
OPEN_STATUSES = (DRAFT, SENT)

STATUS = Dictionary(
    "quote_statuses",
    {
        DRAFT: _("Draft"),
        SENT: _("Sent to the customer"),
        ACCEPTED: _("Accepted by the customer"),
        REFUSED: _("Refused by the customer"),
    },
    {DRAFT: "gray", SENT: "blue", ACCEPTED: "green", REFUSED: "red"},
    title=_("States of quotes"),
)
