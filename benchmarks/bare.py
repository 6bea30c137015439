"""The lower bound: a bare Flask page for each question, with obvious SQL and a small Jinja table, without
sign-in.

It reads the same database as the product, without the product's code.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from flask import Flask, render_template_string, request
from sqlalchemy import create_engine, event, text

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = os.environ["KEPAN_DATABASE_URL"]
SIZE = 20

app = Flask(__name__)
engine = create_engine(URL, pool_size=2)
POSTGRES = engine.dialect.name == "postgresql"
if not POSTGRES:

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA cache_size=-65536")


COLUMNS = """c.id, c.code, c.name, c.phone_masked, c.follow_status, c.pool, o.name AS owner, h.name AS handler,
 p.name AS holder, c.last_follow_up_at, c.next_contact_at, c.grade, c.deal_status, d.name AS department, c.created_at"""
JOINS = """customer c LEFT JOIN staff o ON o.id = c.owner_id LEFT JOIN staff h ON h.id = c.handler_id
 LEFT JOIN staff p ON p.id = c.private_holder_id JOIN department d ON d.id = c.department_id"""
LIST = """<!doctype html><html><head><meta charset="utf-8"><title>Customers</title></head><body>
<p>{{ total }}</p><table>{% for r in rows %}<tr>{% for v in r %}<td>{{ v if v is not none else '' }}</td>{% endfor %}
<td><a href="/customers/{{ r.id }}">open</a></td></tr>{% endfor %}</table></body></html>"""
DETAIL = """<!doctype html><html><head><meta charset="utf-8"><title>{{ c.name }}</title></head><body><dl>
{% for k, v in c._mapping.items() %}<dt>{{ k }}</dt><dd>{{ v if v is not none else '' }}</dd>{% endfor %}</dl><ul>
{% for f in follow_ups %}<li>{{ f.created_at }} {{ f.author }} {{ f.method }} {{ f.content }}</li>{% endfor %}</ul>
</body></html>"""


def _where(args: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    parts, values = ["c.deleted_at IS NULL"], {}
    if "departments" in args:
        values = {f"d{n}": int(pk) for n, pk in enumerate(args["departments"].split(","))}
        parts.append(f"c.department_id IN ({', '.join(f':{name}' for name in values)})")
    for name in ("owner_id", "follow_status", "phone_index"):
        if name in args:
            values[name] = int(args[name]) if name == "owner_id" else args[name]
            parts.append(f"c.{name} = :{name}")
    if "name" in args:
        values["name"] = f"%{args['name']}%"
        parts.append("(c.name LIKE :name OR c.short_name LIKE :name)")
    return " AND ".join(parts), values


@app.get("/customers/")
def customers() -> str:
    where, values = _where(request.args)
    values |= {"size": SIZE, "skip": (int(request.args.get("page", 1)) - 1) * SIZE}
    page = f"SELECT {COLUMNS} FROM {JOINS} WHERE {where} ORDER BY c.created_at DESC, c.id DESC LIMIT :size OFFSET :skip"
    count = f"SELECT count(*) FROM (SELECT 1 FROM customer c WHERE {where} LIMIT 10001) x"
    with engine.connect() as connection:
        rows = connection.execute(text(page), values).all()
        total = connection.scalar(text(count), values)
    return render_template_string(LIST, rows=rows, total=total)


@app.get("/customers/<int:pk>")
def customer(pk: int) -> str:
    with engine.connect() as connection:
        found = connection.execute(
            text(f"SELECT {COLUMNS}, c.* FROM {JOINS} WHERE c.id = :pk"), {"pk": pk}
        ).one()
        follow_ups = connection.execute(
            text(
                "SELECT f.created_at, s.name AS author, f.method, f.content FROM follow_up f "
                "JOIN staff s ON s.id = f.author_id WHERE f.customer_id = :pk "
                "ORDER BY f.created_at DESC, f.id DESC LIMIT 21"
            ),
            {"pk": pk},
        ).all()
    return render_template_string(DETAIL, c=found, follow_ups=follow_ups)
