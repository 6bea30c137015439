"""REST API records of a customer's files (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from app.customers.files.queries import files_of_customer
from app.kernel.api.files import FileRecord, file_record

if TYPE_CHECKING:
    from app.customers.shared.models import Customer


class FileList(TypedDict):
    """All files of a customer, newest first."""

    items: list[FileRecord]


class AddedFiles(FileList):
    """The files that were added; ``id`` is the first one's."""

    id: int


def file_list(customer: Customer) -> FileList:
    """Return the API record of all files of a customer."""
    return {"items": [file_record(row) for row in files_of_customer(customer)]}
