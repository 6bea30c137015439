"""Names as they are searched, sorted and compared

Revision 0010, after 0009.  Names get a search key and, of people, a sort key (PLAT-18).  Keys of identities
(CH-8) no longer hold case and name dots.  Where two fall together because of that:

- of two referrals of one broker, the one that came further, then the elder, keeps the key; the other keeps a
  key that no name has (the key, a blank, its id), by which its number is still found;
- of two live bindings, a deal, then the earlier one, keeps the identity.  The other ends as ``released``, its
  referral is ``reported`` again, and an open collision puts both before the director (CH-18, CH-19);
- of two broker companies the elder keeps the key; the other can be renamed, and both stay usable.
"""

from collections import defaultdict
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from app.kernel.folding import search_key
from app.kernel.pinyin import sort_key

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_BATCH = 5_000
_LONGEST = 200  # of a key, so that a parked one has room for the id
_OPEN_FIRST = 10**17
_BYTES = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_PLACES = (("staff", "sort"), ("broker", "sort"), ("broker_company", ""), ("customer", ""))
_KEYED = ("referral", "onsite_scan", "tour", "visitor")


def upgrade() -> None:
    _columns()
    names = _names()
    for table, _more in _PLACES:
        _fill(table, names[table])
    _companies()
    _grams()
    for table in _KEYED:
        _rewrite_keys(table)
    _referral_keys()
    _binding_keys()
    _indexes()


def downgrade() -> None:
    op.drop_index("ix_staff_company_status_sort", table_name="staff")
    op.drop_index("ix_staff_name_search", table_name="staff")
    op.drop_index("ix_broker_name_search", table_name="broker")
    op.drop_index("ix_broker_sort", table_name="broker")
    op.drop_index("uq_broker_company_name_search", table_name="broker_company")
    op.create_index("ix_staff_company_status_name", "staff", ["company_id", "status", "name", "id"])
    op.create_index("ix_broker_name", "broker", ["name", "id"], postgresql_ops={"name": "text_pattern_ops"})
    for table, more in _PLACES:
        op.execute(f"ALTER TABLE {table} DROP COLUMN name_search")
        if more:
            op.execute(f"ALTER TABLE {table} DROP COLUMN name_sort")


def _columns() -> None:
    for table, more in _PLACES:
        op.add_column(table, sa.Column("name_search", _BYTES, nullable=False, server_default=sa.text("''")))
        if more:
            op.add_column(table, sa.Column("name_sort", _BYTES, nullable=False, server_default=sa.text("''")))


def _indexes() -> None:
    pattern = {"name_search": "text_pattern_ops"}
    op.drop_index("ix_staff_company_status_name", table_name="staff")
    op.drop_index("ix_broker_name", table_name="broker")
    op.create_index("ix_staff_company_status_sort", "staff", ["company_id", "status", "name_sort", "id"])
    op.create_index("ix_staff_name_search", "staff", ["name_search"], postgresql_ops=pattern)
    op.create_index("ix_broker_name_search", "broker", ["name_search", "id"], postgresql_ops=pattern)
    op.create_index("ix_broker_sort", "broker", ["name_sort", "id"])
    op.create_index("uq_broker_company_name_search", "broker_company", ["name_search"], unique=True)


def _run(statement, **values):
    return op.get_bind().execute(sa.text(statement), values)


def _rows(columns, table, where="1 = 1"):
    """All rows by id, a batch at a time."""
    last = 0
    while True:
        found = _run(
            f"SELECT {columns} FROM {table} WHERE {where} AND {table}.id > :last ORDER BY {table}.id LIMIT {_BATCH}",  # noqa: S608
            last=last,
        ).all()
        if not found:
            return
        yield found
        last = found[-1].id


def _write(statement, values) -> None:
    if values:
        op.get_bind().execute(sa.text(statement), values)


def _names():
    """What the derived columns of a row are, by table."""

    def of_person(row):
        return {"search": search_key(row.name), "sort": sort_key(row.name)}

    def of_company(row):
        return {"search": search_key(row.name)}

    def of_customer(row):
        return {"search": "\n".join(search_key(name) for name in (row.name, row.short_name) if name)}

    return {"staff": of_person, "broker": of_person, "broker_company": of_company, "customer": of_customer}


def _fill(table, derive) -> None:
    columns = "id, name, short_name" if table == "customer" else "id, name"
    for rows in _rows(columns, table):
        values = [{"id": row.id, **derive(row)} for row in rows]
        sets = ", ".join(f"name_{name} = :{name}" for name in values[0] if name != "id")
        _write(f"UPDATE {table} SET {sets} WHERE id = :id", values)  # noqa: S608


def _companies() -> None:
    """The search key of companies is unique: later ones of the same name get one of their own."""
    seen = set()
    for rows in _rows("id, name_search", "broker_company"):
        twice = [row for row in rows if row.name_search in seen or seen.add(row.name_search)]
        values = [{"id": row.id, "key": f"{row.name_search} {row.id}"} for row in twice]
        _write("UPDATE broker_company SET name_search = :key WHERE id = :id", values)


def _grams() -> None:
    """The pieces by which customers are found, of names that were not their own key."""
    for rows in _rows("id, name, short_name, created_at", "customer"):
        changed = [
            row
            for row in rows
            if any(name and search_key(name) != name for name in (row.name, row.short_name))
        ]
        pieces = []
        for row in changed:
            found = set()
            for name in filter(None, (row.name, row.short_name)):
                key = search_key(name)
                found |= {key[:1], *(key[at : at + 2] for at in range(len(key) - 1))} - {""}
            pieces += [{"id": row.id, "gram": gram, "at": row.created_at} for gram in sorted(found)]
        _write("DELETE FROM customer_gram WHERE customer_id = :id", [{"id": row.id} for row in changed])
        _write("INSERT INTO customer_gram (customer_id, gram, created_at) VALUES (:id, :gram, :at)", pieces)


def _key(name):
    return search_key(name)[:_LONGEST]


def _rewrite_keys(table) -> None:
    for rows in _rows("id, name, name_key", table):
        values = [{"id": row.id, "key": _key(row.name)} for row in rows if _key(row.name) != row.name_key]
        _write(f"UPDATE {table} SET name_key = :key WHERE id = :id", values)  # noqa: S608


def _clashing(rows, place):
    """Rows that would stand in the same place, the one that keeps it first; others stay as they are."""
    found = defaultdict(list)
    for row in rows:
        found[place(row)].append(row)
    return found.values()


_KEYS = {
    "referral_key": (
        "SELECT k.id, k.project_id, k.fragment, k.broker_id, k.name_key AS old, r.name_key AS new, r.state,"
        " r.id AS referral_id FROM referral_key k JOIN referral r ON r.id = k.referral_id"
    ),
    "binding_key": (
        "SELECT k.project_id, k.fragment, k.name_key AS old, r.name_key AS new, b.id AS binding_id, b.state,"
        " b.bound_at, b.expires_at, b.broker_id, b.referral_id, b.company_id, r.broker_company_id,"
        " r.state AS r_state FROM binding_key k JOIN binding b ON b.id = k.binding_id"
        " JOIN referral r ON r.id = b.referral_id"
    ),
}


def _concerned(table):
    """Rows whose key is not their referral's any more, and those that hold a key which these will have."""
    moments = {"bound_at": sa.DateTime(timezone=True), "expires_at": sa.DateTime(timezone=True)}
    given = moments if table == "binding_key" else {}

    def read(condition, **values):
        statement = sa.text(f"{_KEYS[table]} WHERE {condition}").columns(**given)
        return [_aware(row) for row in op.get_bind().execute(statement, values)]

    stale = read("k.name_key <> r.name_key")
    found = [*stale]
    for project, key in sorted({(row["project_id"], row["new"]) for row in stale}):
        found += read("k.project_id = :project AND k.name_key = :key", project=project, key=key)
    return found


def _referral_keys() -> None:
    rows = _concerned("referral_key")
    rank = {"closed": 0, "bound": 1}
    kept = []
    for group in _clashing(
        rows, lambda row: (row["project_id"], row["new"], row["fragment"], row["broker_id"])
    ):
        first, *others = sorted(group, key=lambda row: (rank.get(row["state"], 2), row["referral_id"]))
        # those that give way go first: the key must be free
        values = [{"id": row["id"], "key": f"{row['new']} {row['referral_id']}"} for row in others]
        _write("UPDATE referral_key SET name_key = :key WHERE id = :id", values)
        if first["old"] != first["new"]:
            kept.append({"id": first["id"], "key": first["new"]})
    _write("UPDATE referral_key SET name_key = :key WHERE id = :id", kept)


def _binding_keys() -> None:
    now = datetime.now(UTC)
    rows = _concerned("binding_key")
    kept, lost = [], {}
    for group in _clashing(rows, lambda row: (row["project_id"], row["new"], row["fragment"])):
        first, *others = sorted(group, key=lambda row: _strength(row, now))
        for row in others:
            lost.setdefault(row["binding_id"], (row, first))
            _rename(row, f"{row['new']} {row['binding_id']}")
        kept.append(first)
    for row in kept:
        _rename(row, row["new"])
    ended = {pk for pk, (row, _first) in lost.items() if row["state"] == "live"}
    for row, first in lost.values():
        if first["binding_id"] not in ended:
            _put_before_director(row, first, now)
    for pk in sorted(ended):
        _run("DELETE FROM binding_key WHERE binding_id = :pk", pk=pk)
        _end(lost[pk][0], now)


def _rename(row, key) -> None:
    _run(
        "UPDATE binding_key SET name_key = :key WHERE binding_id = :pk AND name_key = :old AND fragment = :part",
        key=key, pk=row["binding_id"], old=row["old"], part=row["fragment"],
    )  # fmt: skip


def _aware(row):
    """The row with moments that say their zone; SQLite keeps them in UTC without one."""
    found = dict(row._mapping)
    for name in {"bound_at", "expires_at"} & {*found}:
        if found[name].tzinfo is None:
            found[name] = found[name].replace(tzinfo=UTC)
    return found


def _strength(row, now):
    """Who keeps the identity: a deal, then a protection that lasts, then the earlier one."""
    return (row["state"] != "closed", row["expires_at"] <= now, row["bound_at"], row["binding_id"])


def _end(row, now) -> None:
    moment = sa.bindparam("now", now, sa.DateTime(timezone=True))
    bind = op.get_bind()
    released = sa.text("UPDATE binding SET state = 'released', ended_at = :now WHERE id = :pk")
    bind.execute(released.bindparams(moment), {"pk": row["binding_id"]})
    if row["r_state"] != "bound":
        return
    _run(
        "UPDATE referral SET state = 'reported', reached = 2, bound_at = NULL, expires_at = NULL WHERE id = :pk",
        pk=row["referral_id"],
    )
    _run(
        "UPDATE broker_tally SET bound = bound - 1"
        " WHERE company_id = :company AND broker_id = :broker AND broker_company_id = :of",
        company=row["company_id"], broker=row["broker_id"], of=row["broker_company_id"],
    )  # fmt: skip


def _put_before_director(row, first, now) -> None:
    if row["broker_id"] == first["broker_id"]:
        return
    known = _run(
        "SELECT 1 FROM collision WHERE binding_id = :binding AND referral_id = :referral AND handled_at IS NULL",
        binding=first["binding_id"], referral=row["referral_id"],
    ).first()  # fmt: skip
    if known is not None:
        return
    collision = sa.table(
        "collision",
        *(sa.column(name) for name in ("company_id", "project_id", "binding_id", "bound_referral_id")),
        *(sa.column(name) for name in ("referral_id", "occasion", "count", "note")),
        sa.column("place", sa.BigInteger()),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in ("created_at", "last_at")),
    )
    op.get_bind().execute(
        collision.insert().values(
            company_id=first["company_id"],
            project_id=first["project_id"],
            binding_id=first["binding_id"],
            bound_referral_id=first["referral_id"],
            referral_id=row["referral_id"],
            occasion="scan",
            count=1,
            note="",
            place=_OPEN_FIRST + int(now.timestamp() * 1_000_000),
            created_at=now,
            last_at=now,
        )
    )
