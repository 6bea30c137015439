"""Versions of audit seals, and keys of personal data

Revision 0015, after 0014.
Rows get the version by which their seal holds.  Ends of chains that revision 0001 wrote (a copy of the last
row's seal) become sealed marks (ADR 10), where the last row holds.  No seal of a row changes, so that anchors
go on holding.  On the way back rows of later versions are sealed as version 2 again, with their words in plain.
"""

import re
from itertools import groupby
from types import SimpleNamespace

import sqlalchemy as sa
from alembic import op

from app.audit.personal import HIDDEN, decrypt
from app.audit.seals import ENCRYPTED, FIRST, MARKED, mark_after, predecessor_of, seal_of
from app.kernel.database.columns import UtcDateTime
from app.kernel.database.key_fingerprints import FOREIGN
from config import StartError

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_BATCH = 1000
_LOG = sa.table(
    "operation_log",
    *(sa.column(name) for name in ("id", "record_type", "record_id", "number", "actor_id", "actor_name")),
    *(sa.column(name) for name in ("operation", "sentence", "message", "source", "request_id", "company_id")),
    *(sa.column(name) for name in ("seal", "seal_version", "personal", "erasure")),
    sa.column("at", UtcDateTime()),
    sa.column("parameters", sa.JSON()),
    sa.column("differences", sa.JSON()),
)
_HEAD = sa.table("audit_head", *(sa.column(name) for name in ("record_type", "record_id", "number", "seal")))
_ADDED = ("seal_version", "personal", "erasure")
_JSON = {"parameters": "words", "differences": "pairs"}
_KEY = sa.table("record_key", *(sa.column(name) for name in ("record_type", "record_id", "key_cipher")))


def upgrade() -> None:
    first, ends = _find_versions()  # before anything is changed: SQLite keeps what a failure leaves behind
    op.create_table(
        "record_key",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_type", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_cipher", sa.String(length=255), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_key")),
        sa.UniqueConstraint("record_type", "record_id", name=op.f("uq_record_key_record_type_record_id")),
    )
    op.add_column("operation_log", sa.Column("personal", sa.Text(), nullable=True))
    op.add_column(
        "operation_log",
        sa.Column("seal_version", sa.Integer(), nullable=False, server_default=sa.text(str(MARKED))),
    )
    op.add_column("operation_log", sa.Column("erasure", sa.String(length=64), nullable=True))
    _execute(_row_of_log().values(seal_version=FIRST), first)
    _execute(_head().where(_HEAD.c.seal == sa.bindparam("copied")), ends)


def downgrade() -> None:
    _seal_as_before()
    for name in _ADDED:
        op.drop_column("operation_log", name)
    op.drop_table("record_key")


def _chains(*more):
    """The rows of each record in order, as they are stored."""
    rows = op.get_bind().execute(
        sa.select(
            *(column for column in _LOG.c if column.name not in {*_JSON, *_ADDED}),
            _LOG.c.parameters.label("open_parameters"),
            _LOG.c.differences.label("open_differences"),
            *more,
        ).order_by(_LOG.c.record_type, _LOG.c.record_id, _LOG.c.number),
        execution_options={"yield_per": _BATCH},
    )
    yield from groupby(rows, key=lambda row: (row.record_type, row.record_id))


def _holds(row, version, previous) -> bool:
    return row.seal == seal_of(row, version, predecessor_of(row, version, previous))


def _find_versions():
    """The rows that the first revision sealed, and the ends that it marked.  A row that holds in no version is
    broken, and stays so.

    :raises StartError: when there are rows and none of them holds: the keys are those of another database.
    """
    first, ends, held, seen = [], [], False, False
    for (kind, pk), rows in _chains():
        previous = version = None
        for row in rows:
            version = next((one for one in (MARKED, FIRST) if _holds(row, one, previous)), None)
            if version == FIRST:
                first.append({"pk": row.id})
            held, seen, previous = held or version is not None, True, row
        if version == FIRST:
            ends.append({"kind": kind, "record": pk, "copied": previous.seal, "mark": mark_after(previous)})
    if seen and not held:
        message = f"{FOREIGN} (no row of the operation log was sealed with this key)"
        raise StartError(message)
    return first, ends


def _seal_as_before() -> None:
    """Rows of later versions as version 2, with the words that were encrypted; erased ones stay away."""
    rows_changed, ends = [], []
    keys = {
        (row.record_type, row.record_id): row.key_cipher for row in op.get_bind().execute(sa.select(_KEY))
    }
    for (kind, pk), rows in _chains(*(_LOG.c[name] for name in _ADDED)):
        previous, changed = None, False
        for stored in rows:
            row = SimpleNamespace(**stored._mapping)
            changed = changed or row.seal_version >= ENCRYPTED or row.erasure is not None
            if changed:
                _open(row, keys.get((kind, pk)))
                row.seal = seal_of(row, MARKED, predecessor_of(row, MARKED, previous))
                rows_changed.append(
                    {
                        "pk": row.id,
                        "new": row.seal,
                        "words": row.open_parameters,
                        "pairs": row.open_differences,
                    }
                )
            previous = row
        if changed:
            ends.append({"kind": kind, "record": pk, "mark": mark_after(previous)})
    values = {"seal": sa.bindparam("new")}
    values |= {name: sa.bindparam(key, type_=sa.JSON()) for name, key in _JSON.items()}
    _execute(_row_of_log().values(values), rows_changed)
    _execute(_head(), ends)


def _open(row, cipher) -> None:
    """The row's words in plain; a sign where they were erased."""
    found = decrypt(row.personal, cipher)
    if found is None or row.erasure is not None:
        missing = {*re.findall(r"%\((\w+)\)s", row.message)} - {*row.open_parameters}
        row.open_parameters = {**row.open_parameters, **dict.fromkeys(missing, HIDDEN)}
    if found:
        row.open_parameters = {**row.open_parameters, **found.parameters}
        row.open_differences = {**row.open_differences, **found.differences}


def _row_of_log():
    return sa.update(_LOG).where(_LOG.c.id == sa.bindparam("pk"))


def _head():
    """The end of a record's chain gets a mark."""
    place = (_HEAD.c.record_type == sa.bindparam("kind"), _HEAD.c.record_id == sa.bindparam("record"))
    return sa.update(_HEAD).where(*place).values(seal=sa.bindparam("mark"))


def _execute(statement, values) -> None:
    for start in range(0, len(values), _BATCH):
        op.get_bind().execute(statement, values[start : start + _BATCH])
