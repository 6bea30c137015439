"""The pool: shelf log, who shelved last, push inbox

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import BigId, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COLUMNS = [
    (f"last_{step}_{what}", target)
    for step in ("shelved", "unshelved")
    for what, target in (("by_id", "staff"), ("at", None), ("department_id", "department"))
]


def upgrade() -> None:
    for name, target in COLUMNS:
        _add(name, target)
    op.create_index("ix_push_inbox", "push", ["receiver_id", "created_at", "id"])
    op.create_index("ix_push_outbox", "push", ["sender_id", "created_at", "id"])
    op.create_table(
        "shelf_log",
        sa.Column("id", BigId, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=24), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("handler_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=24), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("action IN ('shelve', 'unshelve')", name=op.f("ck_shelf_log_action")),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_shelf_log_customer_id_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_shelf_log_company_id_company")),
        sa.ForeignKeyConstraint(["staff_id"], ["ab_user.id"], name=op.f("fk_shelf_log_staff_id_ab_user")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_shelf_log_department_id_department")
        ),
        sa.ForeignKeyConstraint(["handler_id"], ["staff.id"], name=op.f("fk_shelf_log_handler_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shelf_log")),
    )
    op.create_index("ix_shelf_log_customer", "shelf_log", ["customer_id", "created_at", "id"])


def _add(name: str, target: str | None) -> None:
    """A column that may be empty; SQLite takes its foreign key only in the same breath."""
    if target is None:
        op.add_column("customer", sa.Column(name, UtcDateTime(), nullable=True))
        return
    key = f"fk_customer_{name}_{target}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE customer ADD COLUMN {name} INTEGER CONSTRAINT {key} REFERENCES {target} (id)"
        )
    else:
        op.add_column("customer", sa.Column(name, sa.Integer(), nullable=True))
        op.create_foreign_key(key, "customer", target, [name], ["id"])


def downgrade() -> None:
    op.drop_table("shelf_log")
    op.drop_index("ix_push_outbox", "push")
    op.drop_index("ix_push_inbox", "push")
    for name, _target in reversed(COLUMNS):
        op.drop_column("customer", name)
