"""Questions about numbers: who asked for which whole number, masked, and whether it was known

Revision 0009, after 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "number_lookup",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=24), nullable=False),
        sa.Column("phone_index", sa.String(length=32), nullable=False),
        sa.Column("phone_masked", sa.String(length=32), nullable=False),
        sa.Column("hit", sa.Boolean(), nullable=False),
        sa.Column("stops", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "way IN ('search', 'look_up', 'create', 'change')", name=op.f("ck_number_lookup_way")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ab_user.id"], name=op.f("fk_number_lookup_account_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_lookup")),
    )
    with op.batch_alter_table("number_lookup", schema=None) as batch_op:
        batch_op.create_index("ix_number_lookup_account", ["account_id", "created_at"], unique=False)


def downgrade() -> None:
    op.drop_table("number_lookup")
