"""The operations that add files to a customer and remove one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.customers.files import forms
from app.customers.files.serializers import AddedFiles, FileList, file_list
from app.customers.files.services import add_files, remove_file
from app.customers.shared.operations import tab_url
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.policies import can_edit_basics
from app.customers.shared.queries import get_customer
from app.kernel.access.current import current_actor
from app.kernel.api.files import file_record
from app.kernel.api.operations import CREATED
from app.kernel.api.removals import Removal, RemovalApi
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage

if TYPE_CHECKING:
    from app.kernel.files.attachments import Attachment


def _added_files(made: list[Attachment]) -> AddedFiles:
    return {"id": made[0].id, "items": [file_record(row) for row in made]}


def _files_left(removed: Attachment) -> FileList:
    return file_list(get_customer(removed.subject_id, actor=current_actor()))


ADD_FILES = Operation(
    name="add_files",
    label=_("Add files"),
    icon="fa-paperclip",
    form=forms.FilesForm,
    policy=can_edit_basics,
    service=add_files,
    answer=Answer(_("Files were added to %(name)s")),
    page=OperationPage(
        submit_label=_("Add"),
        goes_to=lambda made: tab_url(made[0].subject_id, "files"),
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
REMOVE_FILE = Removal(
    permission=CustomerPermission.REMOVE_FILE,
    label=_("Remove"),
    parts="files",
    key="file_id",
    policy=can_edit_basics,
    service=remove_file,
    tab="files",
    done=Answer(_("A file of %(name)s was removed")),
    api=RemovalApi(
        summary="Remove a file; answers those that are left.",
        answer=_files_left,
        returns=FileList,
    ),
)
