"""Handing out files: only what the person can open, never as a page of ours (PLAT-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask import request, url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import lazy_gettext as _

from app.kernel import files
from app.kernel.api import KepanApi, endpoint, iso
from app.kernel.api import expose as expose_api
from app.kernel.current import current_actor
from app.kernel.downloads import file_answer
from app.kernel.errors import NotFound
from app.kernel.grants import BACK_OFFICE, grant
from app.kernel.pages import FileLink
from app.kernel.schemas import Moment
from app.kernel.storage import storage
from app.kernel.transactions import end_reading
from app.kernel.views import permitted

if TYPE_CHECKING:
    from flask import Response

    from app.kernel.files import Attachment

grant("File", ["read"], BACK_OFFICE, label=_("Files"))

# Whatever the content turns out to be, a browser runs nothing of it.
_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'"


class FileRecord(TypedDict):
    """A file of a record; ``url`` answers its content."""

    id: int
    name: str
    media_type: str
    size: int
    sha256: str
    uploader: str
    url: str
    created_at: Moment | None


def file_record(row: Attachment) -> FileRecord:
    """A file as the API shows it."""
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


def file_link(row: Attachment) -> FileLink:
    """A file as pages show it."""
    return FileLink(
        name=row.name,
        url=url_for("FileView.content", pk=row.id),
        size=row.size,
        thumbnail_url=url_for("FileView.thumbnail", pk=row.id) if row.is_image else "",
    )


def _answer(row: Attachment, name: str, *, size: int | None, inline: bool) -> Response:
    end_reading()
    try:
        pieces = storage().read(name)
    except FileNotFoundError:
        raise NotFound from None
    answer = file_answer(pieces, row.media_type, row.name, size=size, inline=inline)
    answer.headers["Content-Security-Policy"] = _POLICY
    return answer


def content_answer(row: Attachment) -> Response:
    """The file; a picture is shown, unless ``?download`` asks otherwise."""
    inline = row.is_image and "download" not in request.args
    return _answer(row, row.storage_name, size=row.size, inline=inline)


def thumbnail_answer(row: Attachment) -> Response:
    """The small picture.

    :raises NotFound: for what is no picture.
    """
    if row.thumbnail_name is None:
        raise NotFound
    return _answer(row, row.thumbnail_name, size=None, inline=True)


class FileView(BaseView):
    """``/files/…`` for pages."""

    route_base = "/files"
    class_permission_name = "File"
    default_view = "content"

    @expose("/<int:pk>", methods=["GET"])
    @permitted("read")
    def content(self, pk: int) -> Response:
        """The file; a picture is shown, unless ``?download`` asks otherwise."""
        return content_answer(files.get_file(pk, actor=current_actor()))

    @expose("/<int:pk>/thumbnail", methods=["GET"])
    @permitted("read")
    def thumbnail(self, pk: int) -> Response:
        """The small picture."""
        return thumbnail_answer(files.get_file(pk, actor=current_actor()))


class FileApi(KepanApi):
    """``/api/v1/files``."""

    route_base = "/api/v1/files"
    class_permission_name = "File"

    @expose_api("/<int:pk>", methods=["GET"])
    @endpoint("read", returns="*/*")
    def content(self, pk: int) -> Response:
        """The content of a file of a record that the caller can open."""
        return content_answer(files.get_file(pk, actor=current_actor()))
