"""Policies of dictionaries: pure rules, no queries (PLAT-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.errors import ALLOW, Decision, conflict

if TYPE_CHECKING:
    from app.kernel.settings.dictionaries import Dictionary


def can_edit_dictionary(dictionary: Dictionary) -> Decision:
    """PLAT-7: codes that states and rules depend on are fixed."""
    if dictionary.editable:
        return ALLOW
    return conflict("dictionary.fixed", _("The program's rules depend on these entries; they are fixed"))
