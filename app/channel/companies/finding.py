"""Broker companies in the global search (PLAT-17)."""

from __future__ import annotations

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.channel.companies.models import BrokerCompany
from app.channel.companies.queries import visible_companies
from app.channel.shared.permissions import BrokerCompanyPermission
from app.kernel.lists.finding import Found, Kind
from app.kernel.lists.words import WordIndex, keep_words, word_table

BROKER_COMPANY_WORDS = keep_words(WordIndex(BrokerCompany, word_table("broker_company"), ("name",)))


def _show_company(company: BrokerCompany) -> Found:
    return Found(
        title=company.name,
        status=gettext("In use") if company.active else gettext("Out of use"),
        tone="green" if company.active else "gray",
    )


BROKER_COMPANIES = Kind(
    "broker_company",
    _("Broker companies"),
    "fa-building-user",
    "BrokerCompanyView.show",
    BrokerCompanyPermission.READ,
    BROKER_COMPANY_WORDS,
    visible_companies,
    _show_company,
)
