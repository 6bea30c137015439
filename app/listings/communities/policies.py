"""Rules of communities: pure, no queries (LST-1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.errors import conflict

NAME_TAKEN = conflict(
    "community.name_taken", _("This district already has a community of this name"), field="name"
)
