"""Registration of the business records with the application, subject by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.deals.opportunities import setup as opportunities
from app.deals.quotes import setup as quotes
from app.deals.tickets import setup as tickets

if TYPE_CHECKING:
    from flask import Flask


SUBJECTS: tuple[Any, ...] = (opportunities, tickets, quotes)


def register(app: Flask) -> None:
    """Register all subjects, lower ones first."""
    for subject in SUBJECTS:
        subject.register(app)
