"""Registration of listings with the application, subject by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.listings.communities import setup as communities
from app.listings.homes import setup as homes
from app.listings.matching import setup as matching

if TYPE_CHECKING:
    from flask import Flask


SUBJECTS: tuple[Any, ...] = (communities, homes, matching)


def register(app: Flask) -> None:
    """Register all subjects, lower ones first."""
    for subject in SUBJECTS:
        subject.register(app)
