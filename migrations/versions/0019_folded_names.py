"""Companies and projects are unique by their folded names

Revision 0019, after 0018.
"""

import sqlalchemy as sa
from alembic import op

from app.kernel.database.derived import BYTES
from app.kernel.folding import search_key

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("company", "project"):
        op.add_column(table, sa.Column("name_search", BYTES, nullable=False, server_default=sa.text("''")))
    _fill("company", "id, 0 AS place, name")
    _fill("project", "id, company_id AS place, name")
    op.create_index("uq_company_name_search", "company", ["name_search"], unique=True)
    op.create_index("uq_project_name_search", "project", ["company_id", "name_search"], unique=True)


def downgrade() -> None:
    op.drop_index("uq_project_name_search", table_name="project")
    op.drop_index("uq_company_name_search", table_name="company")
    for table in ("project", "company"):
        op.drop_column(table, "name_search")


def _fill(table, columns) -> None:
    """Later rows of the same folded name keep their names, with a key of their own until they are renamed."""
    seen = set()
    connection = op.get_bind()
    for row in connection.execute(sa.text(f"SELECT {columns} FROM {table} ORDER BY id")).all():  # noqa: S608
        key = search_key(row.name)
        if (row.place, key) in seen:
            key = f"{key} {row.id}"
        seen.add((row.place, key))
        statement = sa.text(f"UPDATE {table} SET name_search = :key WHERE id = :id")  # noqa: S608
        connection.execute(statement, {"key": key, "id": row.id})
