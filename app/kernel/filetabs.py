"""The files of a record as a tab of its detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.kernel.fileviews import file_link
from app.kernel.pages import Button, file_link_html, file_size
from app.kernel.tabs import TIME, TabColumn, table_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.kernel.errors import Sentence
    from app.kernel.files import Attachment
    from app.kernel.pages import TableTab


def files_table(
    files: Iterable[Attachment],
    *,
    buttons: list[Button],
    remove_url: Callable[[Attachment], str] | None,
    empty_text: Sentence = "",
) -> TableTab:
    """Files that the caller has reached already; ``remove_url`` is given where the person may remove them."""
    return table_of(
        files,
        _COLUMNS,
        empty_text or _("No file yet"),
        buttons_of=lambda file: _buttons(file, remove_url),
        buttons=buttons,
    )


_COLUMNS = (
    TabColumn("name", _("File"), lambda file: file_link_html(file_link(file)), wide=True),
    TabColumn("size", _("Size"), lambda file: file_size(file.size), number=True),
    TabColumn("uploader", _("Added by"), lambda file: file.uploader_name),
    TIME,
)


def _buttons(file: Attachment, remove_url: Callable[[Attachment], str] | None) -> list[Button]:
    buttons = [Button(gettext("Download"), url_for("FileView.content", pk=file.id, download=1))]
    if remove_url is not None:
        ask = gettext("Remove “%(name)s”?", name=file.name)
        buttons.append(Button(gettext("Remove"), remove_url(file), mode="post", ask=ask, danger=True))
    return buttons
