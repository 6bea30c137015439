"""Tags and categories of customers; an index from which statistics are counted

Revision 0031, after 0025.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime
from app.kernel.folding import search_key
from app.kernel.pinyin import sort_key

revision = "0031"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_TONES = "'gray', 'blue', 'cyan', 'gold', 'orange', 'green', 'red'"
PREDEFINED = {
    "重点客户": "red", "战略客户": "gold", "普通客户": "blue", "流失客户": "gray",
    "高价值客户": "orange", "长期合作": "green", "新客户": "cyan",
}  # fmt: skip


def _create_tags() -> None:
    tag = op.create_table(
        "tag",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("name_search", _BYTES, server_default=sa.text("''"), nullable=False),
        sa.Column("name_sort", _BYTES, server_default=sa.text("''"), nullable=False),
        sa.Column("tone", sa.String(24), nullable=False),
        sa.Column("is_predefined", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(f"tone IN ({_TONES})", name=op.f("ck_tag_tone")),
        sa.PrimaryKeyConstraint("id", name="pk_tag"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_tag_name_search", "tag", ["name_search"], unique=True)
    op.create_index("ix_tag_name_sort", "tag", ["name_sort", "id"])
    op.create_index("ix_tag_created", "tag", ["created_at", "id"])
    op.create_table(
        "customer_tag",
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("tag_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], ondelete="CASCADE", name="fk_customer_tag_customer_id_customer"
        ),
        sa.ForeignKeyConstraint(["tag_id"], ["tag.id"], name="fk_customer_tag_tag_id_tag"),
        sa.PrimaryKeyConstraint("customer_id", "tag_id", name="pk_customer_tag"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_customer_tag_tag", "customer_tag", ["tag_id", "created_at", "customer_id"])
    now = datetime.now(UTC)
    op.bulk_insert(
        tag,
        [
            {
                "name": name,
                "name_search": search_key(name),
                "name_sort": sort_key(name),
                "tone": tone,
                "is_predefined": True,
                "created_at": now,
            }
            for name, tone in PREDEFINED.items()
        ],
    )


def _create_categories() -> None:
    op.create_table(
        "category",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_search", _BYTES, server_default=sa.text("''"), nullable=False),
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("credit_ceiling", sa.Numeric(15, 2), nullable=True),
        sa.Column("payment_days", sa.Integer(), nullable=True),
        sa.Column("service_standard", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "credit_ceiling IS NULL OR credit_ceiling >= 0", name=op.f("ck_category_credit_ceiling")
        ),
        sa.CheckConstraint(
            "payment_days IS NULL OR payment_days BETWEEN 0 AND 3650", name=op.f("ck_category_payment_days")
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["category.id"], name="fk_category_parent_id_category"),
        sa.PrimaryKeyConstraint("id", name="pk_category"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_category_path", "category", ["path", "id"])
    op.create_index("ix_category_parent", "category", ["parent_id"])
    for name, columns, where in (
        ("uq_category_below", ["parent_id", "name_search"], "parent_id IS NOT NULL"),
        ("uq_category_top", ["name_search"], "parent_id IS NULL"),
    ):
        condition = sa.text(where)
        op.create_index(
            name, "category", columns, unique=True, postgresql_where=condition, sqlite_where=condition
        )
    op.create_table(
        "customer_category",
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            ondelete="CASCADE",
            name="fk_customer_category_customer_id_customer",
        ),
        sa.ForeignKeyConstraint(
            ["category_id"], ["category.id"], name="fk_customer_category_category_id_category"
        ),
        sa.PrimaryKeyConstraint("customer_id", "category_id", name="pk_customer_category"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_customer_category_category", "customer_category", ["category_id", "created_at", "customer_id"]
    )


_FIGURES = [
    "deal_status", "grade", "stage", "level", "source", "industry", "owner_id", "department_id", "pool", "id",
    "annual_revenue", "cooperation_years",
]  # fmt: skip


def upgrade() -> None:
    _create_tags()
    _create_categories()
    live = sa.text("deleted_at IS NULL")
    op.create_index("ix_customer_figures", "customer", _FIGURES, postgresql_where=live, sqlite_where=live)


def downgrade() -> None:
    op.drop_index("ix_customer_figures", "customer")
    for name in ("customer_category", "category", "customer_tag", "tag"):
        op.drop_table(name)
