"""The field that names a broker company, chosen by remote search (CH-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.channel.companies.models import BrokerCompany
from app.channel.companies.queries import visible_companies
from app.channel.shared.fields import names_of, options_url
from app.kernel.fields.choices import ReferenceField

if TYPE_CHECKING:
    from wtforms import Field


company_names = names_of(visible_companies, BrokerCompany)


def company_name(pk: int) -> str:
    """Return a broker company's name."""
    return company_names([pk]).get(pk, "")


def company_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for a broker company in use."""
    return ReferenceField(
        label, validators, url=options_url("companies", usable=1), name_of=company_name, **kwargs
    )
