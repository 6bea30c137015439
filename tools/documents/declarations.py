"""The application's declarations, for documents that are generated without a database."""

from __future__ import annotations

from functools import cache

from flask import Flask

from app.contexts import declare_contexts


@cache
def declare_everything() -> None:
    """Let every context declare its permissions, operations and tables, once a process."""
    declare_contexts(Flask("documents"))
