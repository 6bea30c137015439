"""The fields of a company path, by their labels (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.errors import Sentence

LABELS: Mapping[str, Sentence] = {
    "path": _("Company path"),
    "our_code": _("Our code there"),
    "is_default": _("Default path"),
}
# In the log of the customer, whose own fields have the plain names.
LOGGED: Mapping[str, Sentence] = {f"path_{name}": label for name, label in LABELS.items()}
