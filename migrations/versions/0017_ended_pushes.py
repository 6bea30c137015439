"""Accepted pushes may be ended

Revision 0017, after 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

STATE = "ck_push_state"
STATES = "state IN ('pending', 'accepted', 'rejected', 'withdrawn', 'ended')"
STATES_BEFORE = "state IN ('pending', 'accepted', 'rejected', 'withdrawn')"


def upgrade() -> None:
    with op.batch_alter_table("push", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint(op.f(STATE), type_="check")
        batch_op.create_check_constraint(op.f(STATE), STATES)


def downgrade() -> None:
    op.execute("UPDATE push SET state = 'withdrawn' WHERE state = 'ended'")
    with op.batch_alter_table("push", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(STATE), type_="check")
        batch_op.create_check_constraint(op.f(STATE), STATES_BEFORE)
        batch_op.drop_column("ended_at")
