"""``/healthz`` and ``/readyz`` (PLAT-13): the process is alive; the process can serve."""

from __future__ import annotations

import os
import shutil
from functools import cache
from typing import TYPE_CHECKING

import structlog
from flask import Response, current_app, jsonify
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.cli.installation import schema_head
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from config import Settings


log = structlog.get_logger("kepan.web")

LEAST_FREE = 32 * 1024 * 1024  # free bytes below which writing is about to fail
_REDIS_SECONDS = 1.0


def init_ready(app: Flask) -> None:
    """Add the two addresses to the application."""
    app.add_url_rule("/healthz", "healthz", _health)
    app.add_url_rule("/readyz", "readyz", _ready)


def _health() -> Response:
    return jsonify(status="ok")


def _ready() -> tuple[Response, int]:
    """Return 200 while nothing prevents serving, otherwise 503.  The reason is for the operator: in the log
    and the doctor.
    """
    hindrances = find_hindrances(current_app.config["KEPAN"])
    if hindrances:
        log.warning("not_ready", hindrances=hindrances)
        return jsonify(status="unavailable"), 503
    return jsonify(status="ready"), 200


def find_hindrances(settings: Settings) -> list[str]:
    """Return why this process cannot serve: ``database``, ``schema``, ``redis``, ``disk``."""
    found = []
    for name, works in _CHECKS.items():
        if not works(settings):
            found.append(name)
        if name == "database" and found:
            return found  # the next query would wait as long again
    return found


def _database_answers(_settings: Settings) -> bool:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        db.session.remove()
        return False
    return True


def _schema_is_newest(_settings: Settings) -> bool:
    try:
        revisions = db.session.scalars(text("SELECT version_num FROM alembic_version")).all()
        db.session.execute(text("SELECT value FROM org_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return list(revisions) == [_head()]


@cache
def _head() -> str:
    return schema_head()


def redis_answers(settings: Settings) -> bool:
    """Return True if Redis responds, or is not configured."""
    if not settings.redis_url:
        return True
    try:
        with Redis.from_url(
            settings.redis_url, socket_connect_timeout=_REDIS_SECONDS, socket_timeout=_REDIS_SECONDS
        ) as client:
            return bool(client.ping())
    except (RedisError, ValueError, OSError):
        return False


def _disk_has_room(settings: Settings) -> bool:
    try:
        free = shutil.disk_usage(settings.data_dir).free
    except OSError:
        return False
    return free >= LEAST_FREE and os.access(settings.data_dir, os.W_OK)


_CHECKS: dict[str, Callable[[Settings], bool]] = {
    "database": _database_answers,
    "schema": _schema_is_newest,
    "redis": redis_answers,
    "disk": _disk_has_room,
}
