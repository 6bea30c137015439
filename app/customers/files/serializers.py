"""REST API records of a customer's files (``spec/api.md``)."""

from __future__ import annotations

from typing import TypedDict

from app.kernel.api.files import FileRecord


class FileList(TypedDict):
    """All files of a customer, newest first."""

    items: list[FileRecord]


class AddedFiles(FileList):
    """The files that were added; ``id`` is the first one's."""

    id: int
