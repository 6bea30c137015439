"""Filters and orders of the list of contacts (CUST-11, ACC-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.customers.contacts.fields import LABELS
from app.customers.contacts.finding import CONTACT_WORDS
from app.customers.contacts.queries import CONTACT, with_last4, with_number
from app.customers.numbers.filters import NumberFilter
from app.customers.shared.forms import customer_choices_url, customer_name
from app.kernel.folding import search_key
from app.kernel.lists.filters import DateRangeFilter, ReferenceFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import starting
from app.kernel.lists.words import BEGINS, INSIDE, folded, in_range

if TYPE_CHECKING:
    from sqlalchemy import Select

    from app.kernel.access.actor import Actor


def _by_name(text: str, _actor: Actor) -> Any:
    """Find a part of the name, as it is written or in pinyin; the last four digits are no name."""
    word = CONTACT_WORDS.table.c
    near = word.place.in_((BEGINS, INSIDE)), in_range(CONTACT_WORDS, folded(text))
    return CONTACT.id.in_(select(word.record_id).where(*near))


def _by_email(text: str, _actor: Actor) -> Any:
    return starting(CONTACT.email_search, search_key(text))


class ContactNumberFilter(NumberFilter):
    """Filters by a number of the contact: the whole one, counted, or the last four digits."""

    key = CONTACT.id

    def with_last4(self, statement: Select[Any], last4: str, _actor: Actor) -> Select[Any]:
        return statement.where(CONTACT.id.in_(with_last4(last4)))

    def with_index(self, statement: Select[Any], index: str, _actor: Actor) -> Select[Any]:
        return statement.where(CONTACT.id.in_(with_number(index)))


SPEC = ListSpec(
    (
        TextFilter("name", LABELS["name"], _by_name, placeholder=_("Part of the name, or its pinyin")),
        ContactNumberFilter("phone", _("Phone"), placeholder=_("Whole number or last four")),
        TextFilter("email", LABELS["email"], _by_email, placeholder=_("Beginning of the address")),
        ReferenceFilter(
            "customer_id",
            LABELS["customer"],
            CONTACT.customer_id,
            customer_choices_url,
            customer_name,
        ),
        DateRangeFilter("created", LABELS["created_at"], CONTACT.created_at),
    ),
    {"created_at": CONTACT.created_at},
    "-created_at",
)
