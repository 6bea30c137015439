"""Words under which the global search finds records

Revision 0020, after 0019.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.derived import BYTES
from app.kernel.lists.words import words_of

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_BATCH = 1_000
_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# table → type of its key, columns of names, of codes, of numbers that count by their last four digits
_TABLES = {
    "customer": (_BIG, ("name", "short_name"), ("code", "phone_last4"), ()),
    "referral": (_BIG, ("name",), ("code", "phone1_tail", "phone2_tail"), ()),
    "broker": (sa.Integer(), ("name", "nickname"), ("number",), ("phone",)),
    "broker_company": (sa.Integer(), ("name",), (), ()),
    "project": (sa.Integer(), ("name",), (), ()),
    "staff": (sa.Integer(), ("name",), ("employee_no",), ("phone",)),
}


def upgrade() -> None:
    for table, (key, names, codes, numbers) in _TABLES.items():
        op.create_table(
            f"{table}_word",
            sa.Column("record_id", key, nullable=False),
            sa.Column("word", BYTES, nullable=False),
            sa.Column("place", sa.SmallInteger(), nullable=False),
            sa.ForeignKeyConstraint(
                ["record_id"],
                [f"{table}.id"],
                name=f"fk_{table}_word_record_id_{table}",
                ondelete="CASCADE",
            ),
            sa.PrimaryKeyConstraint("record_id", "word", name=f"pk_{table}_word"),
            sqlite_with_rowid=False,
        )
        _fill(table, names, codes, numbers)
        op.create_index(
            f"ix_{table}_word_word", f"{table}_word", ["place", "word", sa.text("record_id DESC")]
        )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(f"{table}_word")


def _fill(table, names, codes, numbers) -> None:
    columns = ", ".join(("id", *names, *codes, *numbers))
    read = sa.text(f"SELECT {columns} FROM {table} WHERE id > :last ORDER BY id LIMIT {_BATCH}")  # noqa: S608
    write = sa.text(f"INSERT INTO {table}_word (record_id, word, place) VALUES (:pk, :word, :place)")  # noqa: S608
    connection, last = op.get_bind(), 0
    while found := connection.execute(read, {"last": last}).mappings().all():
        last = found[-1]["id"]
        rows = []
        for row in found:
            tails = [(row[name] or "")[-4:] for name in numbers]
            words = words_of([row[name] for name in names], [*(row[name] for name in codes), *tails])
            rows += [{"pk": row["id"], "word": word, "place": place} for word, place in words.items()]
        if rows:
            connection.execute(write, rows)
