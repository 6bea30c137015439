"""Imports of customers: batches, rows, mappings; look-ups by an import

Revision 0030, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import BigId, UtcDateTime

revision = "0030"
down_revision = "0025"
branch_labels = None
depends_on = None

_STATES = "'open', 'waiting', 'running', 'done', 'refused', 'failed', 'cancelled', 'undone'"
_FATES = "'created', 'updated', 'same', 'history', 'error', 'left_out', 'removed', 'restored', 'kept'"
_WAYS = "'search', 'look_up', 'create', 'change', 'push', 'transfer'"


def upgrade() -> None:
    op.create_table(
        "import_batch",
        sa.Column("id", BigId, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("run_id", BigId, nullable=True),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("content_name", sa.String(length=64), nullable=True),
        sa.Column("options_cipher", sa.String(length=60000), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("same", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.Column("undo_until", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(f"state IN ({_STATES})", name=op.f("ck_import_batch_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["ab_user.id"], name=op.f("fk_import_batch_owner_id_ab_user")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["background_run.id"],
            name=op.f("fk_import_batch_run_id_background_run"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_owner", "import_batch", ["owner_id", "created_at", "id"])
    op.create_index("ix_import_batch_created_at", "import_batch", ["created_at"])
    op.create_index("ix_import_batch_run", "import_batch", ["run_id"])
    op.create_table(
        "import_row",
        sa.Column("batch_id", BigId, nullable=False, autoincrement=False),
        sa.Column("row", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("fate", sa.String(length=24), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("messages", sa.JSON(), nullable=False),
        sa.Column("former_cipher", sa.String(length=60000), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.CheckConstraint(f"fate IN ({_FATES})", name=op.f("ck_import_row_fate")),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["import_batch.id"],
            name=op.f("fk_import_row_batch_id_import_batch"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("batch_id", "row", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_fate", "import_row", ["batch_id", "fate", "row"])
    op.create_index("ix_import_row_customer", "import_row", ["customer_id"])
    op.create_table(
        "import_mapping",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("headings", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ab_user.id"], name=op.f("fk_import_mapping_account_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("account_id", "headings", name=op.f("pk_import_mapping")),
    )
    _allow(f"{_WAYS}, 'import'")


def downgrade() -> None:
    op.execute("DELETE FROM number_lookup WHERE way = 'import'")
    _allow(_WAYS)
    op.drop_table("import_mapping")
    op.drop_table("import_row")
    op.drop_table("import_batch")


def _allow(ways: str) -> None:
    """Let number look-ups be of these ways."""
    with op.batch_alter_table("number_lookup") as table:
        table.drop_constraint(op.f("ck_number_lookup_way"), type_="check")
        table.create_check_constraint(op.f("ck_number_lookup_way"), f"way IN ({ways})")
