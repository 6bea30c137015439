"""Functions that an administrator may switch off as a whole (CH-27).

While one is off nobody has a permission on its resource: page, menu entry, button, tab and API are gone
together, and what was stored stays.  A change of a setting raises the version that actors are kept under, so
that everybody's permissions follow at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.kernel.settings import Setting

_switches: dict[str, Setting[bool]] = {}


def register_switch(setting: Setting[bool], resource: str) -> None:
    """Say that the setting switches the functions of a resource on and off."""
    _switches[resource] = setting


def without_disabled(permissions: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    """The permissions that are left."""
    off = {resource for resource, setting in _switches.items() if not setting.get()}
    return frozenset(pair for pair in permissions if pair[1] not in off)
