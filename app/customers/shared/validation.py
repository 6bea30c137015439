"""Checks of input that creation and edit share: demand and tax id (CUST-4, CUST-5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from app.customers.shared.fields import TRADE
from app.kernel.errors import Invalid
from app.kernel.text import fold
from app.org.districts.queries import known_districts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_RANGES = (("price_min", "price_max"), ("area_min", "area_max"), ("rooms_min", "rooms_max"))


def validate_demand(values: Mapping[str, Any], districts: Sequence[int]) -> None:
    """Check that ranges are in order and districts exist (CUST-5).

    :raises Invalid: under the field that is wrong, as ``demand.price_max``.
    """
    for low, high in _RANGES:
        if values.get(low) is not None and values.get(high) is not None and values[low] > values[high]:
            raise Invalid(**{f"demand.{high}": _("This is below the lower bound")})
    if districts and known_districts(districts) != set(districts):
        raise Invalid(**{"demand.district_ids": _("Not one of the choices")})


def read_tax_id(text: str) -> str:
    """Normalise a unified social credit code: upper case, without blanks (CUST-4).

    :raises Invalid: when its form or checksum is wrong.
    """
    value = "".join(fold(text).upper().split())
    try:
        return str(uscc.validate(value))
    except InvalidChecksum:
        expected = uscc.calc_check_digit(uscc.compact(value)[:-1])
        raise Invalid(
            tax_id=_("The check digit is wrong: the last place should be %(expected)s", expected=expected)
        ) from None
    except ValidationError:
        raise Invalid(tax_id=_("Not a valid unified social credit code")) from None


def check_kind(kind: str, values: Mapping[str, Any]) -> None:
    """Refuse what only the other kind of customer has (CUST-4, CUST-29).

    :raises Invalid: under each field that is filled in.
    """
    if kind == "enterprise":
        if values.get("birthday"):
            raise Invalid(birthday=_("Only an individual has a birthday"))
        return
    if values.get("tax_id"):
        raise Invalid(tax_id=_("Only an enterprise has a tax id"))
    given = [name for name in TRADE if values.get(name) is not None]
    if given:
        raise Invalid(**{name: _("Only an enterprise has this") for name in given})
