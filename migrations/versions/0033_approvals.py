"""Requests for changes of customers, and those who decide on them

Revision 0033, after 0032.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_REQUEST, _STEP = "approval_request", "approval_step"


def _fk(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _unique(name: str, table: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=True, postgresql_where=condition, sqlite_where=condition)


def upgrade() -> None:
    op.create_table(
        _REQUEST,
        sa.Column("id", _BIG, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("proposed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requester_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_REQUEST}"),
        _fk(_REQUEST, "company_id", "company"),
        _fk(_REQUEST, "customer_id", "customer"),
        _fk(_REQUEST, "requester_id", "ab_user"),
        _check(_REQUEST, "kind", "kind IN ('stage_change', 'credit_limit_change')"),
        _check(_REQUEST, "state", "state IN ('pending', 'approved', 'rejected', 'withdrawn', 'failed')"),
        _check(_REQUEST, "closed", "(state = 'pending') = (closed_at IS NULL)"),
    )
    _unique("uq_approval_request_open", _REQUEST, ["customer_id", "kind"], "state = 'pending'")
    newest = ["created_at", "id"]
    op.create_index("ix_approval_request_created", _REQUEST, newest)
    for name in ("customer_id", "requester_id", "kind", "state"):
        op.create_index(f"ix_approval_request_{name.removesuffix('_id')}", _REQUEST, [name, *newest])
    _steps()


def _steps() -> None:
    op.create_table(
        _STEP,
        sa.Column("id", _BIG, nullable=False),
        sa.Column("request_id", _BIG, nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("approver_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(24), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{_STEP}"),
        _fk(_STEP, "request_id", _REQUEST),
        _fk(_STEP, "approver_id", "ab_user"),
        _check(_STEP, "decision", "decision IN ('approved', 'rejected')"),
        _check(_STEP, "decided", "(decision IS NULL) = (decided_at IS NULL)"),
    )
    op.create_index("uq_approval_step_approver", _STEP, ["request_id", "level", "approver_id"], unique=True)
    _unique("uq_approval_step_decided", _STEP, ["request_id", "level"], "decision IS NOT NULL")
    op.create_index("ix_approval_step_approver", _STEP, ["approver_id", "request_id", "level"])


def downgrade() -> None:
    op.drop_table(_STEP)
    op.drop_table(_REQUEST)
