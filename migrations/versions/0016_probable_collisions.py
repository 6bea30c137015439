"""Probable collisions; who is bound where a scan collided; warnings on several days; tickets of proved numbers

Revision 0016, after 0015.
"""

import json

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import BigId

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

OUTCOMES = "ck_collision_outcome"
DECIDED = "outcome IN ('keep', 'rebind', 'other', 'same_person', 'different')"
DECIDED_BEFORE = "outcome IN ('keep', 'rebind', 'other')"
UNWARNED = sa.text("state = 'live' AND warned_at IS NULL")
SETTING = "protection_warning_days"
DEFAULT = 3  # the days before an end that everybody was warned until now
# Whose binding stood against a scan that collided: as its collision says.
HOLDERS = """
UPDATE onsite_scan SET bound_broker_id = (
    SELECT min(referral.broker_id) FROM collision JOIN referral ON referral.id = collision.bound_referral_id
    WHERE (collision.referral_id = onsite_scan.referral_id OR collision.visitor_id = onsite_scan.visitor_id)
      AND collision.project_id = onsite_scan.project_id
      AND collision.created_at <= onsite_scan.created_at AND collision.last_at >= onsite_scan.created_at)
WHERE result = 'collision'
"""


def upgrade() -> None:
    with op.batch_alter_table("onsite_scan", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bound_broker_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            op.f("fk_onsite_scan_bound_broker_id_broker"), "broker", ["bound_broker_id"], ["id"]
        )
    op.execute(HOLDERS)
    with op.batch_alter_table("collision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=24), server_default="certain", nullable=False))
        batch_op.drop_constraint(op.f(OUTCOMES), type_="check")
        batch_op.create_check_constraint(op.f(OUTCOMES), DECIDED)
        batch_op.create_check_constraint(op.f("ck_collision_kind"), "kind IN ('certain', 'probable')")
    op.create_index("ix_binding_key_fragment", "binding_key", ["project_id", "fragment"])
    op.drop_index("ix_binding_warning", table_name="binding")
    op.add_column("binding", sa.Column("warned_days", sa.Integer(), nullable=True))
    op.add_column("notification", sa.Column("record_type", sa.String(length=24), nullable=True))
    op.add_column("notification", sa.Column("record_id", BigId, nullable=True))
    op.add_column("sms_code", sa.Column("ticket_used_at", sa.DateTime(timezone=True), nullable=True))
    _store(_warned_before, lambda days: [days] if days else [])


def downgrade() -> None:
    op.drop_column("sms_code", "ticket_used_at")
    op.drop_column("notification", "record_id")
    op.drop_column("notification", "record_type")
    _store(lambda _days: None, lambda days: max(days, default=0))
    op.drop_column("binding", "warned_days")
    op.create_index(
        "ix_binding_warning", "binding", ["expires_at", "id"],
        postgresql_where=UNWARNED, sqlite_where=UNWARNED,
    )  # fmt: skip
    op.drop_index("ix_binding_key_fragment", table_name="binding_key")
    op.execute("UPDATE collision SET outcome = 'other' WHERE outcome IN ('same_person', 'different')")
    with op.batch_alter_table("collision", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_collision_kind"), type_="check")
        batch_op.drop_constraint(op.f(OUTCOMES), type_="check")
        batch_op.create_check_constraint(op.f(OUTCOMES), DECIDED_BEFORE)
        batch_op.drop_column("kind")
    with op.batch_alter_table("onsite_scan", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_onsite_scan_bound_broker_id_broker"), type_="foreignkey")
        batch_op.drop_column("bound_broker_id")


def _store(also, converted) -> None:
    """Rewrite the setting where it was changed; ``also(days)`` is called with the days in force before."""
    setting = sa.table("setting", sa.column("name"), sa.column("value"))
    stored = op.get_bind().scalar(sa.select(setting.c.value).where(setting.c.name == SETTING))
    also(DEFAULT if stored is None else json.loads(stored))
    if stored is not None:
        changed = sa.update(setting).where(setting.c.name == SETTING)
        op.execute(changed.values(value=json.dumps(converted(json.loads(stored)))))


def _warned_before(days) -> None:
    """Who was warned already was so for the one day of the setting."""
    binding = sa.table("binding", sa.column("warned_at"), sa.column("warned_days"))
    op.execute(sa.update(binding).where(binding.c.warned_at.is_not(None)).values(warned_days=days or DEFAULT))
