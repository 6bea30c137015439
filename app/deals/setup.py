"""Registration of the business records with the application, subject by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


SUBJECTS: tuple[Any, ...] = ()


def register(app: Flask) -> None:
    """Register all subjects, lower ones first."""
    for subject in SUBJECTS:
        subject.register(app)
