"""The page of progress: whose customers are handed over, and where they stand (HAND-7)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from flask import render_template, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from app.handover.cockpit.permissions import HandoverProgressPermission
from app.handover.cockpit.queries import progress_of_colleagues
from app.handover.handovers.choices import STAGE
from app.kernel.access.current import current_actor
from app.kernel.pages.routes import permitted
from app.kernel.pages.tabs import TabColumn, table_of

if TYPE_CHECKING:
    from typing import Any

    from app.handover.cockpit.queries import Progress

TITLE = _("Progress of handovers")
_LINK = Markup('<a href="{}">{}</a>')


def _list_url(row: Progress, **arguments: Any) -> str:
    return url_for("HandoverView.list", tab="all", former_owner_id=row.staff_id, **arguments)


def _number(stage: str, row: Progress) -> Any:
    number = row.stages[stage]
    return _LINK.format(_list_url(row, stage=stage), number) if number else ""


def _columns() -> list[TabColumn]:
    stages = [
        TabColumn(code, label, partial(_number, code), number=True) for code, label in STAGE.labels.items()
    ]
    return [
        TabColumn("name", _("Former owner"), lambda row: _LINK.format(_list_url(row), row.name)),
        *stages,
        TabColumn("share", _("Share handed over"), lambda row: f"{row.share_done} %", number=True),
        TabColumn("days", _("Days waiting"), lambda row: row.days_waiting, number=True),
    ]


class HandoverProgressView(BaseView):
    """``/handover-progress``: the open handovers of each colleague in scope."""

    route_base = "/handover-progress"
    class_permission_name = "HandoverProgress"
    default_view = "show"
    list_title = TITLE

    @expose("/", methods=["GET"])
    @permitted(HandoverProgressPermission.READ)
    def show(self) -> str:
        """Show how far the handovers of each colleague have come; each number leads to its list."""
        rows = progress_of_colleagues(current_actor())
        table = table_of(rows, _columns(), gettext("Nobody's customers are being handed over"))
        return render_template("handover/progress.html", title=str(TITLE), table=table)
