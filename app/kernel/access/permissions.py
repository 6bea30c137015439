"""Permissions: one enumeration per resource, so that a typo fails a type check and not a user.

A member's value is the name under which the framework stores the permission (``can_<name>``).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, ClassVar


class Permission(StrEnum):
    """Functions on one resource: ``class PushPermission(Permission, resource="Push")``."""

    resource: ClassVar[str]

    def __init_subclass__(cls, *, resource: str, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.resource = resource


class FilePermission(Permission, resource="File"):
    """Functions on files."""

    READ = "read"


class SavedFilterPermission(Permission, resource="SavedFilter"):
    """Functions on saved filters."""

    USE = "use"
