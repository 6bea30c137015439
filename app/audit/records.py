"""The records that rows of the log are about: by their names, with the addresses of their pages (OFF-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from flask import current_app

from app.audit.queries import RECORD_KIND
from app.kernel.access.permissions import BasicPermission
from app.kernel.pages.answers import records_of
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.audit.models import OperationLog
    from app.kernel.access.actor import Actor


class NamedRecord(NamedTuple):
    """A record as the log names it; without an address where the reader may not open it."""

    name: str
    url: str = ""


def numbered(row: OperationLog) -> str:
    """Return the record by its kind and number, which everybody may read."""
    return f"{RECORD_KIND.label(row.record_type)} #{row.record_id}"


def named_records(rows: Iterable[OperationLog], actor: Actor) -> dict[tuple[str, int], NamedRecord]:
    """Return the records of the rows that the actor may open, one statement for each kind of record."""
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.record_type, set()).add(row.record_id)
    found = {}
    for kind, ids in wanted.items():
        view = view_of_kind(kind)
        if view is None or not actor.has_permission(BasicPermission.READ, view.class_permission_name):
            continue
        for pk, record in records_of(view, ids, actor).items():
            name = f"{RECORD_KIND.label(kind)} {view.record_title(record)}"
            found[kind, pk] = NamedRecord(name, view.record_url(record))
    return found


def view_of_kind(kind: str) -> ScopedModelView | None:
    """Return the view on whose page a kind of record is shown."""
    known: dict[str, ScopedModelView] | None = current_app.extensions.get("kepan_views_by_kind")
    if known is None:
        known = current_app.extensions["kepan_views_by_kind"] = _views_by_kind()
    return known.get(kind)


def _views_by_kind() -> dict[str, ScopedModelView]:
    found: dict[str, ScopedModelView] = {}
    for view in current_app.extensions["appbuilder"].baseviews:
        if isinstance(view, ScopedModelView) and "show" in view.routes():
            found.setdefault(getattr(view.datamodel.obj, "__audit__", ""), view)
    return found


def field_label(kind: str, field: str) -> str:
    """Return the label of a logged field: the one that the record's page has, if any."""
    view = view_of_kind(kind)
    labels: Any = view.label_columns if view is not None else {}
    return str(labels.get(field) or labels.get(field.removesuffix("_id")) or "")
