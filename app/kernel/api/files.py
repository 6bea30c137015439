"""File downloads: only what the user can open, never as one of our pages (PLAT-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask import url_for

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import FilePermission
from app.kernel.api.base import KepanApi, endpoint, iso
from app.kernel.api.base import expose as expose_api
from app.kernel.api.schemas import Moment
from app.kernel.files import attachments as files
from app.kernel.files.downloads import content_answer

if TYPE_CHECKING:
    from flask import Response

    from app.kernel.files.attachments import Attachment


class FileRecord(TypedDict):
    """A file of a record; ``url`` is the address of its content."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    uploader: str
    url: str
    created_at: Moment | None


def file_record(row: Attachment) -> FileRecord:
    """Return a file as the API shows it."""
    return {
        "id": row.id,
        "name": row.name,
        "media_type": row.media_type,
        "size": row.size,
        "sha256": row.sha256,
        "uploader": row.uploader_name,
        "url": url_for("FileApi.content", pk=row.id),
        "created_at": iso(row.created_at),
    }


class FileApi(KepanApi):
    """``/api/v1/files``."""

    route_base = "/api/v1/files"
    class_permission_name = "File"

    @expose_api("/<int:pk>", methods=["GET"])
    @endpoint(FilePermission.READ, returns="*/*")
    def content(self, pk: int) -> Response:
        """Returns the content of a file whose record the caller can open."""
        return content_answer(files.get_file(pk, actor=current_actor()))
