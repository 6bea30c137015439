"""Fields of the forms of business records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import lazy_gettext as _

from app.customers.shared.queries import FOLLOWING_UP, openable_names
from app.deals.shared.currencies import CURRENCY, DEFAULT
from app.kernel.access.current import current_actor
from app.kernel.fields.choices import ChoiceField, ReferenceField
from app.kernel.fields.forms import optional, required
from app.org.shared.fields import staff_field

if TYPE_CHECKING:
    from wtforms import Field

MAX_AMOUNT = 10**13


def customer_url() -> str:
    """Return the address of the choices: customers that the actor can open."""
    return url_for("CustomerView.options")


def customer_name(pk: int) -> str:
    """Return the name of a customer that the actor can open."""
    return openable_names([pk], current_actor()).get(pk, "")


def customer_field() -> Field:
    """Return the field for the customer of a new record."""
    return ReferenceField(_("Customer"), required(), url=customer_url, name_of=customer_name)


def owner_field() -> Field:
    """Return the field for the owner of a record; empty, it is the person who writes it."""
    return staff_field(
        _("Owner"),
        optional(),
        may=FOLLOWING_UP,
        description=_("Yourself, where nobody is chosen"),
    )


def edited_owner_field() -> Field:
    """Return the field for another owner of a record."""
    return staff_field(_("Owner"), optional(), may=FOLLOWING_UP)


def currency_field(**kwargs: Any) -> Field:
    """Return the field for a currency of ISO 4217, at first the yuan."""
    return ChoiceField(_("Currency"), CURRENCY, optional(), default=DEFAULT, **kwargs)
