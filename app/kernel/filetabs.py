"""The files of a record as a tab of its detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for
from flask_babel import gettext

from app.kernel.fileviews import file_link
from app.kernel.pages import Button, Column, Row, TableTab, file_face, file_size, local_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from app.kernel.errors import Sentence
    from app.kernel.files import Attachment


def files_table(
    files: Iterable[Attachment],
    *,
    buttons: list[Button],
    remove_url: Callable[[Attachment], str] | None,
    empty_text: Sentence = "",
) -> TableTab:
    """Files that the caller has reached already; ``remove_url`` is given where the person may remove them."""
    columns = [
        Column("name", gettext("File"), wide=True),
        Column("size", gettext("Size"), number=True),
        Column("uploader", gettext("Added by")),
        Column("time", gettext("Time")),
    ]
    rows = [_row(one, remove_url) for one in files]
    return TableTab(columns, rows, str(empty_text) or gettext("No file yet"), buttons=buttons)


def _row(row: Attachment, remove_url: Callable[[Attachment], str] | None) -> Row:
    cells = {
        "name": file_face(file_link(row)),
        "size": file_size(row.size),
        "uploader": row.uploader_name,
        "time": local_time(row.created_at),
    }
    buttons = [Button(gettext("Download"), url_for("FileView.content", pk=row.id, download=1))]
    if remove_url is not None:
        ask = gettext("Remove “%(name)s”?", name=row.name)
        buttons.append(Button(gettext("Remove"), remove_url(row), mode="post", ask=ask, danger=True))
    return Row(row.id, "", cells, buttons)
