"""The operation that adds files to a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.files import forms
from app.customers.files.serializers import AddedFiles
from app.customers.files.services import add_files
from app.customers.shared.operations import tab_url
from app.customers.shared.policies import can_edit_basics
from app.kernel.api.files import file_record
from app.kernel.api.operations import CREATED
from app.kernel.pages.form_page import finish
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.kernel.files.attachments import Attachment


def _added_files(made: list[Attachment]) -> AddedFiles:
    return {"id": made[0].id, "items": [file_record(row) for row in made]}


ADD_FILES = Operation(
    name="add_files",
    label=_("Add files"),
    icon="fa-paperclip",
    form=forms.FilesForm,
    policy=can_edit_basics,
    service=add_files,
    page=OperationPage(
        submit_label=_("Add"),
        done=lambda made: finish(tab_url(made[0].subject_id, "files")),
        in_head=False,
    ),
    api=OperationApi(
        path="files",
        summary="Add files, as multipart/form-data (CUST-2).",
        answer=_added_files,
        returns=AddedFiles,
        status=CREATED,
    ),
)
