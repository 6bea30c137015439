"""WeChat

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wechat_link",
        sa.Column("account_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("openid_cipher", sa.String(length=400), nullable=False),
        sa.Column("openid_index", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["ab_user.id"], name=op.f("fk_wechat_link_account_id_ab_user")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_wechat_link")),
        sa.UniqueConstraint("openid_index", name="uq_wechat_link_openid_index"),
    )


def downgrade() -> None:
    op.drop_table("wechat_link")
