"""How listings are shown (LST-1, LST-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

if TYPE_CHECKING:
    from decimal import Decimal

    from app.listings.homes.models import Listing


def price_text(price: Decimal, *, is_rent: bool) -> str:
    """Return a price as people read it: in CNY, of a rent for a month."""
    amount = f"{price:,.2f}".removesuffix(".00")
    return gettext("¥%(amount)s a month", amount=amount) if is_rent else f"¥{amount}"


def price_of(listing: Listing) -> str:
    """Return the listing's price."""
    return price_text(listing.price, is_rent=listing.is_rent)


def floors_of(listing: Listing) -> str:
    """Return the floor, and of how many."""
    parts = ("" if one is None else str(one) for one in (listing.floor, listing.floors))
    return " / ".join(filter(None, parts))
