"""Operations on background runs (PLAT-5)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage, without_facts
from app.system.runs.policies import can_cancel_run
from app.system.runs.services import cancel_run

CANCEL = Operation(
    name="cancel",
    label=_("Cancel"),
    icon="",
    form=None,
    policy=without_facts(can_cancel_run),
    service=cancel_run,
    answer=Answer(_("The run was cancelled")),
    page=OperationPage(ask=_("Cancel this run?"), in_list=True),
    api=OperationApi(summary="Cancels a run: at once while it waits, at its next step while it runs."),
)
