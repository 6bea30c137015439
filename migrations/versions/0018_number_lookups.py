"""Look-ups of numbers by pushes and transfers; the ledger as a list

Revision 0018, after 0017.
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

WAY = "ck_number_lookup_way"
WAYS = "way IN ('search', 'look_up', 'create', 'change', 'push', 'transfer')"
WAYS_BEFORE = "way IN ('search', 'look_up', 'create', 'change')"


def upgrade() -> None:
    with op.batch_alter_table("number_lookup", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(WAY), type_="check")
        batch_op.create_check_constraint(op.f(WAY), WAYS)
        batch_op.drop_index("ix_number_lookup_account")
        batch_op.create_index("ix_number_lookup_account", ["account_id", "created_at", "id"])
        batch_op.create_index("ix_number_lookup_created", ["created_at", "id"])


def downgrade() -> None:
    op.execute("UPDATE number_lookup SET way = 'change' WHERE way IN ('push', 'transfer')")
    with op.batch_alter_table("number_lookup", schema=None) as batch_op:
        batch_op.drop_index("ix_number_lookup_created")
        batch_op.drop_index("ix_number_lookup_account")
        batch_op.create_index("ix_number_lookup_account", ["account_id", "created_at"])
        batch_op.drop_constraint(op.f(WAY), type_="check")
        batch_op.create_check_constraint(op.f(WAY), WAYS_BEFORE)
