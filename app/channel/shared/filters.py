"""Filters that several lists of channel sales share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import or_, select

from app.channel.shared.fields import options_url
from app.channel.shared.identity import name_key
from app.kernel.lists.filters import ReferenceFilter, TextFilter
from app.kernel.lists.search import begins, starting
from app.kernel.text import MAX_ID, read_code
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.kernel.access.actor import Actor


_ST = Staff.__table__.c


def name_filter(column: Any) -> TextFilter:
    """Filter by the full name, or its beginning."""
    return TextFilter("name", _("Full name"), lambda text, _actor: starting(column, name_key(text)))


def code_filter(column: Any, label: Any = _("Customer code")) -> TextFilter:  # noqa: B008 - a lazy text
    """Filter by the whole code."""
    return TextFilter("code", label, lambda text, _actor: column == read_code(text))


def staff_filter(name: str, label: Any, column: Any) -> TextFilter:
    """Filter by a colleague's id or name."""

    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        named: ColumnElement[bool] = begins(_ST.name, text)
        if text.isascii() and text.isdigit() and int(text) <= MAX_ID:
            named = or_(_ST.id == int(text), named)
        found: ColumnElement[bool] = column.in_(select(_ST.id).where(named))
        return found

    return TextFilter(name, label, condition)


def reference_filter(
    name: str, label: Any, column: Any, options: str, name_of: Any, **kwargs: Any
) -> ReferenceFilter:
    """Filter by a record that is chosen by remote search, or that a link sets."""
    return ReferenceFilter(name, label, column, options_url(options), name_of, **kwargs)
