"""Registration of the business records with the application, subject by subject."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.deals.contracts import setup as contracts
from app.deals.credit import setup as credit
from app.deals.payments import setup as payments

if TYPE_CHECKING:
    from flask import Flask


SUBJECTS: tuple[Any, ...] = (credit, contracts, payments)


def register(app: Flask) -> None:
    """Register all subjects, lower ones first."""
    for subject in SUBJECTS:
        subject.register(app)
