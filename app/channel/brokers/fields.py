"""Fields that name brokers, chosen by remote search (CH-2 … CH-6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.channel.brokers.models import Broker
from app.channel.brokers.queries import visible_brokers
from app.channel.shared.fields import names_of, options_url
from app.kernel.fields.choices import ReferenceField

if TYPE_CHECKING:
    from wtforms import Field


broker_names = names_of(visible_brokers, Broker)


def broker_name(pk: int) -> str:
    """Return a broker's name."""
    return broker_names([pk]).get(pk, "")


def broker_field(label: Any, validators: list[Any], **kwargs: Any) -> Field:
    """Return a field for a broker who may work."""
    return ReferenceField(
        label, validators, url=options_url("brokers", usable=1), name_of=broker_name, **kwargs
    )
