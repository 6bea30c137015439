"""The indexes of the customers' table: every filter and order of a list has its own (PLAT-9)."""

from __future__ import annotations

from sqlalchemy import Index, text

_HAS_TAX_ID = text("tax_id IS NOT NULL")
_LINKED = text("link_code IS NOT NULL")
_MERGED = text("merged_into_id IS NOT NULL")
_PENDING = "handler_id IS NOT NULL"
_PRIVATE = "private_holder_id IS NOT NULL"
_BORN = text("birth_month_day IS NOT NULL")
_POOLED = "pooled_at IS NOT NULL"
_LOOKING = "demand_kind IS NOT NULL"
_OWNED = "pool = 'personal' AND follow_status = 'following'"


def _live_index(name: str, *columns: str, where: str = "", then: tuple[str, ...] = ()) -> Index:
    """Return an index for a list of customers, of live rows only.

    Pages are found and counted without reading the rows; the id makes the order unique. The index also stores
    ``then``, after the id.
    """
    condition = text(" AND ".join(part for part in (where, "deleted_at IS NULL") if part))
    return Index(
        f"ix_customer_{name}", *columns, "id", *then, postgresql_where=condition, sqlite_where=condition,
    )  # fmt: skip


INDEXES = (
    Index(
        "uq_customer_tax_id", "tax_id", unique=True,
        postgresql_where=_HAS_TAX_ID, sqlite_where=_HAS_TAX_ID,
    ),
    _live_index("created", "created_at"),
    _live_index("owner_created", "owner_id", "created_at"),
    _live_index("owner_status", "owner_id", "follow_status", "created_at"),
    _live_index("department_created", "department_id", "created_at"),
    _live_index("platform", "department_id", "created_at", where="pool = 'platform'"),
    _live_index("status_created", "follow_status", "created_at"),
    _live_index("handler", "handler_id", "created_at", where=_PENDING, then=("pool",)),
    _live_index("holder", "private_holder_id", "created_at", where=_PRIVATE),
    _live_index("pending", "created_at", where=_PENDING, then=("handler_id", "pool")),
    _live_index("private", "created_at", where=_PRIVATE, then=("private_holder_id",)),
    _live_index("last4", "phone_last4", "created_at"),
    _live_index("followed", "last_follow_up_at"),
    _live_index("next_contact", "next_contact_at"),
    _live_index("owner_contact", "owner_id", "next_contact_at"),
    _live_index("department_contact", "department_id", "next_contact_at"),
    _live_index("pooled", "department_id", "pooled_at", where=_POOLED),
    _live_index("idle", "idle_since", where=_OWNED, then=("owner_id", "department_id")),
    _live_index("demand", "demand_kind", "price_max", where=_LOOKING),
    _live_index("grade", "grade", "created_at"),
    _live_index("cell", "follow_status", "grade"),
    _live_index("owner_cell", "owner_id", "follow_status", "grade", then=("pool",)),
    _live_index("department_cell", "department_id", "follow_status", "grade", then=("pool",)),
    _live_index(
        "figures", "deal_status", "grade", "stage", "level", "source", "industry", "owner_id",
        "department_id", "pool", then=("annual_revenue", "cooperation_years"),
    ),
    Index("ix_customer_phone", "phone_index"),
    Index(
        "ix_customer_birthday", "birth_month_day", "birthday_noted_on",
        postgresql_where=_BORN, sqlite_where=_BORN,
    ),
    Index("ix_customer_merged_into", "merged_into_id", postgresql_where=_MERGED, sqlite_where=_MERGED),
    Index("ix_customer_link", "link_code", "id", postgresql_where=_LINKED, sqlite_where=_LINKED),
)  # fmt: skip
