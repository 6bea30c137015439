"""The floor: the raw driver, one statement of eight columns, a small template, nobody signed in.

A page that anybody would ship does more; the ratio to this one says what the product's own work costs.  Each
thread keeps its connection to the database open.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask, render_template_string, request

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = os.environ["KEPAN_DATABASE_URL"]
IS_SQLITE = URL.startswith("sqlite")
SIZE = 20
_COLUMNS = """c.id, c.code, c.name, c.phone_masked, c.follow_status, o.name AS owner, d.name AS department,
 c.created_at"""
_TABLES = "customer c LEFT JOIN staff o ON o.id = c.owner_id JOIN department d ON d.id = c.department_id"
_LIST = """<!doctype html><title>Customers</title><table>{% for row in rows %}<tr>{% for value in row %}
<td>{{ value }}</td>{% endfor %}</tr>{% endfor %}</table>"""
_DETAIL = """<!doctype html><title>{{ one[2] }}</title><dl>{% for value in one %}<dd>{{ value }}</dd>{% endfor %}
</dl><ul>{% for at, content in notes %}<li>{{ at }} {{ content }}</li>{% endfor %}</ul>"""

app = Flask(__name__)
_kept = threading.local()


def _rows(statement: str, values: list[Any]) -> list[Any]:
    if not hasattr(_kept, "connection"):
        _kept.connection = (
            sqlite3.connect(URL.removeprefix("sqlite:///"), isolation_level=None)
            if IS_SQLITE
            else psycopg.connect(URL.replace("postgresql+psycopg", "postgresql"), autocommit=True)
        )
    found: list[Any] = _kept.connection.execute(
        statement if IS_SQLITE else statement.replace("?", "%s"), values
    ).fetchall()
    return found


def _conditions(args: Mapping[str, str]) -> tuple[list[str], list[Any]]:
    parts, values = ["c.deleted_at IS NULL"], []
    for name in ("owner_id", "follow_status", "phone_index"):
        if name in args:
            parts.append(f"c.{name} = ?")
            values.append(int(args[name]) if name == "owner_id" else args[name])
    if "departments" in args:
        ids = [int(pk) for pk in args["departments"].split(",")]
        parts.append(f"c.department_id IN ({', '.join('?' * len(ids))})")
        values += ids
    if "name" in args:
        parts.append("c.name LIKE ?")
        values.append(f"%{args['name']}%")
    return parts, values


@app.get("/customers/")
def customers() -> str:
    parts, values = _conditions(request.args)
    values.append((request.args.get("page", 1, type=int) - 1) * SIZE)
    order = f"ORDER BY c.created_at DESC, c.id DESC LIMIT {SIZE} OFFSET ?"
    found = _rows(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE {' AND '.join(parts)} {order}", values)
    return render_template_string(_LIST, rows=found)


@app.get("/customers/<int:pk>")
def customer(pk: int) -> str:
    one = _rows(f"SELECT {_COLUMNS} FROM {_TABLES} WHERE c.id = ?", [pk])[0]
    latest = "SELECT created_at, content FROM follow_up WHERE customer_id = ? ORDER BY created_at DESC, id DESC LIMIT 20"
    return render_template_string(_DETAIL, one=one, notes=_rows(latest, [pk]))
