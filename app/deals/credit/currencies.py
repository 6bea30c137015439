"""Currencies of ISO 4217 with their names in the reader's language, and amounts in them (CUST-17)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from babel.numbers import get_currency_name
from flask_babel import get_locale
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.kernel.settings.dictionaries import Dictionary

if TYPE_CHECKING:
    from app.kernel.errors import Sentence

DEFAULT = "CNY"
_COMMON = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP")
_OTHERS = (
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD",
    "BIF", "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLP", "COP",
    "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "FJD", "FKP", "GEL", "GHS",
    "GIP", "GMD", "GNF", "GTQ", "GYD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK", "JMD",
    "JOD", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD", "LSL",
    "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN",
    "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR",
    "RON", "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP",
    "STN", "SVC", "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX",
    "UYU", "UZS", "VED", "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW",
)  # fmt: skip
_WHOLE = frozenset(
    {
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF",
        "XOF", "XPF",
    }
)  # fmt: skip
_CENT, _ONE = Decimal("0.01"), Decimal(1)


def _named(code: str) -> LazyString:
    return LazyString(lambda: f"{code} {get_currency_name(code, locale=get_locale() or 'zh')}")


CURRENCY = Dictionary(
    "currencies", {code: _named(code) for code in (*_COMMON, *_OTHERS)}, title=_("Currencies")
)


def smallest_unit(currency: str) -> Decimal:
    """Return the smallest amount of a currency: a cent, or 1 where ISO 4217 has no parts."""
    return _ONE if currency in _WHOLE else _CENT


def is_whole_units(amount: Decimal, currency: str) -> bool:
    """Return True for an amount that the currency can pay."""
    return amount % smallest_unit(currency) == 0


def complaint_of(amount: Decimal, currency: str) -> Sentence | None:
    """Return why the amount cannot be one of this currency, or None."""
    if is_whole_units(amount, currency):
        return None
    return _("This currency has no parts: a whole number")


def money(amount: Decimal, currency: str) -> str:
    """Return an amount as people read it: ``12,000.00 CNY``."""
    return f"{amount:,.0f} {currency}" if currency in _WHOLE else f"{amount:,.2f} {currency}"
