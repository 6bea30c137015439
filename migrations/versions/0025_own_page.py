"""One's own page: language, first page, e-mail, picture; what notices are sent where, and quiet hours

Revision 0025, after 0023.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime

revision = "0025"
down_revision = "0023"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "account_profile",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(8), nullable=True),
        sa.Column("start_page", sa.String(60), nullable=True),
        sa.Column("email_cipher", sa.String(1000), nullable=True),
        sa.Column("email_confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("avatar_id", _BIG, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"], name="fk_account_profile_account_id_ab_user"),
        sa.ForeignKeyConstraint(
            ["avatar_id"], ["attachment.id"], name="fk_account_profile_avatar_id_attachment"
        ),
        sa.CheckConstraint(
            "(email_cipher IS NULL) = (email_confirmed_at IS NULL)", name=op.f("ck_account_profile_confirmed")
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_profile"),
    )
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("channel", sa.String(24), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"], name="fk_notice_choice_account_id_ab_user"),
        sa.CheckConstraint("channel IN ('email', 'sms')", name=op.f("ck_notice_choice_channel")),
        sa.PrimaryKeyConstraint("account_id", "kind", "channel", name="pk_notice_choice"),
    )
    op.create_table(
        "quiet_hours",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"], name="fk_quiet_hours_account_id_ab_user"),
        sa.CheckConstraint(
            "begins BETWEEN 0 AND 1439 AND ends BETWEEN 0 AND 1439 AND begins <> ends",
            name=op.f("ck_quiet_hours_minutes"),
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_quiet_hours"),
    )
    with op.batch_alter_table("notification") as table:
        table.add_column(sa.Column("kind", sa.String(24), nullable=False, server_default=sa.text("''")))
    with op.batch_alter_table("outgoing_message") as table:
        table.add_column(sa.Column("account_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("is_urgent", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_foreign_key("fk_outgoing_message_account_id_ab_user", "ab_user", ["account_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("outgoing_message") as table:
        table.drop_constraint("fk_outgoing_message_account_id_ab_user", type_="foreignkey")
        table.drop_column("is_urgent")
        table.drop_column("account_id")
    with op.batch_alter_table("notification") as table:
        table.drop_column("kind")
    op.drop_table("quiet_hours")
    op.drop_table("notice_choice")
    op.drop_table("account_profile")
