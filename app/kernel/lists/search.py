"""Text search by a part of the text, as it is shown: width, case, blanks and name dots do not matter
(PLAT-18).

One rule, :func:`app.kernel.folding.search_key`, is applied to both sides.  Names in long lists keep their
search key in a column (:func:`searched_by`); in small or rarely searched tables the key is computed by the
database: by the same function on SQLite, by PostgreSQL's own on PostgreSQL.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, func, literal, literal_column

from app.kernel.database.derived import searched_partner
from app.kernel.database.session import is_postgres
from app.kernel.folding import LEFT_OUT, search_key

_LAST = "\U0010ffff"  # sorts after every letter


def starting(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a text begins exactly so, written so that each database uses an index.

    PostgreSQL: an index with ``text_pattern_ops``.  SQLite's LIKE ignores case and so uses none.
    """
    if is_postgres():
        found: ColumnElement[bool] = column.startswith(text, autoescape=True)
        return found
    return and_(column >= text, column < text + _LAST)


def begins(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that the name begins with the text, as it is shown; uses the index of its search
    key.

    :raises TypeError: when the table has no search key of the column.
    """
    partner = searched_partner(column)
    if partner is None:
        message = f"{column} has no search key; declare one with searched_by()"
        raise TypeError(message)
    key = search_key(text)
    return starting(partner, key) if key else starting(column, text)


def contains(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that the text is part of the column's value."""
    key, partner = search_key(text), searched_partner(column)
    found: ColumnElement[bool]
    if not key:  # only dots or blanks: compared exactly
        found = column.contains(text, autoescape=True)
    elif partner is not None:
        found = partner.contains(key, autoescape=True)
    elif is_postgres():
        found = func.strpos(_in_postgres(column), _in_postgres(literal(text, Text()))) > 0
    else:
        found = func.instr(func.kepan_search_key(column), key) > 0
    return found


def _in_postgres(text: Any) -> ColumnElement[str]:
    normal = func.normalize(text, literal_column("NFKC"))
    return func.translate(func.lower(normal), LEFT_OUT, "")


def is_found(text: str, typed: str) -> bool:
    """Return the same for texts in memory."""
    return search_key(typed) in search_key(text)
