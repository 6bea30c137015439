"""Jobs in the browser (PLAT-4): their schedule, their runs, and requesting a run now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import flash, redirect, render_template, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from app.kernel.access.current import current_actor
from app.kernel.errors import Denied
from app.kernel.jobs.lease import read_lease
from app.kernel.jobs.registry import JOB
from app.kernel.jobs.runs import JOB_RUN_STATE, JobRun, job_overview, job_runs_waiting
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.elements import Button, Column, ListPage, Row, Tab
from app.kernel.pages.formatting import code_tag, join_html, local_time, tag
from app.kernel.pages.operations import operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.system.jobs.policies import can_request_job_run
from app.system.jobs.services import request_job_run
from app.system.permissions import JobPermission

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from werkzeug.wrappers import Response

    from app.kernel.access.actor import Actor
    from app.kernel.jobs.registry import Job
    from app.kernel.pages.row_buttons import RowOffer


_COLUMNS = {
    "name": _("Job"),
    "state": _("State"),
    "last": _("Last run"),
    "did": _("What it did"),
    "next": _("Next run"),
}


def _tabs(active: str) -> list[Tab]:
    return [
        Tab("jobs", gettext("Jobs"), url_for("JobView.list"), active=active == "jobs"),
        Tab("runs", gettext("Runs"), url_for("JobRunView.list"), active=active == "runs"),
    ]


def _report(run: JobRun) -> str:
    """Return the results of the run, in the user's language; zero counts are left out."""
    done = "; ".join(f"{gettext(what)}: {number}" for what, number in run.report.items() if number)
    return run.error or done or (gettext("Nothing to do") if run.state == "done" else "")


class JobView(BaseView):
    """``/jobs``: every job."""

    route_base = "/jobs"
    class_permission_name = "Job"
    default_view = "list"

    @expose("/", methods=["GET"])
    @permitted(JobPermission.READ)
    def list(self) -> str:
        """List every job with its last run and the time of the next one."""
        may_run = current_actor().may(JobPermission.RUN)
        waiting = job_runs_waiting()
        rows = [
            Row(n, "", _cells(*found), _run_buttons(found[0], waiting) if may_run else [])
            for n, found in enumerate(job_overview(), 1)
        ]
        if not read_lease().held:
            flash(gettext("No runner is working: jobs wait until one is started"), "warning")
        page = ListPage(
            key="Job",
            title=gettext("Jobs"),
            columns=[Column(key, str(title), wide=key == "did") for key, title in _COLUMNS.items()],
            rows=rows,
            total=len(rows),
            shown_total=f"{len(rows):,}",
            total_is_exact=True,
            page=1,
            page_size=100,
            filters=[],
            reset_url="",
            empty_text=gettext("Nothing here yet"),
            tabs=_tabs("jobs"),
            page_sizes=(100,),
        )
        return render_template("kernel/list.html", page=page)

    @expose("/<string:name>/run", methods=["POST"])
    @permitted(JobPermission.RUN)
    def run_now(self, name: str) -> Response:
        """Request a run that starts as soon as the runner can."""
        return _ask(name, dry_run=False)

    @expose("/<string:name>/dry-run", methods=["POST"])
    @permitted(JobPermission.RUN)
    def dry_run(self, name: str) -> Response:
        """Request a dry run, which shows what the job would do."""
        return _ask(name, dry_run=True)


def _state(run: JobRun) -> Any:
    parts = [code_tag(JOB_RUN_STATE, run.state)]
    return join_html([*parts, tag(gettext("Dry run"), "cyan")] if run.dry_run else parts)


def _ask(name: str, *, dry_run: bool) -> Response:
    try:
        request_job_run(name, dry_run=dry_run, actor=current_actor())
    except Denied as error:
        flash(str(error.message), "warning")
    else:
        flash(gettext("Asked for; the run begins within seconds and is recorded below"), "success")
    return redirect(url_for("JobRunView.list"), 303)


def _run_buttons(job: Job, waiting: Collection[tuple[str, bool]]) -> list[Button]:
    """Return the buttons to run the job and to try it; disabled with the reason while such a run waits."""
    offered = (
        (gettext("Run now"), "run_now", "fa-play", False),
        (gettext("Dry run"), "dry_run", "fa-flask", True),
    )
    return [
        Button(
            label,
            url_for(f"JobView.{route}", name=job.name),
            icon,
            "post",
            reason=can_request_job_run(job, waiting, dry_run=dry_run).reason,
        )
        for label, route, icon, dry_run in offered
    ]


def _cells(job: Job, due_at: datetime, last: JobRun | None) -> dict[str, Any]:
    return {
        "name": str(job.label),
        "state": code_tag(JOB_RUN_STATE, last.state if last else None),
        "last": local_time(last.started_at or last.asked_at) if last else "",
        "did": _report(last) if last else "",
        "next": gettext("As soon as there is something") if job.wanted else local_time(due_at),
    }


def _all_runs(_actor: Actor) -> Select[JobRun]:
    """Return all runs: they have no owner, so a user who may see the jobs sees all of them."""
    return select(JobRun)


class JobRunView(ScopedModelView):
    """``/job-runs``: the runs of all jobs."""

    datamodel = SQLAInterface(JobRun)
    route_base = "/job-runs"
    class_permission_name = "Job"
    include_route_methods = {"list"}
    scope = staticmethod(_all_runs)
    spec = ListSpec(
        (
            ChoiceFilter("job", _("Job"), JobRun.job, JOB),
            ChoiceFilter("state", _("State"), JobRun.state, JOB_RUN_STATE),
            DateRangeFilter("asked", _("Time"), JobRun.asked_at),
        ),
        {"asked_at": JobRun.asked_at},
        "-asked_at",
    )
    list_options = (joinedload(JobRun.asked_by),)
    list_title = _("Jobs")
    empty_text = _("No job has run yet")
    list_columns = ["job", "state", "asked_at", "started_at", "seconds", "did", "asked_by"]
    wide_columns = frozenset({"did"})
    number_columns = frozenset({"seconds"})
    label_columns = {
        "job": _("Job"),
        "state": _("State"),
        "asked_at": _("Time"),
        "started_at": _("Began"),
        "seconds": _("Seconds"),
        "did": _("What it did"),
        "asked_by": _("Asked for by"),
    }
    formatters_columns = {
        "job": lambda run: JOB.label(run.job),
        "state": _state,
        "seconds": lambda run: "" if run.milliseconds is None else f"{run.milliseconds / 1000:.1f}",
        "did": _report,
        "asked_by": lambda run: run.asked_by.display_name if run.asked_by else "",
    }

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return operation_offers(self, actor)

    def page_tabs(self, _tab: Any) -> list[Tab]:
        return _tabs("runs")
