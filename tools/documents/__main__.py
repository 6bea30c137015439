"""``make docs``: write every generated document."""

from __future__ import annotations

from tests.support.sources import ROOT
from tools.documents.documents import DOCUMENTS

if __name__ == "__main__":
    for name, made in DOCUMENTS.items():
        (ROOT / name).write_text(made(), encoding="utf-8")
