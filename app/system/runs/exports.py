"""Exports that are too long for one request (PLAT-5, PLAT-6)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from flask import url_for

from app.kernel.access.current import current_actor
from app.kernel.exports.lists import file_name
from app.kernel.exports.spreadsheets import XLSX
from app.kernel.exports.views import BackgroundExport, ExportRequest, make_export
from app.system.permissions import BackgroundRunPermission
from app.system.runs.services import Result, keep_result, start_run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.kernel.exports.lists import MadeFile, ProgressMeter


def begin_export(asked: ExportRequest, title: str, actor: Actor) -> BackgroundExport:
    """Start the export of a list in the background.

    :raises Denied: ``run.too_many`` while too many of the actor's runs have not ended.
    """
    run = start_run("export", title=title, arguments=asdict(asked), actor=actor)
    return BackgroundExport(run.id, url_for("RunView.list"))


def write_export(arguments: Mapping[str, Any], actor: Actor, meter: ProgressMeter) -> Result:
    """Write the requested list."""
    title, content = make_export(ExportRequest(**arguments), actor, meter)
    return Result(content, file_name(title), XLSX)


def keep_export(made: MadeFile) -> None:
    """Keep the file of an export that its page waited for, in the download centre (OFF-9)."""
    actor = current_actor()
    if actor.may(BackgroundRunPermission.READ):
        result = Result(made.content, made.name, made.media_type)
        keep_result("export", title=made.title, result=result, actor=actor)
