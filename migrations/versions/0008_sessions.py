"""Sessions with a row each, failures of the second factor counted apart, sign-ins and refusals

Revision 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "login_session",
        sa.Column("id", _ID, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("by_phone", sa.Boolean(), nullable=False),
        sa.Column("refresh_id", sa.String(length=36), nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("seen_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME, nullable=True),
        sa.CheckConstraint("kind IN ('office', 'phone', 'api')", name=op.f("ck_login_session_kind")),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["ab_user.id"],
            name=op.f("fk_login_session_account_id_ab_user"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
        sa.UniqueConstraint("key", name="uq_login_session_key"),
    )
    with op.batch_alter_table("login_session", schema=None) as batch_op:
        batch_op.create_index("ix_login_session_account", ["account_id", "seen_at"], unique=False)
        batch_op.create_index("ix_login_session_seen_at", ["seen_at"], unique=False)
    op.create_table(
        "access_event",
        sa.Column("id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("route", sa.String(length=120), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.CheckConstraint(
            "kind IN ('sign_in', 'sign_in_failed', 'refused')", name=op.f("ck_access_event_kind")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_event")),
    )
    with op.batch_alter_table("access_event", schema=None) as batch_op:
        batch_op.create_index("ix_access_event_created_at", ["created_at"], unique=False)
    with op.batch_alter_table("ab_user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("code_failures", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("codes_locked_until", _TIME, nullable=True))
    with op.batch_alter_table("sms_code", schema=None) as batch_op:
        batch_op.add_column(sa.Column("foreign_tries", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    with op.batch_alter_table("sms_code", schema=None) as batch_op:
        batch_op.drop_column("foreign_tries")
    # not in a batch: the table cannot be made again while others refer to its rows
    op.drop_column("ab_user", "codes_locked_until")
    op.drop_column("ab_user", "code_failures")
    op.drop_table("access_event")
    op.drop_table("login_session")
