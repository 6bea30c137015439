"""Operations on runs of jobs (PLAT-4)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationPage, without_facts
from app.system.jobs.policies import can_stop_job_run
from app.system.jobs.services import stop_job_run
from app.system.permissions import JobPermission

STOP = Operation(
    name="stop",
    label=_("Stop"),
    icon="",
    form=None,
    policy=without_facts(can_stop_job_run),
    service=stop_job_run,
    answer=Answer(_("The run was stopped")),
    page=OperationPage(ask=_("Stop this run?"), in_list=True),
    permission=JobPermission.RUN,
)
