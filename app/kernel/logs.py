"""Structured logs without personal data: paths without their query, no bodies, no names (PLAT-13)."""

from __future__ import annotations

import logging

import structlog


def init_logs(level: str) -> None:
    """One line of JSON per event on standard error."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s %(message)s")
    # The framework logs user names of failed sign-ins and every view it registers.
    logging.getLogger("flask_appbuilder").setLevel(logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
