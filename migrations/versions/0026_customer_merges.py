"""Files that became part of another one, what a merge can be undone with, and pairs that are probably one

Revision 0026, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_MERGED = sa.text("merged_into_id IS NOT NULL")
_OPEN = sa.text("undone_at IS NULL")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def upgrade() -> None:
    # On SQLite without copying the table, to which many others refer.
    kind = "INTEGER" if _is_sqlite() else "BIGINT"
    op.execute(
        f"ALTER TABLE customer ADD COLUMN merged_into_id {kind} "
        "CONSTRAINT fk_customer_merged_into_id_customer REFERENCES customer (id)"
    )
    op.create_index(
        "ix_customer_merged_into",
        "customer",
        ["merged_into_id"],
        postgresql_where=_MERGED,
        sqlite_where=_MERGED,
    )
    op.create_table(
        "customer_merge",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("survivor_id", _BIG, nullable=False),
        sa.Column("merged_id", _BIG, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("kept_cipher", sa.String(10_000_000), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_customer_merge_company_id_company"),
        sa.ForeignKeyConstraint(
            ["survivor_id"], ["customer.id"], name="fk_customer_merge_survivor_id_customer"
        ),
        sa.ForeignKeyConstraint(["merged_id"], ["customer.id"], name="fk_customer_merge_merged_id_customer"),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"], name="fk_customer_merge_by_id_ab_user"),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["ab_user.id"], name="fk_customer_merge_undone_by_id_ab_user"
        ),
        sa.CheckConstraint("survivor_id <> merged_id", name=op.f("ck_customer_merge_two_files")),
        sa.PrimaryKeyConstraint("id", name="pk_customer_merge"),
    )
    op.create_index("ix_customer_merge_survivor", "customer_merge", ["survivor_id", "created_at", "id"])
    op.create_index("ix_customer_merge_merged", "customer_merge", ["merged_id", "id"])
    op.create_index(
        "uq_customer_merge_open", "customer_merge", ["merged_id"],
        unique=True, postgresql_where=_OPEN, sqlite_where=_OPEN,
    )  # fmt: skip
    op.create_table(
        "duplicate_pair",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("a_id", _BIG, nullable=False),
        sa.Column("b_id", _BIG, nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_duplicate_pair_company_id_company"),
        sa.ForeignKeyConstraint(
            ["a_id"], ["customer.id"], name="fk_duplicate_pair_a_id_customer", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["b_id"], ["customer.id"], name="fk_duplicate_pair_b_id_customer", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["ab_user.id"], name="fk_duplicate_pair_decided_by_id_ab_user"
        ),
        sa.CheckConstraint("a_id < b_id", name=op.f("ck_duplicate_pair_ordered")),
        sa.CheckConstraint("score BETWEEN 0 AND 100", name=op.f("ck_duplicate_pair_percent")),
        sa.CheckConstraint("state IN ('open', 'dismissed', 'merged')", name=op.f("ck_duplicate_pair_state")),
        sa.PrimaryKeyConstraint("id", name="pk_duplicate_pair"),
        sa.UniqueConstraint("a_id", "b_id", name="uq_duplicate_pair_a_id_b_id"),
    )
    op.create_index("ix_duplicate_pair_b", "duplicate_pair", ["b_id", "a_id"])
    op.create_index("ix_duplicate_pair_found", "duplicate_pair", ["found_at", "id"])
    op.create_index("ix_duplicate_pair_state", "duplicate_pair", ["state", "found_at", "id"])
    op.create_index("ix_duplicate_pair_score", "duplicate_pair", ["state", "score", "id"])


def downgrade() -> None:
    op.drop_table("duplicate_pair")
    op.drop_table("customer_merge")
    op.drop_index("ix_customer_merged_into", table_name="customer")
    op.execute("ALTER TABLE customer DROP COLUMN merged_into_id")
