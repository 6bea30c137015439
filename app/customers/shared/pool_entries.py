"""What the file shows of the public pool, which stands above it: whether a customer has an open entry there
(CUST-30).  Its table is known here by name alone.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, column, exists, literal_column, select, table

POOL_ENTRY = table("pool_entry", column("customer_id"), column("state"))
_OPEN = POOL_ENTRY.c.state == literal_column("'available'")  # spelled out, as the partial index has it


def is_in_pool(customer_id: Any) -> Any:
    """Return the condition that a customer has an open entry in the public pool."""
    entry: Select[Any] = select(literal_column("1")).select_from(POOL_ENTRY)
    return exists(entry.where(POOL_ENTRY.c.customer_id == customer_id, _OPEN))


def waiting_customers() -> Select[Any]:
    """Select the ids of all customers in the public pool."""
    return select(POOL_ENTRY.c.customer_id).where(_OPEN)
