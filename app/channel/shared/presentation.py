"""Cells and links that several lists of channel sales share."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from app.kernel.access.current import current_actor
from app.kernel.database.session import db
from app.kernel.pages.addresses import record_address
from app.kernel.pages.formatting import tag
from app.org.shared.models import Account


def address_of(view: str, resource: str, pk: int | None) -> str:
    """Where a record's page is; empty without a record, or where it is not for this person."""
    if pk is None or not current_actor().has_permission("read", resource):
        return ""
    return record_address(f"{view}.show", pk)


def list_of(view: str, resource: str, **arguments: Any) -> str:
    """Where a list's page is, narrowed; empty where it is not for this person."""
    return url_for(f"{view}.list", **arguments) if current_actor().has_permission("read", resource) else ""


def link(text: Any, address: str) -> Any:
    """The text, leading to the address if there is one."""
    return Markup('<a href="{}">{}</a>').format(address, text) if address else text


def person_name(pk: int | None) -> str:
    """Whose account it is."""
    found = db.session.get(Account, pk) if pk is not None else None
    return found.display_name if found else ""


def in_use_tag(record: Any) -> Markup:
    """A project or broker company in use, or out of it."""
    return tag(gettext("In use"), "green") if record.active else tag(gettext("Out of use"))
