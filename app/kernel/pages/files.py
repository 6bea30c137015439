"""The files tab of a record, and file downloads in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_appbuilder.baseviews import BaseView, expose
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.kernel.access.current import current_actor
from app.kernel.access.permissions import FilePermission
from app.kernel.files import attachments as files
from app.kernel.files.downloads import content_answer, thumbnail_answer
from app.kernel.pages.elements import Button, FileLink, file_link_html
from app.kernel.pages.formatting import file_size
from app.kernel.pages.routes import permitted
from app.kernel.pages.tabs import TIME, TabColumn, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask import Response

    from app.kernel.errors import Sentence
    from app.kernel.files.attachments import Attachment
    from app.kernel.pages.elements import TableTab


def file_link(row: Attachment) -> FileLink:
    """Return a file as pages show it."""
    return FileLink(
        name=row.name,
        url=url_for("FileView.content", pk=row.id),
        size=row.size,
        thumbnail_url=url_for("FileView.thumbnail", pk=row.id) if row.is_image else "",
    )


class FileView(BaseView):
    """``/files/…`` for pages."""

    route_base = "/files"
    class_permission_name = "File"
    default_view = "content"

    @expose("/<int:pk>", methods=["GET"])
    @permitted(FilePermission.READ)
    def content(self, pk: int) -> Response:
        """Return the file; a picture is displayed unless ``?download`` is given."""
        return content_answer(files.get_file(pk, actor=current_actor()))

    @expose("/<int:pk>/thumbnail", methods=["GET"])
    @permitted(FilePermission.READ)
    def thumbnail(self, pk: int) -> Response:
        """Return the thumbnail."""
        return thumbnail_answer(files.get_file(pk, actor=current_actor()))


def files_table(
    files: Iterable[Attachment],
    *,
    buttons: list[Button],
    remove: Callable[[int, str], list[Button]],
    empty_text: Sentence = "",
) -> TableTab:
    """Return a table of files that the caller has already loaded; ``remove`` makes the button that removes
    one (``Removal.buttons`` of ``app.kernel.api.removals``).
    """
    return table_of(
        files,
        _COLUMNS,
        empty_text or _("No file yet"),
        buttons_of=lambda file: _buttons(file, remove),
        buttons=buttons,
    )


_COLUMNS = (
    TabColumn("name", _("File"), lambda file: file_link_html(file_link(file)), wide=True),
    TabColumn("size", _("Size"), lambda file: file_size(file.size), number=True),
    TabColumn("uploader", _("Added by"), lambda file: file.uploader_name),
    TIME,
)


def _buttons(file: Attachment, remove: Callable[[int, str], list[Button]]) -> list[Button]:
    download = Button(gettext("Download"), url_for("FileView.content", pk=file.id, download=1))
    return [download, *remove(file.id, gettext("Remove “%(name)s”?", name=file.name))]
