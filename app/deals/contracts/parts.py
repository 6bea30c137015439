"""What subjects above contracts do when a contract changes its state; they join in ``setup.py``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.deals.contracts.models import Contract

_closed: list[Callable[[Contract], None]] = []


def on_closed(step: Callable[[Contract], None]) -> None:
    """Declare what happens, in the same transaction, once a contract is voided."""
    if step not in _closed:
        _closed.append(step)


def contract_closed(contract: Contract) -> None:
    """Run the declared steps."""
    for step in _closed:
        step(contract)
