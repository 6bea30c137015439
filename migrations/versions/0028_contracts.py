"""Credit of customers; contracts, their instalments and receipts

Revision 0028, after 0025.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.columns import UtcDateTime

revision = "0028"
down_revision = "0025"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_MONEY = sa.Numeric(15, 2)


def _pk(table: str) -> tuple[sa.Column, sa.PrimaryKeyConstraint]:
    return sa.Column("id", _BIG, nullable=False), sa.PrimaryKeyConstraint("id", name=f"pk_{table}")


def _fk(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=f"fk_{table}_{column}_{to}")


def _check(table: str, name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_{table}_{name}"))


def _partial(table: str, name: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, postgresql_where=condition, sqlite_where=condition)


def upgrade() -> None:
    op.add_column(
        "customer", sa.Column("credit_enabled", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("customer", sa.Column("payment_days", sa.Integer(), nullable=True))
    op.add_column(
        "customer", sa.Column("sinosure_insured", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    _credit()
    _contracts()
    _payments()


def _credit() -> None:
    op.create_table(
        "credit_limit",
        *_pk("credit_limit"),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("amount", _MONEY, nullable=False),
        _fk("credit_limit", "customer_id", "customer"),
        sa.UniqueConstraint("customer_id", "currency", name="uq_credit_limit_customer_id_currency"),
        _check("credit_limit", "amount", "amount >= 0"),
    )
    op.create_table(
        "credit_limit_change",
        *_pk("credit_limit_change"),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("before", _MONEY, nullable=True),
        sa.Column("after", _MONEY, nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        _fk("credit_limit_change", "customer_id", "customer"),
        _fk("credit_limit_change", "created_by_id", "ab_user"),
    )
    op.create_index(
        "ix_credit_limit_change_customer", "credit_limit_change", ["customer_id", "created_at", "id"]
    )


def _contracts() -> None:
    op.create_table(
        "contract",
        *_pk("contract"),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("customer_name", sa.String(120), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(24), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("title_search", _TEXT, nullable=False, server_default=sa.text("''")),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("quote_id", _BIG, nullable=True),
        sa.Column("company_path_id", _BIG, nullable=True),
        sa.Column("planned", _MONEY, nullable=False),
        sa.Column("received", _MONEY, nullable=False),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("reminder_id", _BIG, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        _fk("contract", "company_id", "company"),
        _fk("contract", "customer_id", "customer"),
        _fk("contract", "owner_id", "staff"),
        _fk("contract", "created_by_id", "ab_user"),
        _check("contract", "state", "state IN ('draft', 'signed', 'ended', 'voided')"),
        _check("contract", "amount", "amount >= 0"),
        _check("contract", "planned", "planned BETWEEN 0 AND amount"),
        _check("contract", "received", "received BETWEEN 0 AND planned"),
        _check("contract", "dates", "ends_on IS NULL OR starts_on IS NULL OR starts_on <= ends_on"),
        _check("contract", "signed", "state NOT IN ('signed', 'ended') OR signed_at IS NOT NULL"),
        _check("contract", "voided", "(state = 'voided') = (voided_at IS NOT NULL)"),
    )
    op.create_index("uq_contract_code", "contract", ["code"], unique=True)
    for name, columns in (
        ("created", ["created_at"]),
        ("owner", ["owner_id", "created_at"]),
        ("customer", ["customer_id", "created_at"]),
        ("state", ["state", "created_at"]),
        ("currency", ["currency", "created_at"]),
        ("amount", ["amount"]),
        ("ends", ["ends_on"]),
        ("company_path", ["company_path_id", "created_at"]),
    ):
        op.create_index(f"ix_contract_{name}", "contract", [*columns, "id"])
    op.create_index("ix_contract_quote", "contract", ["quote_id"])
    exposed = ["customer_id", "currency", "amount", "received"]
    _partial("contract", "ix_contract_open", ["customer_id"], "state IN ('draft', 'signed')")
    _partial("contract", "ix_contract_exposure", exposed, "state = 'signed'")
    _partial(
        "contract", "ix_contract_owed", ["next_due_on", "id"],
        "next_due_on IS NOT NULL AND state IN ('signed', 'ended')",
    )  # fmt: skip
    _partial("contract", "ix_contract_partly", ["created_at", "id"], "received > 0 AND received < amount")
    _partial(
        "contract", "ix_contract_unreminded", ["ends_on", "id"],
        "state = 'signed' AND reminder_id IS NULL AND ends_on IS NOT NULL",
    )  # fmt: skip


def _payments() -> None:
    op.create_table(
        "payment",
        *_pk("payment"),
        sa.Column("company_id", sa.Integer(), nullable=False),
        sa.Column("contract_id", _BIG, nullable=False),
        sa.Column("customer_id", _BIG, nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("received", _MONEY, nullable=False),
        sa.Column("reminder_id", _BIG, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        _fk("payment", "company_id", "company"),
        _fk("payment", "contract_id", "contract"),
        _fk("payment", "customer_id", "customer"),
        _fk("payment", "owner_id", "staff"),
        _fk("payment", "created_by_id", "ab_user"),
        _check("payment", "amount", "amount > 0"),
        _check("payment", "received", "received BETWEEN 0 AND amount"),
    )
    for name, columns in (
        ("created", ["created_at"]),
        ("due", ["due_on"]),
        ("amount", ["amount"]),
        ("contract", ["contract_id", "due_on"]),
        ("owner", ["owner_id", "created_at"]),
        ("customer", ["customer_id", "created_at"]),
    ):
        op.create_index(f"ix_payment_{name}", "payment", [*columns, "id"])
    unpaid = "received < amount"
    _partial("payment", "ix_payment_unpaid", ["due_on", "id"], unpaid)
    _partial("payment", "ix_payment_unpaid_owner", ["owner_id", "due_on", "id"], unpaid)
    _partial("payment", "ix_payment_unpaid_customer", ["customer_id", "due_on"], unpaid)
    _partial("payment", "ix_payment_partly", ["created_at", "id"], "received > 0 AND received < amount")
    _partial(
        "payment", "ix_payment_unreminded", ["due_on", "id"], "received < amount AND reminder_id IS NULL"
    )
    op.create_table(
        "receipt",
        *_pk("receipt"),
        sa.Column("payment_id", _BIG, nullable=False),
        sa.Column("amount", _MONEY, nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("method", sa.String(24), nullable=False),
        sa.Column("note", sa.String(200), nullable=False),
        sa.Column("corrects_id", _BIG, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        _fk("receipt", "payment_id", "payment"),
        _fk("receipt", "corrects_id", "receipt"),
        _fk("receipt", "created_by_id", "ab_user"),
        _check("receipt", "amount", "amount <> 0"),
        _check("receipt", "correction", "(amount < 0) = (corrects_id IS NOT NULL)"),
    )
    op.create_index("ix_receipt_payment", "receipt", ["payment_id", "created_at", "id"])
    _partial("receipt", "uq_receipt_corrects", ["corrects_id"], "corrects_id IS NOT NULL", unique=True)


def downgrade() -> None:
    for table in ("receipt", "payment", "contract", "credit_limit_change", "credit_limit"):
        op.drop_table(table)
    for column in ("sinosure_insured", "payment_days", "credit_enabled"):
        op.drop_column("customer", column)
