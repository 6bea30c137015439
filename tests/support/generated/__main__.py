"""``make docs``: write every generated document."""

from __future__ import annotations

from tests.support.generated.documents import DOCUMENTS
from tests.support.sources import ROOT

if __name__ == "__main__":
    for name, made in DOCUMENTS.items():
        (ROOT / name).write_text(made(), encoding="utf-8")
