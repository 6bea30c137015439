"""Communities, listings, what customers think of them, and which conditions they insist on

Revision 0035, after 0032.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.derived import BYTES

revision = "0035"
down_revision = "0032"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OFFERED = sa.text("status = 'active'")
_LOOKING = sa.text("demand_kind IS NOT NULL AND deleted_at IS NULL")


def upgrade() -> None:
    _communities()
    _listings()
    _matching()
    op.create_index(
        "ix_customer_demand",
        "customer",
        ["demand_kind", "price_max", "id"],
        postgresql_where=_LOOKING,
        sqlite_where=_LOOKING,
    )


def downgrade() -> None:
    op.drop_index("ix_customer_demand", "customer")
    for table in ("match_preference", "listing_interest", "listing", "community"):
        op.drop_table(table)


def _links(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")
        for column, target in columns.items()
    ]


def _communities() -> None:
    op.create_table(
        "community",
        sa.Column("id", BigId, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_search", BYTES, nullable=False, server_default=sa.text("''")),
        sa.Column("name_sort", BYTES, nullable=False, server_default=sa.text("''")),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("longitude", sa.Numeric(9, 6), nullable=True),
        sa.Column("latitude", sa.Numeric(9, 6), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_community_coordinates")),
        *_links("community", company_id="company", district_id="district"),
        sa.PrimaryKeyConstraint("id", name="pk_community"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_community_name_search", "community", ["company_id", "district_id", "name_search"], unique=True
    )
    op.create_index("ix_community_district", "community", ["district_id", "name_sort", "id"])
    op.create_index("ix_community_name", "community", ["company_id", "name_sort", "id"])
    op.create_index("ix_community_created", "community", ["company_id", "created_at", "id"])


def _listings() -> None:
    op.create_table(
        "listing",
        sa.Column("id", BigId, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("community_id", _BIG, nullable=False),
        sa.Column("district_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("rooms", sa.Integer(), nullable=False),
        sa.Column("halls", sa.Integer(), nullable=False),
        sa.Column("baths", sa.Integer(), nullable=False),
        sa.Column("area", sa.Numeric(10, 2), nullable=False),
        sa.Column("price", sa.Numeric(15, 2), nullable=False),
        sa.Column("floor", sa.Integer(), nullable=True),
        sa.Column("floors", sa.Integer(), nullable=True),
        sa.Column("orientation", sa.String(24), nullable=True),
        sa.Column("decoration", sa.String(24), nullable=True),
        sa.Column("tags", sa.String(200), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("agent_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status_at", UtcDateTime(), nullable=False),
        sa.Column("price_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('sale', 'rent')", name=op.f("ck_listing_kind")),
        sa.CheckConstraint(
            "status IN ('active', 'reserved', 'done', 'withdrawn')", name=op.f("ck_listing_status")
        ),
        sa.CheckConstraint("price > 0 AND area > 0", name=op.f("ck_listing_amounts")),
        sa.CheckConstraint("rooms >= 0 AND halls >= 0 AND baths >= 0", name=op.f("ck_listing_rooms")),
        *_links(
            "listing",
            company_id="company",
            community_id="community",
            district_id="district",
            agent_id="staff",
            department_id="department",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_listing"),
        sqlite_autoincrement=True,
    )
    op.create_index("uq_listing_code", "listing", ["code"], unique=True)
    for name, columns in {
        "created": ["created_at"],
        "price": ["price"],
        "area": ["area"],
        "company": ["company_id", "created_at"],
        "company_price": ["company_id", "price"],
        "company_area": ["company_id", "area"],
        "agent": ["agent_id", "created_at"],
        "department": ["department_id", "created_at"],
        "community": ["community_id", "created_at"],
        "district": ["district_id", "created_at"],
        "status": ["status", "created_at"],
    }.items():
        op.create_index(f"ix_listing_{name}", "listing", [*columns, "id"])
    for name, columns in {
        "offered": ["company_id", "created_at"],
        "offered_price": ["company_id", "price"],
        "offered_area": ["company_id", "area"],
        "match": ["company_id", "kind", "district_id", "price"],
        "match_price": ["company_id", "kind", "price"],
    }.items():
        op.create_index(
            f"ix_listing_{name}",
            "listing",
            [*columns, "id"],
            postgresql_where=_OFFERED,
            sqlite_where=_OFFERED,
        )


def _matching() -> None:
    op.create_table(
        "listing_interest",
        sa.Column("id", BigId, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("listing_id", _BIG, nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("reason", sa.String(200), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'liked', 'refused')", name=op.f("ck_listing_interest_state")),
        sa.CheckConstraint(
            "reason IS NULL OR state = 'refused'", name=op.f("ck_listing_interest_reason_of_refused")
        ),
        *_links(
            "listing_interest",
            company_id="company",
            customer_id="customer",
            listing_id="listing",
            changed_by_id="ab_user",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_listing_interest"),
    )
    op.create_index(
        "uq_listing_interest_pair", "listing_interest", ["customer_id", "listing_id"], unique=True
    )
    op.create_index("ix_listing_interest_customer", "listing_interest", ["customer_id", "created_at", "id"])
    op.create_index("ix_listing_interest_listing", "listing_interest", ["listing_id", "state", "customer_id"])
    op.create_table(
        "match_preference",
        sa.Column("id", BigId, nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("musts", sa.String(60), nullable=True),
        *_links("match_preference", customer_id="customer"),
        sa.PrimaryKeyConstraint("id", name="pk_match_preference"),
    )
    op.create_index("uq_match_preference_customer", "match_preference", ["customer_id"], unique=True)
