"""The public pool: since when customers are left alone, the rules of recycling, the pool's record

Revision 0032, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime

revision = "0032"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = "deleted_at IS NULL"
_POOLED = sa.text(f"pooled_at IS NOT NULL AND {_LIVE}")
_OWNED = sa.text(f"pool = 'personal' AND follow_status = 'following' AND {_LIVE}")
_ENTRY_INDEXES = {
    "ix_pool_entry_pool": ["department_id", "created_at", "id"],
    "ix_pool_entry_created": ["created_at", "id"],
    "ix_pool_entry_state": ["state", "created_at", "id"],
    "ix_pool_entry_new_owner": ["new_owner_id", "created_at", "id"],
    "ix_pool_entry_original_owner": ["original_owner_id", "created_at", "id"],
}


def upgrade() -> None:
    op.add_column("customer", sa.Column("idle_since", UtcDateTime(), nullable=True))
    op.add_column("customer", sa.Column("pooled_at", UtcDateTime(), nullable=True))
    _fill()
    op.create_index(
        "ix_customer_pooled", "customer", ["department_id", "pooled_at", "id"],
        postgresql_where=_POOLED, sqlite_where=_POOLED,
    )  # fmt: skip
    op.create_index(
        "ix_customer_idle", "customer", ["idle_since", "id", "owner_id", "department_id"],
        postgresql_where=_OWNED, sqlite_where=_OWNED,
    )  # fmt: skip
    for name, columns in _ENTRY_INDEXES.items():
        op.create_index(name, "pool_entry", columns)
    op.create_table(
        "recycling_rule",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("deal_status", sa.String(24), nullable=True),
        sa.Column("level", sa.String(24), nullable=True),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("to_department_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_recycling_rule_company_id_company"),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name="fk_recycling_rule_department_id_department"
        ),
        sa.ForeignKeyConstraint(
            ["to_department_id"], ["department.id"], name="fk_recycling_rule_to_department_id_department"
        ),
        sa.CheckConstraint("days BETWEEN 0 AND 3650", name=op.f("ck_recycling_rule_days")),
        sa.PrimaryKeyConstraint("id", name="pk_recycling_rule"),
    )
    op.create_index("uq_recycling_rule_key", "recycling_rule", ["company_id", "key"], unique=True)
    op.create_index("ix_recycling_rule_created", "recycling_rule", ["company_id", "created_at", "id"])


def _fill() -> None:
    """Customers are left alone since the latest of their creation, last follow-up, shelving and transfer."""
    greatest = "GREATEST" if op.get_bind().dialect.name == "postgresql" else "MAX"
    op.execute(
        f"UPDATE customer SET idle_since = {greatest}(created_at, "  # noqa: S608 - one of two words
        "COALESCE(last_follow_up_at, created_at), COALESCE(last_shelved_at, created_at))"
    )
    op.execute(
        "UPDATE customer SET idle_since = moved.at FROM (SELECT record_id, MAX(at) AS at FROM operation_log "
        "WHERE record_type = 'customer' AND operation = 'customer.transfer' GROUP BY record_id) AS moved "
        "WHERE moved.record_id = customer.id AND moved.at > customer.idle_since"
    )
    op.execute(
        "UPDATE customer SET pooled_at = entry.created_at FROM pool_entry AS entry "
        "WHERE entry.customer_id = customer.id AND entry.state = 'available' AND customer.pool = 'platform' "
        "AND customer.follow_status = 'following' AND customer.private_holder_id IS NULL"
    )


def downgrade() -> None:
    op.drop_table("recycling_rule")
    for name in _ENTRY_INDEXES:
        op.drop_index(name, "pool_entry")
    op.drop_index("ix_customer_idle", "customer")
    op.drop_index("ix_customer_pooled", "customer")
    op.drop_column("customer", "pooled_at")
    op.drop_column("customer", "idle_since")
