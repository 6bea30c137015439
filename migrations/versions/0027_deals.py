"""Opportunities, quotes with their lines, service tickets, and the words under which they are found

Revision 0027, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.derived import BYTES

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NEWEST = ["created_at", "id"]
_TABLES = ("opportunity", "quote", "ticket")


def _record(table: str, *columns: sa.Column, checks: dict[str, str]) -> None:
    """Create a table of business records: the columns that all have, and its own."""
    links = {"company_id": "company", "customer_id": "customer", "owner_id": "staff", "created_by_id": "ab_user"}
    op.create_table(
        table,
        sa.Column("id", BigId, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("customer_name", sa.String(120), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("title_search", BYTES, nullable=False, server_default=sa.text("''")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        *columns,
        *(
            sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}_{target}")
            for column, target in links.items()
        ),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_created", table, _NEWEST)
    op.create_index(f"ix_{table}_customer", table, ["customer_id", *_NEWEST])
    op.create_index(f"ix_{table}_owner", table, ["owner_id", *_NEWEST])
    op.create_index(f"ix_{table}_author", table, ["created_by_id", *_NEWEST])
    op.create_index(f"ix_{table}_status", table, ["status", *_NEWEST])


def _words(table: str) -> None:
    """Create the words of a kind of records for the global search."""
    op.create_table(
        f"{table}_word",
        sa.Column("record_id", _BIG, nullable=False),
        sa.Column("word", BYTES, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], [f"{table}.id"], name=f"fk_{table}_word_record_id_{table}", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "word", name=f"pk_{table}_word"),
        sqlite_with_rowid=False,
    )
    op.create_index(f"ix_{table}_word_word", f"{table}_word", ["place", "word", sa.text("record_id DESC")])


def _opportunities() -> None:
    _record(
        "opportunity",
        sa.Column("amount", sa.Numeric(15, 2), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("stage", sa.String(24), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("lost_reason", sa.String(24), nullable=True),
        sa.Column("lost_remark", sa.String(200), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        checks={
            "status": "status IN ('open', 'won', 'lost')",
            "stage": "stage IN ('contact', 'needs', 'proposal', 'negotiation', 'promised')",
            "amount": "amount >= 0",
            "reason_of_lost": "(status = 'lost') = (lost_reason IS NOT NULL)",
            "closed": "(status = 'open') = (closed_at IS NULL)",
        },
    )
    op.create_index("ix_opportunity_expected_on", "opportunity", ["expected_on", "id"])
    op.create_index("ix_opportunity_amount", "opportunity", ["amount", "id"])
    op.create_index("ix_opportunity_stage", "opportunity", ["stage", *_NEWEST])
    op.create_index("ix_opportunity_currency", "opportunity", ["currency", *_NEWEST])
    op.create_index("ix_opportunity_board", "opportunity", ["status", "stage", *_NEWEST])


def _quotes() -> None:
    _record(
        "quote",
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("net", sa.Numeric(15, 2), nullable=False),
        sa.Column("tax", sa.Numeric(15, 2), nullable=False),
        sa.Column("amount", sa.Numeric(15, 2), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(200), nullable=True),
        checks={
            "status": "status IN ('draft', 'sent', 'accepted', 'refused')",
            "amount": "net >= 0 AND tax >= 0",
            "answered": "(status IN ('accepted', 'refused')) = (answered_at IS NOT NULL)",
        },
    )
    op.create_index("uq_quote_code", "quote", ["code"], unique=True)
    op.create_index("ix_quote_amount", "quote", ["amount", "id"])
    op.create_index("ix_quote_valid_until", "quote", ["valid_until", "id"])
    op.create_index("ix_quote_currency", "quote", ["currency", *_NEWEST])
    op.create_table(
        "quote_line",
        sa.Column("id", BigId, nullable=False),
        sa.Column("quote_id", _BIG, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(200), nullable=False),
        sa.Column("quantity", sa.Numeric(15, 4), nullable=False),
        sa.Column("price", sa.Numeric(17, 4), nullable=False),
        sa.Column("discount", sa.Numeric(5, 2), nullable=False),
        sa.Column("tax", sa.Numeric(5, 2), nullable=False),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quote.id"], name="fk_quote_line_quote_id_quote", ondelete="CASCADE"
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_quote_line_quantity")),
        sa.CheckConstraint("price >= 0", name=op.f("ck_quote_line_price")),
        sa.CheckConstraint("discount BETWEEN 0 AND 100", name=op.f("ck_quote_line_discount")),
        sa.CheckConstraint("tax BETWEEN 0 AND 100", name=op.f("ck_quote_line_tax")),
        sa.PrimaryKeyConstraint("id", name="pk_quote_line"),
    )
    op.create_index("uq_quote_line_place", "quote_line", ["quote_id", "place"], unique=True)


def _tickets() -> None:
    _record(
        "ticket",
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(24), nullable=False),
        sa.Column("priority", sa.String(24), nullable=False),
        sa.Column("status", sa.String(24), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        checks={
            "status": "status IN ('open', 'waiting', 'solved', 'closed')",
            "priority": "priority IN ('low', 'normal', 'high', 'urgent')",
            "ended": "(status IN ('solved', 'closed')) = (ended_at IS NOT NULL)",
        },
    )
    op.create_index("ix_ticket_due_at", "ticket", ["due_at", "id"])
    op.create_index("ix_ticket_kind", "ticket", ["kind", *_NEWEST])
    op.create_index("ix_ticket_priority", "ticket", ["priority", *_NEWEST])


def upgrade() -> None:
    _opportunities()
    _quotes()
    _tickets()
    for table in _TABLES:
        _words(table)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(f"{table}_word")
    op.drop_table("ticket")
    op.drop_table("quote_line")
    op.drop_table("quote")
    op.drop_table("opportunity")
