"""The fingerprint of the keys that belong to the database

Revision 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_fingerprint",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("index_print", sa.String(length=64), nullable=False),
        sa.Column("audit_print", sa.String(length=64), nullable=False),
        sa.Column("sample_cipher", sa.String(length=255), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_key_fingerprint_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_fingerprint")),
    )


def downgrade() -> None:
    op.drop_table("key_fingerprint")
