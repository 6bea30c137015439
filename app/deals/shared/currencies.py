"""Currencies of business records: the codes in force of ISO 4217, and no others (CUST-16, CUST-17)."""

from __future__ import annotations

from babel.numbers import get_currency_name
from flask_babel import get_locale
from flask_babel.speaklater import LazyString

from app.kernel.settings.dictionaries import Dictionary

DEFAULT = "CNY"
CODE_LENGTH = 3

_FIRST = ("CNY", "USD", "EUR", "HKD", "JPY", "GBP")
_OTHERS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN
    BZD CAD CDF CHF CLP COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB FJD FKP GEL GHS GIP GMD GNF
    GTQ GYD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP
    LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX UYU UZS VED VES VND VUV WST XAF XCD
    XOF XPF YER ZAR ZMW ZWG
"""


def _named(code: str) -> str:
    """Return the code with the currency's name in the reader's language."""
    return f"{code} {get_currency_name(code, locale=get_locale() or 'zh')}"


CURRENCY = Dictionary("currencies", {code: LazyString(_named, code) for code in (*_FIRST, *_OTHERS.split())})
