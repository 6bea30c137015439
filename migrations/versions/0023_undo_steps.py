"""What has just been done and can be undone

Revision 0023, after 0022.
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "undo_step",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("deed", sa.String(36), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(64), nullable=False),
        sa.Column("record_type", sa.String(40), nullable=False),
        sa.Column("record_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_undo_step"),
    )
    op.create_index("ix_undo_step_deed", "undo_step", ["actor_id", "deed", "id"])
    op.create_index("ix_undo_step_created_at", "undo_step", ["created_at"])


def downgrade() -> None:
    op.drop_table("undo_step")
