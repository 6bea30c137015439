"""The operation log as a searchable list for auditors (PLAT-1)."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.audit.models import OperationLog
from app.audit.queries import RECORD_KIND, actor_name, sentence_of, source_label, visible_operations
from app.kernel.lists.filters import ChoiceFilter, ContainsFilter, DateRangeFilter, EqualsFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.views import ScopedModelView


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
    list_columns = ["at", "actor_name", "what", "record", "source"]
    wide_columns = frozenset({"what"})
    label_columns = {
        "at": _("Time"),
        "actor_name": _("Who"),
        "what": _("What"),
        "record": _("Record"),
        "source": _("From address"),
    }
    formatters_columns = {
        "what": sentence_of,
        "actor_name": actor_name,
        "source": lambda row: source_label(row.source),
        "record": lambda row: f"{RECORD_KIND.label(row.record_type)} #{row.record_id}",
    }

    def list_note(self) -> str:
        """Return a notice about what the search cannot find."""
        return gettext(
            "Names and other personal data of the records are encrypted: “What” finds the other words only"
        )

    def record_url(self, record: OperationLog) -> str:
        return f"/customers/{record.record_id}" if record.record_type == "customer" else ""
