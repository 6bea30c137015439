"""Registration of settings, dictionaries, background runs, saved views and jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import lazy_gettext as _

from app.audit.services import ExportRecorder
from app.audit.views import OperationLogView
from app.kernel.access.permissions import ListViewPermission, grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.exports.lists import keep_made_files
from app.kernel.exports.views import ExportRequest, may_export, offer_export, write_beside_while
from app.kernel.files.attachments import register_file_names
from app.kernel.jobs.lease import read_lease
from app.kernel.jobs.registry import Job, daily, every, register_job
from app.kernel.jobs.runner import Worker, register_worker
from app.kernel.pages.batches import register_keeper
from app.kernel.pages.live import declare_live_part
from app.kernel.pages.work import WorkItem, declare_work
from app.kernel.settings.declarations import declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry, add_views
from app.notices.addresses import register_record_page
from app.notices.choices.kinds import NoticeKind, declare_notice_kind
from app.notices.outbox.views import OutboxView
from app.org.roles.names import BACK_OFFICE, CHANNEL_DIRECTOR, CHANNEL_SECRETARY, STORE_MANAGER
from app.system.batches import models as batch_models
from app.system.batches.keeper import Keeper
from app.system.batches.services import KIND
from app.system.batches.views import BatchView
from app.system.batches.work import may_batch, work_on_batch
from app.system.dictionaries.services import code_taken
from app.system.dictionaries.views import DictionaryView
from app.system.jobs.cleanup import expire, remove_abandoned_files, tidy
from app.system.jobs.operations import STOP
from app.system.jobs.policies import RUN_WAITING
from app.system.jobs.views import JobRunView, JobView
from app.system.list_views.services import name_taken
from app.system.list_views.views import ListViewView
from app.system.permissions import (
    BackgroundRunPermission,
    DictionaryPermission,
    JobPermission,
    SettingPermission,
)
from app.system.runs import models, settings
from app.system.runs.api import RunApi
from app.system.runs.executor import has_waiting_runs, recover_runs, run_heartbeats, work
from app.system.runs.exports import begin_export, keep_export, write_export
from app.system.runs.live import RUNS
from app.system.runs.operations import CANCEL
from app.system.runs.queries import result_names
from app.system.runs.services import RunKind, register_kind
from app.system.runs.views import RunView
from app.system.settings.views import SettingsView

if TYPE_CHECKING:
    from flask import Flask


WORK = (
    WorkItem(
        "failed_jobs", _("Failed jobs"), "fa-gears", JobRunView, lambda _a: {"state": "failed"}, "asked"
    ),
    WorkItem(
        "failed_messages",
        _("Messages that could not be sent"),
        "fa-envelope-circle-check",
        OutboxView,
        lambda _actor: {"state": "failed"},
        dated="created",
    ),
    WorkItem(
        "exports",
        _("Exports"),
        "fa-file-export",
        OperationLogView,
        lambda _actor: {"record_type": "export"},
        dated="at",
    ),
)


def register(app: Flask) -> None:
    """Declare the administrator's pages, the download centre and the clean-up jobs."""
    declare_settings(settings)
    declare_dictionaries(models, batch_models)
    _grant()
    refuses("uq_list_view_name_search", name_taken)
    refuses("uq_job_run_waiting", lambda: RUN_WAITING)
    refuses("uq_dictionary_entry_dictionary_code", code_taken)
    register_job(Job("sweep_files", _("Remove abandoned files"), daily(3, 40), remove_abandoned_files))
    register_job(Job("expire_results", _("Remove old files of the download centre"), every(hours=1), expire))
    register_job(Job("tidy", _("Remove what is no longer needed"), daily(3, 20), tidy))
    declare_work(*WORK)
    _register_runs()
    add_operation(JobRunView, None, STOP)
    add_operation(RunView, RunApi, CANCEL)
    add_menu_entry(app, "Download centre", RunView, "fa-download", _("Download centre"))
    add_menu_entry(app, "Settings", SettingsView, "fa-sliders", _("Settings"))
    add_menu_entry(app, "Dictionaries", DictionaryView, "fa-book", _("Dictionaries"))
    add_menu_entry(app, "Jobs", JobView, "fa-clock", _("Jobs"))
    add_views(app, JobRunView, ListViewView, BatchView)
    add_apis(app, RunApi)


def _register_runs() -> None:
    """Declare long work in the background: exports, batches, and the files that they leave."""
    register_worker(Worker("runs", has_waiting_runs, work, recover_runs, run_heartbeats.beat))
    register_file_names(result_names)
    register_kind(
        RunKind(
            "export",
            _("Export"),
            write_export,
            lambda arguments, actor: may_export(ExportRequest(**arguments), actor),
        )
    )
    declare_live_part(RUNS)
    declare_notice_kind(
        NoticeKind("background_run", _("Background runs"), needs=BackgroundRunPermission.READ)
    )
    register_record_page("background_run", lambda _pk: url_for("RunView.list"))
    keep_made_files(keep_export)
    offer_export(OperationLogView, None, ExportRecorder("operation_log.export"), begin_export)
    register_keeper(Keeper())
    register_kind(RunKind(KIND, _("Batch"), work_on_batch, may_batch, goes_on=True, result_url=_result_url))
    register_record_page("batch", lambda pk: url_for("BatchView.show", pk=pk))
    write_beside_while(lambda: read_lease().held)


def _result_url(run_id: int) -> str:
    return url_for("BatchView.of_run", pk=run_id)


def _grant() -> None:
    grant(
        [ListViewPermission.USE],
        BACK_OFFICE,
        label=_("Views of lists"),
        words={"use": _("Use"), "share": _("Share with the department")},
    )
    grant([ListViewPermission.SHARE], [STORE_MANAGER, CHANNEL_DIRECTOR, CHANNEL_SECRETARY])
    grant([JobPermission.READ, JobPermission.RUN], [], label=_("Jobs"), words={"run": _("Run jobs")})
    grant(
        [DictionaryPermission.READ, DictionaryPermission.CREATE, DictionaryPermission.UPDATE],
        [],
        label=_("Dictionaries"),
    )
    grant([SettingPermission.READ, SettingPermission.UPDATE], [], label=_("Settings"))
    grant(
        [BackgroundRunPermission.READ, BackgroundRunPermission.CANCEL],
        BACK_OFFICE,
        label=_("Download centre"),
        words={"cancel": _("Cancel background runs")},
    )
