"""Permissions on settings, dictionaries, background runs, views of lists and jobs."""

from __future__ import annotations

from app.kernel.access.permissions import Permission


class JobPermission(Permission, resource="Job"):
    """Functions on jobs."""

    READ = "read"
    RUN = "run"


class DictionaryPermission(Permission, resource="Dictionary"):
    """Functions on dictionaries."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"


class SettingPermission(Permission, resource="Setting"):
    """Functions on settings."""

    READ = "read"
    UPDATE = "update"


class BackgroundRunPermission(Permission, resource="BackgroundRun"):
    """Functions on background runs."""

    READ = "read"
    CANCEL = "cancel"
