"""Handovers of customers: batches, handovers, items of their checklists

Revision 0034, after 0032.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime

revision = "0034"
down_revision = "0032"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("stage IN ('preparation', 'review', 'confirmation')")


def _pk(table: str) -> tuple[sa.Column, sa.PrimaryKeyConstraint]:
    return sa.Column("id", _BIG, nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def _fk(table: str, column: str, to: str, **how: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}", **how)


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    op.create_table(
        "handover_batch",
        *_pk("handover_batch"),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        _fk("handover_batch", "company_id", "company"),
        _fk("handover_batch", "created_by_id", "ab_user"),
    )
    _handovers()
    _items()


def _handovers() -> None:
    op.create_table(
        "handover",
        *_pk("handover"),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("batch_id", _BIG, nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("customer_name", sa.String(120), nullable=True),
        sa.Column("former_owner_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(24), nullable=False),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("stage_since", UtcDateTime(), nullable=False),
        sa.Column("acting_id", sa.Integer(), nullable=True),
        sa.Column("prepared_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("reason_back", sa.Text(), nullable=False),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _fk("handover", "company_id", "company"),
        _fk("handover", "batch_id", "handover_batch"),
        _fk("handover", "customer_id", "customer"),
        _fk("handover", "former_owner_id", "staff"),
        _fk("handover", "receiver_id", "staff"),
        _fk("handover", "acting_id", "ab_user"),
        _fk("handover", "prepared_by_id", "ab_user"),
        _fk("handover", "approved_by_id", "ab_user"),
        _fk("handover", "created_by_id", "ab_user"),
        _check(
            "handover",
            "stage",
            "stage IN ('preparation', 'review', 'confirmation', 'completed', 'cancelled')",
        ),
        _check("handover", "reason", "reason IN ('resignation', 'position_change')"),
        _check("handover", "receiver", "receiver_id <> former_owner_id"),
        _check("handover", "ended", "(stage IN ('completed', 'cancelled')) = (ended_at IS NOT NULL)"),
    )
    for name, columns, unique in (
        ("uq_handover_open", ["customer_id"], True),
        ("ix_handover_acting", ["acting_id", "created_at", "id"], False),
        ("ix_handover_waiting", ["stage_since", "id"], False),
    ):
        op.create_index(
            name, "handover", columns, unique=unique, postgresql_where=_OPEN, sqlite_where=_OPEN
        )  # fmt: skip
    for name, columns in (
        ("created", ["created_at", "id"]),
        ("batch", ["batch_id", "id"]),
        ("customer", ["customer_id", "created_at", "id"]),
        ("former_owner", ["former_owner_id", "created_at", "id"]),
        ("receiver", ["receiver_id", "created_at", "id"]),
        ("stage", ["stage", "created_at", "id"]),
    ):
        op.create_index(f"ix_handover_{name}", "handover", columns)


def _items() -> None:
    op.create_table(
        "handover_item",
        *_pk("handover_item"),
        sa.Column("handover_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _fk("handover_item", "handover_id", "handover", ondelete="CASCADE"),
        _check(
            "handover_item",
            "kind",
            "kind IN ('basic_info', 'opportunities', 'contracts', 'service_tickets', 'payment_issues')",
        ),
        _check("handover_item", "done", "done = (done_at IS NOT NULL)"),
    )
    op.create_index("ix_handover_item_handover", "handover_item", ["handover_id", "id"])


def downgrade() -> None:
    for table in ("handover_item", "handover", "handover_batch"):
        op.drop_table(table)
