"""Quotes in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.deals.quotes.choices import STATUS
from app.deals.quotes.models import Quote
from app.deals.quotes.queries import visible_quotes
from app.deals.shared.finding import kind_of
from app.deals.shared.permissions import QuotePermission
from app.kernel.lists.words import WordIndex, keep_words, word_table

QUOTE_WORDS = keep_words(WordIndex(Quote, word_table("quote"), ("title",), ("code",)))
QUOTES = kind_of(
    QUOTE_WORDS,
    _("Quotes"),
    "fa-file-invoice",
    "QuoteView.show",
    QuotePermission.READ,
    visible_quotes,
    STATUS,
)
