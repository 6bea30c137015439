"""Batches of list rows, with the refused ones

Revision 0022, after 0021.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import BigId, UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "batch",
        sa.Column("id", BigId, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("run_id", BigId, nullable=True),
        sa.Column("retry_of_id", BigId, nullable=True),
        sa.Column("view", sa.String(length=60), nullable=False),
        sa.Column("operation", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("asked_cipher", sa.String(length=20000), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["ab_user.id"], name=op.f("fk_batch_owner_id_ab_user")),
        sa.ForeignKeyConstraint(
            ["run_id"],
            ["background_run.id"],
            name=op.f("fk_batch_run_id_background_run"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["retry_of_id"], ["batch.id"], name=op.f("fk_batch_retry_of_id_batch"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batch")),
    )
    op.create_index("ix_batch_owner", "batch", ["owner_id", "created_at", "id"])
    op.create_index("ix_batch_created_at", "batch", ["created_at"])
    op.create_index("ix_batch_run", "batch", ["run_id"])
    op.create_index("ix_batch_retry_of", "batch", ["retry_of_id"])
    op.create_table(
        "batch_row",
        sa.Column("batch_id", BigId, nullable=False, autoincrement=False),
        sa.Column("place", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'done', 'refused')", name=op.f("ck_batch_row_state")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batch.id"], name=op.f("fk_batch_row_batch_id_batch"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("batch_id", "place", name=op.f("pk_batch_row")),
    )
    op.create_index("ix_batch_row_state", "batch_row", ["batch_id", "state", "place"])


def downgrade() -> None:
    op.drop_table("batch_row")
    op.drop_table("batch")
