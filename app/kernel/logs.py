"""Structured logs without personal data: paths without their query, no bodies, no names (PLAT-13)."""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError


def init_logs(level: str) -> None:
    """One line of JSON per event on standard error."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s")
    # The framework logs user names of failed sign-ins and every view it registers.
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # The scheduler tells of every look at the clock; jobs leave records.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.__stderr__),
        cache_logger_on_first_use=True,
    )


def log_crash(log: Any, event: str, error: BaseException, **facts: object) -> None:
    """Tell of something that went wrong and was survived."""
    log.error(event, **facts, **crash_facts(error))


def crash_facts(error: BaseException) -> dict[str, object]:
    """What the log may say of a crash: its kind and the way to it, never its words.

    Messages carry the values that caused them; a database server's even quote the whole row.
    """
    frames = traceback.extract_tb(error.__traceback__)
    facts: dict[str, object] = {
        "kind": type(error).__name__,
        "stack": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames[-12:]],
    }
    if isinstance(error, DBAPIError):
        diagnostics = getattr(error.orig, "diag", None)
        facts["database_error"] = type(error.orig).__name__
        facts["constraint"] = getattr(diagnostics, "constraint_name", None)
    return facts
