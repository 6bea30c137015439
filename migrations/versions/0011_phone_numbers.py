"""Numbers with their area codes

Revision 0011, after 0010.
mask and claims are made again (ACC-11).  Masks of foreign numbers show the whole country code (ACC-9).
Numbers that are right stay as they are; nothing is made wrong again on the way back.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.fields.phones import PhoneNumber, canonical_phone
from app.kernel.keys import keys

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_BATCH = 2_000
_SEALED = ("customer", "visitor")
_PLAIN = (("staff", "phone"), ("broker_company", "phone"))
_HEAD_OF_FOUR = "____****____"  # a landline or a service number: mobiles show three digits


def upgrade() -> None:
    for table in _SEALED:
        _seal_again(table)
    for table, column in _PLAIN:
        _write_again(table, column)


def downgrade() -> None:
    pass


def _run(statement, **values):
    return op.get_bind().execute(sa.text(statement), values)


def _seal_again(table) -> None:
    last = 0
    while True:
        rows = _run(
            f"SELECT id, phone_cipher, phone_index, phone_masked FROM {table}"  # noqa: S608
            " WHERE id > :last AND phone_cipher IS NOT NULL AND (phone_masked LIKE '+%'"
            f" OR (phone_masked LIKE '{_HEAD_OF_FOUR}' AND phone_masked NOT LIKE '0%'))"
            f" ORDER BY id LIMIT {_BATCH}",
            last=last,
        ).all()
        if not rows:
            return
        for row in rows:
            _seal_row(table, row)
        last = rows[-1].id


def _seal_row(table, row) -> None:
    stored = keys().fernet.decrypt(row.phone_cipher.encode()).decode()
    number = _canonical(stored)
    fresh = PhoneNumber.seal(number)
    if fresh.index == row.phone_index and fresh.masked == row.phone_masked:
        return
    if table == "visitor" and fresh.index != row.phone_index and _is_taken(table, fresh.index):
        return
    cipher = row.phone_cipher if number == stored else fresh.cipher
    _run(
        f"UPDATE {table} SET phone_cipher = :cipher, phone_index = :index, phone_masked = :masked,"  # noqa: S608
        " phone_last4 = :last4 WHERE id = :id",
        cipher=cipher, index=fresh.index, masked=fresh.masked, last4=fresh.last4, id=row.id,
    )  # fmt: skip
    if table == "customer" and fresh.index != row.phone_index:
        _move_claims(row.id, row.phone_index, fresh.index)


def _canonical(number) -> str:
    try:
        return canonical_phone(number)
    except ValueError:  # valid once, by an older list of numbers
        return number


def _is_taken(table, index) -> bool:
    return _run(f"SELECT 1 FROM {table} WHERE phone_index = :index", index=index).first() is not None  # noqa: S608


def _move_claims(pk, old, new) -> None:
    """A claim follows its number; where another file has that place, this file keeps none (CUST-7)."""
    _run(
        "UPDATE phone_claim SET phone_index = :new WHERE customer_id = :id AND phone_index = :old"
        " AND scope NOT IN (SELECT scope FROM phone_claim WHERE phone_index = :new)",
        id=pk, old=old, new=new,
    )  # fmt: skip
    _run("DELETE FROM phone_claim WHERE customer_id = :id AND phone_index = :old", id=pk, old=old)


def _write_again(table, column) -> None:
    rows = _run(
        f"SELECT id, {column} AS phone FROM {table} WHERE {column} LIKE '1%' OR {column} LIKE '4%'"  # noqa: S608
        f" OR {column} LIKE '8%'"
    ).all()
    for row in rows:
        number = _canonical(row.phone)
        if number != row.phone:
            _run(f"UPDATE {table} SET {column} = :phone WHERE id = :id", phone=number, id=row.id)  # noqa: S608
