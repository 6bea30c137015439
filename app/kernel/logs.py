"""Structured logs without personal data: paths without their query, no bodies, no names (PLAT-13)."""

from __future__ import annotations

import logging
import logging.config
import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import DBAPIError

from config import StartError

if TYPE_CHECKING:
    from collections.abc import MutableMapping


def init_logs(level: str) -> None:
    """Write one line of JSON per event to standard error, for every logger."""
    if not logging.getLogger().handlers:  # gunicorn configures them itself, and tests have their own
        logging.config.dictConfig(log_configuration(level))
        logging.captureWarnings(capture=True)
        threading.excepthook = _log_thread_crash
    # The framework logs user names of failed sign-ins and every view it registers.
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # The scheduler logs every look at the clock; jobs have records of their own.
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


def log_configuration(level: str) -> dict[str, Any]:
    """Return the configuration of Python's logging, for libraries and servers: their lines are JSON like
    ours.
    """
    to_stderr = {"level": level, "handlers": ["stderr"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonFormatter}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}
        },
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {"gunicorn.error": to_stderr, "gunicorn.access": to_stderr},
    }


class JsonFormatter(structlog.stdlib.ProcessorFormatter):
    """A library's line as JSON; of an exception its type and traceback, without its message."""

    def __init__(self) -> None:
        super().__init__(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _exception_facts,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )


def _exception_facts(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    found = event.pop("exc_info", None)
    error = found[1] if isinstance(found, tuple) else None
    if isinstance(error, StartError):
        event["reason"] = error.format_message()  # says what to do, and contains no personal data
    elif error is not None:
        event.update(crash_facts(error))
    return event


def _log_thread_crash(arguments: threading.ExceptHookArgs) -> None:
    """Log a line, not a traceback, for a thread that ends with an exception."""
    if arguments.exc_value is not None:
        log_crash(structlog.get_logger("kepan"), "thread_crashed", arguments.exc_value)


def log_crash(log: Any, event: str, error: BaseException, **facts: object) -> None:
    """Log an error that the process survived."""
    log.error(event, **facts, **crash_facts(error))


def crash_facts(error: BaseException) -> dict[str, object]:
    """Return what the log may contain of a crash: its type and traceback, never its message.

    Messages contain the values that caused them; a database server's even quote the whole row.
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
