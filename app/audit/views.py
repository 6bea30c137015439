"""The operation log as a searchable list for auditors (PLAT-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.audit.models import OperationLog
from app.audit.presentation import changes_of, sentence_with_changes
from app.audit.queries import RECORD_KIND, actor_name, sentence_of, source_label, visible_operations
from app.audit.records import named_records, numbered
from app.kernel.lists.filters import ChoiceFilter, ContainsFilter, DateRangeFilter, EqualsFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor


class OperationLogView(ScopedModelView):
    """The operations of all records: actor, record, time."""

    datamodel = SQLAInterface(OperationLog)
    route_base = "/operation-log"
    class_permission_name = "OperationLog"
    include_route_methods = {"list"}
    scope = staticmethod(visible_operations)
    spec = ListSpec(
        (
            ContainsFilter("actor_name", _("Who"), OperationLog.actor_name),
            ChoiceFilter("record_type", _("Record"), OperationLog.record_type, RECORD_KIND),
            DateRangeFilter("at", _("Time"), OperationLog.at),
            EqualsFilter("request_id", _("Request id"), OperationLog.request_id),
            EqualsFilter("operation", _("Operation code"), OperationLog.operation),
            ContainsFilter("sentence", _("What"), OperationLog.sentence),
        ),
        {"at": OperationLog.at},
        "-at",
    )
    list_title = _("Operation log")
    wide_columns = frozenset({"what"})
    list_columns = ["at", "actor_name", "what", "record", "source"]
    label_columns = {
        "at": _("Time"),
        "actor_name": _("Who"),
        "what": _("What"),
        "record": _("Record"),
        "source": _("From address"),
    }
    formatters_columns = {
        "what": sentence_with_changes,
        "actor_name": actor_name,
        "source": lambda row: source_label(row.source),
        "record": numbered,
    }
    export_values = {"what": lambda row: "; ".join([sentence_of(row), *changes_of(row)])}

    def list_note(self) -> str:
        """Return a notice about what the search cannot find."""
        return gettext(
            "Names and other personal data of the records are encrypted: “What” finds the other words only"
        )

    def cells_of(self, records: Sequence[OperationLog], actor: Actor) -> Mapping[int, Mapping[str, Any]]:
        """Return the records by name, with links to those that the reader may open (OFF-12)."""
        named = named_records(records, actor)
        found = {row.id: named.get((row.record_type, row.record_id)) for row in records}
        return {
            pk: {"record": Markup('<a href="{}">{}</a>').format(one.url, one.name)}
            for pk, one in found.items()
            if one is not None
        }
