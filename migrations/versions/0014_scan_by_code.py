"""Scans by a typed code

Revision 0014, after 0013.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("onsite_scan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("by_code", sa.Boolean(), server_default="false", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("onsite_scan", schema=None) as batch_op:
        batch_op.drop_column("by_code")
