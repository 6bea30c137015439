"""Cells and links that several lists of channel sales share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.pages.formatting import record_address, tag
from app.org.shared.models import Account

if TYPE_CHECKING:
    from app.kernel.access.permissions import Permission


def address_of(view: str, read: Permission, pk: int | None) -> str:
    """Return the address of a record's page; empty without a record, or where the reader may not open it."""
    if pk is None or not current_actor().may(read):
        return ""
    return record_address(f"{view}.show", pk)


def list_of(view: str, read: Permission, **arguments: Any) -> str:
    """Return the address of a filtered list; empty where the reader may not open it."""
    return url_for(f"{view}.list", **arguments) if current_actor().may(read) else ""


def link(text: Any, address: str) -> Any:
    """Link the text to the address if there is one."""
    return Markup('<a href="{}">{}</a>').format(address, text) if address else text


def person_name(pk: int | None) -> str:
    """Return the display name of an account."""
    found = db.session.get(Account, pk) if pk is not None else None
    return found.display_name if found else ""


def in_use_tag(record: Any) -> Markup:
    """Show as a tag whether a project or broker company is in use."""
    return tag(gettext("In use"), "green") if record.active else tag(gettext("Out of use"))
