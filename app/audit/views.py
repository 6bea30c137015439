"""The operation log as a searchable list for auditors (PLAT-1)."""

from __future__ import annotations

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.audit.models import OperationLog
from app.audit.queries import sentence_of, visible_operations
from app.kernel.filters import ContainsFilter, DateRangeFilter, EqualsFilter
from app.kernel.grants import AUDITOR, grant
from app.kernel.lists import ListSpec
from app.kernel.views import ScopedModelView

grant("OperationLog", ["read"], [AUDITOR])


class OperationLogView(ScopedModelView):
    """Who did what to which record."""

    datamodel = SQLAInterface(OperationLog)
    route_base = "/operation-log"
    class_permission_name = "OperationLog"
    include_route_methods = {"list"}
    scope = staticmethod(visible_operations)
    spec = ListSpec(
        (
            EqualsFilter("actor_name", _("Who"), OperationLog.actor_name),
            EqualsFilter("operation", _("Operation"), OperationLog.operation),
            DateRangeFilter("at", _("Time"), OperationLog.at),
            EqualsFilter("request_id", _("Request id"), OperationLog.request_id),
            ContainsFilter("sentence", _("What"), OperationLog.sentence),
        ),
        {"at": OperationLog.at},
        "-at",
    )
    list_title = _("Operation log")
    list_columns = ["at", "actor_name", "what", "operation", "record", "source"]
    wide_columns = frozenset({"what"})
    label_columns = {
        "at": _("Time"),
        "actor_name": _("Who"),
        "what": _("What"),
        "operation": _("Operation"),
        "record": _("Record"),
        "source": _("From"),
    }
    formatters_columns = {
        "what": sentence_of,
        "record": lambda row: f"{row.record_type} #{row.record_id}",
    }

    def record_url(self, record: OperationLog) -> str:
        return f"/customers/{record.record_id}" if record.record_type == "customer" else ""
