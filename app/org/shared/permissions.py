"""Permissions on the organisation, its people and its roles (access.md)."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class StaffPermission(Permission, resource="Staff"):
    """Functions on staff."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    ORGANISE = "organise"
    RESET_SECOND_FACTOR = "reset_second_factor"


class OptionsPermission(Permission, resource="Options"):
    """Choices that forms offer."""

    READ = "read"


class CompanyPermission(Permission, resource="Company"):
    """Functions on companies."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"


class DepartmentPermission(Permission, resource="Department"):
    """Functions on departments."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    MOVE = "move"
    DELETE = "delete"


class DistrictPermission(Permission, resource="District"):
    """Functions on districts."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"


class RolePermission(Permission, resource="Role"):
    """Functions on roles."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    PERMISSIONS = "permissions"
    RESET = "reset"
    DELETE = "delete"


class AccountPermission(Permission, resource="Account"):
    """Functions on accounts."""

    READ = "read"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - the name of a function
    RESET_SECOND_FACTOR = "reset_second_factor"
    DISABLE = "disable"
    ENABLE = "enable"
