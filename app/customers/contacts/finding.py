"""Contacts in the global search (PLAT-17)."""

from __future__ import annotations

from app.customers.contacts.models import Contact
from app.kernel.lists.words import WordIndex, keep_words, word_table

CONTACT_WORDS = keep_words(
    WordIndex(Contact, word_table("contact"), ("name",), ("phone_last4", "landline_last4"))
)
