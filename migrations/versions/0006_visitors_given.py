"""Visitors of consultants who departed

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("onsite_scan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("given_to_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_onsite_scan_given_to_id_staff"), "staff", ["given_to_id"], ["id"]
        )
        batch_op.create_index(
            "ix_onsite_scan_given",
            ["given_to_id", "created_at", "id"],
            unique=False,
            postgresql_where=sa.text("given_to_id IS NOT NULL"),
            sqlite_where=sa.text("given_to_id IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("onsite_scan", schema=None) as batch_op:
        batch_op.drop_index("ix_onsite_scan_given")
        batch_op.drop_constraint(op.f("fk_onsite_scan_given_to_id_staff"), type_="foreignkey")
        batch_op.drop_column("given_to_id")
