"""Contacts, bank accounts, company paths, shipping marks; birthdays; the facet of enterprises

Revision 0029, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime
from app.kernel.database.derived import BYTES

revision = "0029"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_CUSTOMERS = (
    ("birth_month_day", sa.SmallInteger()),
    ("birth_year", sa.SmallInteger()),
    ("birthday_noted_on", sa.Date()),
    ("business_types", sa.String(200)),
    ("transport_mode", sa.String(24)),
    ("price_terms", sa.String(24)),
    ("invoice_title", sa.String(120)),
    ("tax_rate", sa.Numeric(5, 2)),
    ("payment_terms", sa.String(200)),
)
_REVEALED = (("contact_id", "contact", "contact"), ("bank_account_id", "bank_account", "account"))


def upgrade() -> None:
    for name, kind in _OF_CUSTOMERS:
        op.add_column("customer", sa.Column(name, kind, nullable=True))
    _index("ix_customer_birthday", "customer", ["birth_month_day", "birthday_noted_on"])
    _contacts()
    _bank_accounts()
    _company_paths()
    _shipping_marks()
    with op.batch_alter_table("number_reveal") as table:
        for name, owner, _short in _REVEALED:
            table.add_column(sa.Column(name, _BIG, nullable=True))
            table.create_foreign_key(
                f"fk_number_reveal_{name}_{owner}", owner, [name], ["id"], ondelete="SET NULL"
            )
        table.add_column(sa.Column("number_masked", sa.String(80), nullable=True))
    for name, _owner, short in _REVEALED:
        _index(f"ix_number_reveal_{short}", "number_reveal", [name])


def downgrade() -> None:
    for _name, _owner, short in _REVEALED:
        op.drop_index(f"ix_number_reveal_{short}", table_name="number_reveal")
    with op.batch_alter_table("number_reveal") as table:
        table.drop_column("number_masked")
        for name, owner, _short in reversed(_REVEALED):
            table.drop_constraint(f"fk_number_reveal_{name}_{owner}", type_="foreignkey")
            table.drop_column(name)
    for name in ("shipping_mark", "company_path", "bank_account", "contact_word", "contact"):
        op.drop_table(name)
    op.drop_index("ix_customer_birthday", table_name="customer")
    for name, _kind in reversed(_OF_CUSTOMERS):
        op.drop_column("customer", name)


def _index(name, table, columns) -> None:
    """Create an index of the rows that have a value in the first of the columns."""
    condition = sa.text(f"{columns[0]} IS NOT NULL")
    op.create_index(name, table, columns, postgresql_where=condition, sqlite_where=condition)


def _unique(name, table, flag) -> None:
    """Let a customer have at most one row with the flag."""
    op.create_index(
        name, table, ["customer_id"], unique=True, postgresql_where=sa.text(flag), sqlite_where=sa.text(flag)
    )


def _of_customer(table, *columns, author="created_by_id") -> None:
    """Create a table of rows that belong to a customer."""
    op.create_table(
        table,
        sa.Column("id", _BIG, nullable=False),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        *columns,
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column(author, sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=f"fk_{table}_company_id_company"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customer.id"], name=f"fk_{table}_customer_id_customer", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint([author], ["ab_user.id"], name=f"fk_{table}_{author}_ab_user"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _phone(name) -> list:
    return [
        sa.Column(f"{name}_cipher", sa.String(255), nullable=True),
        sa.Column(f"{name}_index", sa.String(32), nullable=True),
        sa.Column(f"{name}_masked", sa.String(32), nullable=True),
        sa.Column(f"{name}_last4", sa.String(4), nullable=True),
    ]


def _contacts() -> None:
    _of_customer(
        "contact",
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("name_search", BYTES, nullable=False, server_default=sa.text("''")),
        sa.Column("position", sa.String(60), nullable=True),
        sa.Column("department", sa.String(60), nullable=True),
        *_phone("phone"),
        *_phone("landline"),
        sa.Column("email", sa.String(254), nullable=True),
        sa.Column("email_search", BYTES, nullable=False, server_default=sa.text("''")),
        sa.Column("wechat", sa.String(60), nullable=True),
        sa.Column("qq", sa.String(20), nullable=True),
        sa.Column("birth_month_day", sa.SmallInteger(), nullable=True),
        sa.Column("birth_year", sa.SmallInteger(), nullable=True),
        sa.Column("birthday_noted_on", sa.Date(), nullable=True),
        sa.Column("hobbies", sa.String(200), nullable=True),
        sa.Column("address", sa.String(200), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    _unique("uq_contact_primary", "contact", "is_primary")
    op.create_index("ix_contact_customer", "contact", ["customer_id", "is_primary", "id"])
    op.create_index("ix_contact_created", "contact", ["created_at", "id"])
    op.create_index("ix_contact_email", "contact", ["email_search"])
    _index("ix_contact_phone", "contact", ["phone_index"])
    _index("ix_contact_phone_last4", "contact", ["phone_last4"])
    _index("ix_contact_landline", "contact", ["landline_index"])
    _index("ix_contact_landline_last4", "contact", ["landline_last4"])
    _index("ix_contact_birthday", "contact", ["birth_month_day", "birthday_noted_on"])
    op.create_table(
        "contact_word",
        sa.Column("record_id", _BIG, nullable=False),
        sa.Column("word", BYTES, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record_id"], ["contact.id"], name="fk_contact_word_record_id_contact", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("record_id", "word", name="pk_contact_word"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_contact_word_word", "contact_word", ["place", "word", sa.text("record_id DESC")])


def _bank_accounts() -> None:
    _of_customer(
        "bank_account",
        sa.Column("bank", sa.String(120), nullable=False),
        sa.Column("bank_address", sa.String(200), nullable=True),
        sa.Column("bank_contact", sa.String(60), nullable=True),
        sa.Column("bank_code", sa.String(40), nullable=True),
        sa.Column("number_cipher", sa.String(255), nullable=False),
        sa.Column("number_index", sa.String(32), nullable=False),
        sa.Column("number_masked", sa.String(40), nullable=False),
        sa.Column("payee", sa.String(120), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
    )
    _unique("uq_bank_account_default", "bank_account", "is_default")
    op.create_index("uq_bank_account_number", "bank_account", ["customer_id", "number_index"], unique=True)
    op.create_index("ix_bank_account_customer", "bank_account", ["customer_id", "is_default", "id"])


def _company_paths() -> None:
    _of_customer(
        "company_path",
        sa.Column("path", sa.String(200), nullable=False),
        sa.Column("our_code", sa.String(60), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
    )
    _unique("uq_company_path_default", "company_path", "is_default")
    op.create_index("ix_company_path_customer", "company_path", ["customer_id", "is_default", "id"])


def _shipping_marks() -> None:
    _of_customer("shipping_mark", sa.Column("text", sa.Text(), nullable=False), author="author_id")
    op.create_index("ix_shipping_mark_customer", "shipping_mark", ["customer_id", "created_at", "id"])
