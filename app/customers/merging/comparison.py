"""Where files differ, field by field, and which value stays (CUST-9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.shared.fields import CODES, FIELDS, LABELS, input_name_of
from app.customers.shared.merges import declared_conflicts
from app.customers.shared.presentation import amount_range
from app.kernel.errors import Invalid
from app.kernel.pages.formatting import join_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from app.customers.shared.models import Customer
    from app.kernel.errors import Sentence

# Bounds that are chosen together, so that the lower one stays below the upper one.
_RANGES = {
    "price": ("price_min", "price_max"),
    "area": ("area_min", "area_max"),
    "rooms": ("rooms_min", "rooms_max"),
}
_UNITS = {"price": _("CNY"), "area": "m²", "rooms": ""}
_IN_RANGE = {name: key for key, names in _RANGES.items() for name in names}


@dataclass(frozen=True)
class MergedField:
    """A value of the file, or a range, of which one stays."""

    key: str
    label: Sentence
    names: tuple[str, ...]

    def value(self, customer: Customer) -> tuple[Any, ...]:
        """Return what a file has, for comparison."""
        return tuple(_value(customer, name) for name in self.names)

    def is_empty(self, customer: Customer) -> bool:
        """Tell whether a file has nothing there."""
        return all(value in (None, "", ()) for value in self.value(customer))

    def text(self, customer: Customer) -> str:
        """Show what a file has."""
        if len(self.names) > 1:
            low, high = self.value(customer)
            return amount_range(low, high, str(_UNITS[self.key]))
        return _shown(customer, self.names[0])


def _value(customer: Customer, name: str) -> Any:
    if name == "phone":
        return customer.phone.index if customer.phone else None
    if name == "demand_districts":
        return tuple(sorted(district.id for district in customer.demand_districts))
    return getattr(customer, name)


def _shown(customer: Customer, name: str) -> str:
    if name == "district_id":
        return customer.district.name if customer.district else ""
    if name == "demand_districts":
        return join_names(district.name for district in customer.demand_districts)
    value = getattr(customer, name)
    if name in CODES:
        return str(CODES[name].label(value)) if value else ""
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    return "" if value is None else f"{value:,f}".rstrip("0").rstrip(".") if _is_amount(value) else str(value)


def _is_amount(value: Any) -> bool:
    return hasattr(value, "normalize")


def _fields() -> list[MergedField]:
    found: dict[str, MergedField] = {}
    for name in (*(one.name for one in FIELDS if one.group), "phone", "link_code"):
        key = _IN_RANGE.get(name, name)
        found.setdefault(key, MergedField(key, LABELS[key], _RANGES.get(key, (name,))))
    return [*found.values()]


MERGED_FIELDS = _fields()
_BY_KEY = {one.key: one for one in MERGED_FIELDS}


def _aliases() -> dict[str, str]:
    """Return the names that the API's record has for fields: name → key."""
    found = {name: one.key for one in MERGED_FIELDS for name in (one.key, *one.names)}
    for one in FIELDS:
        if one.group == "demand" and one.name in found:
            found[f"demand.{input_name_of(one.name)}"] = found[one.name]
    return {**found, "district": "district_id", "demand.district_ids": "demand_districts"}


_ALIASES = _aliases()


@dataclass(frozen=True)
class Difference:
    """A field, or something that a customer has once, in which files differ: each file's own, and whose
    stays. Where only one file has something there is nothing to decide, and it stays.
    """

    key: str
    label: Sentence
    options: Mapping[int, str]
    chosen: int
    is_conflict: bool


def read_choices(choices: Mapping[str, Any], files: Sequence[Customer]) -> dict[str, int]:
    """Check what was chosen: field or conflict → the file whose own stays.

    :raises Invalid: for an unknown field, or a file that is not among these.
    """
    known = {one.id for one in files}
    keys = {**_ALIASES, **{one.key: one.key for one in declared_conflicts()}}
    wrong: dict[str, Sentence] = {}
    found: dict[str, int] = {}
    for name, pk in choices.items():
        if name not in keys:
            wrong[f"choices.{name}"] = _("Unknown field")
        elif isinstance(pk, bool) or not isinstance(pk, int) or pk not in known:
            wrong[f"choices.{name}"] = _("Not one of the choices")
        elif found.setdefault(keys[name], pk) != pk:
            wrong[f"choices.{name}"] = _("These belong together; choose one file for both")
    if wrong:
        raise Invalid(**wrong)
    return found


def compare(files: Sequence[Customer], chosen: Mapping[str, int]) -> list[Difference]:
    """Return where the files differ, the survivor first among them, in the order of the fields."""
    found = [_compare(one, files, chosen) for one in MERGED_FIELDS if _differs(one, files)]
    for conflict in declared_conflicts():
        options = conflict.options(files)
        if len(options) > 1:
            winner = chosen.get(conflict.key, files[0].id if files[0].id in options else next(iter(options)))
            found.append(Difference(conflict.key, conflict.label, options, winner, is_conflict=True))
    return found


def _differs(one: MergedField, files: Iterable[Customer]) -> bool:
    return len({one.value(customer) for customer in files}) > 1


def _compare(one: MergedField, files: Sequence[Customer], chosen: Mapping[str, int]) -> Difference:
    filled = [customer for customer in files if not one.is_empty(customer)]
    return Difference(
        one.key,
        one.label,
        {customer.id: one.text(customer) for customer in files},
        chosen.get(one.key, filled[0].id),
        is_conflict=len({one.value(customer) for customer in filled}) > 1,
    )


def taken_fields(survivor: Customer, other: Customer, chosen: Mapping[str, int]) -> list[MergedField]:
    """Return the fields whose value the survivor takes from the other: those chosen, and those that it lacks
    and nobody decided.
    """
    return [
        one
        for one in MERGED_FIELDS
        if one.value(survivor) != one.value(other) and _takes(one, survivor, other, chosen)
    ]


def _takes(one: MergedField, survivor: Customer, other: Customer, chosen: Mapping[str, int]) -> bool:
    if one.key in chosen:
        return chosen[one.key] == other.id
    return one.is_empty(survivor)


def field_of(key: str) -> MergedField | None:
    """Return a field by its key; None for something else that was decided."""
    return _BY_KEY.get(key)
