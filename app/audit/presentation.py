"""The operation log as a table, on the page of the record that it is about (PLAT-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import select, tuple_

from app.audit.models import OperationLog
from app.audit.permissions import OperationLogPermission
from app.audit.queries import actor_name, erased_placeholder, sentence_of, shown_value, source_label
from app.audit.records import field_label
from app.kernel.pages.elements import Entry
from app.kernel.pages.formatting import local_time
from app.kernel.pages.tabs import DetailTab, TabColumn, one_page, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Select

    from app.kernel.access.permissions import Permission
    from app.kernel.pages.elements import TableTab


def operations_table(subjects: Sequence[tuple[str, int]], page: int) -> TableTab:
    """Return one page of the operations on records that the caller has already loaded, newest first.

    :param subjects: (kind, id) of the record and of those that belong to it.
    """
    statement = _logged(subjects).order_by(OperationLog.at.desc(), OperationLog.id.desc())
    rows, more = one_page(statement, page)
    return table_of(rows, _COLUMNS, _("Nothing happened yet"), more=more)


def _logged(subjects: Sequence[tuple[str, int]]) -> Select[OperationLog]:
    key = tuple_(OperationLog.record_type, OperationLog.record_id)
    return select(OperationLog).where(key.in_(list(subjects)))


def _changes(row: OperationLog) -> str:
    return "; ".join(changes_of(row))


def changes_of(row: OperationLog) -> list[str]:
    """Return what was changed, a line for each field: its label, the value before and after."""
    shown = []
    for field, pair in row.differences.items():
        before_after = " → ".join(shown_value(row.record_type, field, value) or "—" for value in pair)
        label = field_label(row.record_type, field)
        shown.append(
            gettext("%(label)s: %(value)s", label=label, value=before_after) if label else before_after
        )
    return [*shown, *([erased_placeholder()] if row.is_erased else [])]


def sentence_with_changes(row: OperationLog) -> str:
    """Return the sentence; a click on it shows what was changed (OFF-12)."""
    changes = changes_of(row)
    if not changes:
        return sentence_of(row)
    lines = Markup("").join(Markup("<li>{}</li>").format(line) for line in changes)
    return Markup('<details class="log-changes"><summary>{}</summary><ul>{}</ul></details>').format(
        sentence_of(row), lines
    )


def log_entries(rows: Sequence[OperationLog]) -> list[Entry]:
    """Return operations as lines of a timeline."""
    return [
        Entry(actor_name(row), local_time(row.at), meta=_changes(row), what=sentence_of(row)) for row in rows
    ]


_COLUMNS = (
    TabColumn("time", _("Time"), lambda row: row.at),
    TabColumn("who", _("Who"), actor_name),
    TabColumn("what", _("What"), sentence_of, wide=True),
    TabColumn("change", _("Change"), _changes, wide=True),
    TabColumn("source", _("From address"), lambda row: source_label(row.source)),
)


def subject_of(record: Any) -> list[tuple[str, int]]:
    """Return the kind and id under which a record's operations are logged."""
    return [(record.__audit__, record.id)]


def log_tab(
    subjects: Callable[[Any], Sequence[tuple[str, int]]] = subject_of, *, read: Permission | None = None
) -> DetailTab:
    """Return the operation log as a tab of a record's page.

    :param subjects: the records whose operations are listed, as (kind, id); the page's own by default.
    :param read: the permission that a user needs to see the tab, if any.
    """
    return DetailTab(
        "operations",
        _("Operation log"),
        lambda record, page: operations_table(subjects(record), page),
        read,
        lambda record, _actor: _logged(subjects(record)),
    )


LOG_TAB = log_tab()
# For pages that people outside the company open too.
OFFICE_LOG_TAB = log_tab(read=OperationLogPermission.READ)
