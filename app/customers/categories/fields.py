"""Form fields for categories (CUST-24)."""

from __future__ import annotations

from typing import Any

from flask import url_for

from app.customers.categories.queries import category_name, category_names
from app.kernel.fields.choices import ReferenceField, ReferencesField


def _options() -> str:
    return url_for("CategoryView.options")


def category_field(label: Any, validators: list[Any], **kwargs: Any) -> ReferenceField:
    """Return a field for a category."""
    return ReferenceField(label, validators, url=_options, name_of=category_name, **kwargs)


def categories_field(label: Any, validators: list[Any], **kwargs: Any) -> ReferencesField:
    """Return a field for several categories."""
    return ReferencesField(label, validators, url=_options, names_of=category_names, **kwargs)
