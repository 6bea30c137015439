"""Service tickets in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.shared.finding import kind_of
from app.deals.shared.permissions import TicketPermission
from app.deals.tickets.choices import STATUS
from app.deals.tickets.models import Ticket
from app.deals.tickets.queries import visible_tickets
from app.kernel.lists.words import WordIndex, keep_words, word_table

TICKET_WORDS = keep_words(WordIndex(Ticket, word_table("ticket"), ("title",)))
TICKETS = kind_of(
    TICKET_WORDS,
    _("Service tickets"),
    "fa-headset",
    "TicketView.show",
    TicketPermission.READ,
    visible_tickets,
    STATUS,
)
