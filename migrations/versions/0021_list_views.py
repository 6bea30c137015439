"""Saved filters become views of lists, with columns, row height and sharing

Revision 0021, after 0020.
"""

from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from alembic import op

from app.kernel.database.derived import BYTES
from app.kernel.folding import search_key

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BEFORE, _AFTER = "SavedFilter", "ListView"  # the resource of the permission
_LONGEST = 30
_READ_FILTERS = "SELECT id, person_id, list_key, name, query, created_at FROM saved_filter ORDER BY id"
_READ_VIEWS = (
    "SELECT id, person_id, list_key, name, query, tab, order_by, created_at FROM list_view WHERE name <> '' "
    "ORDER BY position, id"
)
_WRITE_VIEW = (
    "INSERT INTO list_view (id, person_id, list_key, name, query, created_at, name_search, position, tab,"
    " order_by, columns, density, is_default) VALUES (:id, :person_id, :list_key, :name, :query, :created_at,"
    " :key, :position, :tab, :order_by, '', '', false)"
)
_WRITE_FILTER = (
    "INSERT INTO saved_filter (id, person_id, list_key, name, query, created_at)"
    " VALUES (:id, :person_id, :list_key, :name, :query, :created_at)"
)
_SHARING = (
    "SELECT pv.id FROM ab_permission_view pv JOIN ab_permission p ON p.id = pv.permission_id"
    " JOIN ab_view_menu v ON v.id = pv.view_menu_id WHERE p.name = 'can_share' AND v.name = 'ListView'"
)


def upgrade() -> None:
    op.create_table(
        "list_view",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("list_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=_LONGEST), nullable=False),
        sa.Column("name_search", BYTES, server_default=sa.text("''"), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("tab", sa.String(length=60), nullable=False),
        sa.Column("order_by", sa.String(length=60), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("density", sa.String(length=8), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("density IN ('', 'small')", name=op.f("ck_list_view_density")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["ab_user.id"], name="fk_list_view_person_id_ab_user", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["department.id"],
            name="fk_list_view_department_id_department",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_list_view"),
    )
    _to_views()
    op.drop_table("saved_filter")
    op.create_index(
        "uq_list_view_name_search", "list_view", ["person_id", "list_key", "name_search"], unique=True
    )
    default, shared = sa.text("is_default"), sa.text("department_id IS NOT NULL")
    op.create_index(
        "uq_list_view_default",
        "list_view",
        ["person_id", "list_key"],
        unique=True,
        postgresql_where=default,
        sqlite_where=default,
    )
    op.create_index(
        "ix_list_view_department",
        "list_view",
        ["department_id", "list_key"],
        postgresql_where=shared,
        sqlite_where=shared,
    )
    _rename_resource(_BEFORE, _AFTER)


def downgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("list_key", sa.String(length=60), nullable=False),
        sa.Column("name", sa.String(length=_LONGEST), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["ab_user.id"], name="fk_saved_filter_person_id_ab_user", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_saved_filter"),
        sa.UniqueConstraint("person_id", "list_key", "name", name="uq_saved_filter_person_id_list_key_name"),
    )
    _to_filters()
    op.drop_table("list_view")
    _forget_sharing()
    _rename_resource(_AFTER, _BEFORE)


def _to_views() -> None:
    """Filters keep their name, tab and order; where two names are the same when folded, the later gets a
    number.
    """
    seen, places, connection = set(), {}, op.get_bind()
    write = sa.text(_WRITE_VIEW)
    for row in connection.execute(sa.text(_READ_FILTERS)).mappings().all():
        owner = row["person_id"], row["list_key"]
        places[owner] = places.get(owner, 0) + 1
        name = _free_name(row["name"], row["id"], {key for *who, key in seen if tuple(who) == owner})
        seen.add((*owner, search_key(name)))
        query, tab, order = _split(row["query"])
        values = {"name": name, "key": search_key(name), "position": places[owner]}
        connection.execute(write, {**row, **values, "query": query, "tab": tab, "order_by": order})
    _continue_numbers("list_view")


def _to_filters() -> None:
    """Views keep what a filter can keep; one without filter and order is left out."""
    connection = op.get_bind()
    write = sa.text(_WRITE_FILTER)
    for row in connection.execute(sa.text(_READ_VIEWS)).mappings().all():
        ordered = [("tab", row["tab"]), ("order_by", row["order_by"])]
        query = urlencode([*parse_qsl(row["query"]), *(pair for pair in ordered if pair[1])])
        if row["query"] or row["order_by"]:
            connection.execute(write, {**row, "query": query})
    _continue_numbers("saved_filter")


def _split(query) -> tuple[str, str, str]:
    pairs = parse_qsl(query)
    last = dict(pairs)
    rest = [pair for pair in pairs if pair[0] not in {"tab", "order_by"}]
    return urlencode(rest), last.get("tab", ""), last.get("order_by", "")


def _free_name(name, pk, taken) -> str:
    """Return the name, or one with a number where its folded form is taken or empty."""
    if search_key(name) and search_key(name) not in taken:
        return name
    return f"{name[: _LONGEST - len(str(pk)) - 1]} {pk}"


def _continue_numbers(table) -> None:
    """PostgreSQL gives the next row a number of its own sequence."""
    if op.get_bind().dialect.name == "postgresql":
        sequence = f"pg_get_serial_sequence('{table}', 'id')"
        op.execute(f"SELECT setval({sequence}, coalesce(max(id), 0) + 1, false) FROM {table}")  # noqa: S608


def _rename_resource(before, after) -> None:
    """Who could use the one may use the other: also in roles that an administrator changed."""
    given = {"before": before, "after": after}
    op.get_bind().execute(
        sa.text(
            "UPDATE ab_view_menu SET name = :after WHERE name = :before"
            " AND NOT EXISTS (SELECT 1 FROM ab_view_menu AS taken WHERE taken.name = :after)"
        ),
        given,
    )
    op.get_bind().execute(
        sa.text("UPDATE delivered_grant SET resource = :after WHERE resource = :before"), given
    )


def _forget_sharing() -> None:
    """The older program knows no function of that name on the resource."""
    op.execute(f"DELETE FROM ab_permission_view_role WHERE permission_view_id IN ({_SHARING})")  # noqa: S608
    op.execute(f"DELETE FROM ab_permission_view WHERE id IN ({_SHARING})")  # noqa: S608
    op.execute("DELETE FROM delivered_grant WHERE permission = 'can_share' AND resource = 'ListView'")
