"""The documents that are generated from code and tests; add a new one here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tools.documents import architecture, policies, requirements

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS: dict[str, Callable[[], str]] = {
    architecture.PAGE: architecture.document,
    "docs/policies.md": policies.document,
    "docs/requirements.md": requirements.document,
}
