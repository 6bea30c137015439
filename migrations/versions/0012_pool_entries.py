"""Entries of the public pool; the next contact in the shelf log; personal files follow their owner

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import BigId, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

KEYS = (
    ("company_id", "company", False),
    ("department_id", "department", False),
    ("original_owner_id", "staff", True),
    ("created_by_id", "staff", True),
    ("decided_by_id", "staff", True),
    ("new_owner_id", "staff", True),
)
OPEN = sa.text("state = 'available'")
# POOL-22: who moved to another department before took no customers along.
FOLLOW = """
UPDATE customer SET department_id = (SELECT staff.department_id FROM staff WHERE staff.id = customer.owner_id)
WHERE owner_id IS NOT NULL AND department_id <> (
    SELECT staff.department_id FROM staff WHERE staff.id = customer.owner_id)
"""


def upgrade() -> None:
    op.create_table(
        "pool_entry",
        sa.Column("id", BigId, nullable=False),
        sa.Column("customer_id", BigId, nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=nullable) for name, _target, nullable in KEYS),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('inactive_days', 'manual', 'resignation')", name=op.f("ck_pool_entry_reason")
        ),
        sa.CheckConstraint(
            "state IN ('available', 'assigned', 'claimed', 'withdrawn')", name=op.f("ck_pool_entry_state")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"],
            ["customer.id"],
            name=op.f("fk_pool_entry_customer_id_customer"),
            ondelete="CASCADE",
        ),
        *(
            sa.ForeignKeyConstraint([name], [f"{target}.id"], name=op.f(f"fk_pool_entry_{name}_{target}"))
            for name, target, _nullable in KEYS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pool_entry")),
    )
    op.create_index(
        "uq_pool_entry_open",
        "pool_entry",
        ["customer_id"],
        unique=True,
        postgresql_where=OPEN,
        sqlite_where=OPEN,
    )
    op.create_index("ix_pool_entry_customer", "pool_entry", ["customer_id", "created_at", "id"])
    op.create_index("ix_pool_entry_department", "pool_entry", ["department_id", "state", "created_at", "id"])
    op.add_column("shelf_log", sa.Column("next_contact_at", UtcDateTime(), nullable=True))
    op.execute(FOLLOW)


def downgrade() -> None:
    op.drop_column("shelf_log", "next_contact_at")
    op.drop_table("pool_entry")
