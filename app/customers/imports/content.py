"""The sheets of an import as they were read, kept encrypted beside the batch (ACC-9)."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

from app.kernel.errors import NotFound
from app.kernel.files.storage import storage
from app.kernel.keys import keys
from app.kernel.sheets.tables import Cell, Row, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.customers.imports.models import ImportBatch


def keep_sheets(sheets: Sequence[Sheet]) -> str:
    """Keep the sheets in the current transaction; return their name."""
    written = [
        {
            "name": sheet.name,
            "visible": sheet.is_visible,
            "merged": sheet.merged,
            "hidden": sorted(sheet.hidden_columns),
            "rows": [
                [row.number, row.is_hidden, [[place, *cell] for place, cell in sorted(row.cells.items())]]
                for row in sheet.rows
            ],
        }
        for sheet in sheets
    ]
    packed = gzip.compress(json.dumps(written, separators=(",", ":")).encode(), 1)
    return storage().keep(io.BytesIO(keys().fernet.encrypt(packed)))


def sheets_of(batch: ImportBatch) -> list[Sheet]:
    """Return the sheets of a batch.

    :raises NotFound: when they were removed.
    """
    if batch.content_name is None:
        raise NotFound
    try:
        sealed = b"".join(storage().read(batch.content_name))
    except FileNotFoundError:
        raise NotFound from None
    return [
        Sheet(
            one["name"],
            one["visible"],
            [
                Row(number, hidden, {place: Cell(kind, text) for place, kind, text in cells})
                for number, hidden, cells in one["rows"]
            ],
            one["merged"],
            frozenset(one["hidden"]),
        )
        for one in json.loads(gzip.decompress(keys().fernet.decrypt(sealed)))
    ]
