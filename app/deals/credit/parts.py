"""What raises a customer's exposure, declared by the subjects that keep it: contracts and instalments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

    # A select of two columns, currency and amount, for the bind parameters of a customer's id and of today.
    Amounts = Callable[[Any, Any], Select[Any]]

_exposure: list[Amounts] = []
_overdue: list[Amounts] = []


def declare_exposure(amounts: Amounts) -> None:
    """Declare amounts that are signed and unpaid; call it in ``setup.py``."""
    if amounts not in _exposure:
        _exposure.append(amounts)


def declare_overdue(amounts: Amounts) -> None:
    """Declare amounts that are overdue."""
    if amounts not in _overdue:
        _overdue.append(amounts)


def declared_amounts() -> list[tuple[str, Amounts]]:
    """Return all declared amounts, with what they are."""
    return [*(("exposure", one) for one in _exposure), *(("overdue", one) for one in _overdue)]
