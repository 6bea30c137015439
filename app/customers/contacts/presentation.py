"""How contacts are shown in tables (CUST-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from markupsafe import Markup

from app.kernel.pages.formatting import join_html, record_address, tag

if TYPE_CHECKING:
    from app.customers.contacts.models import Contact

_LINK = Markup('<a href="{}">{}</a>')


def name_cell(contact: Contact) -> Any:
    """Show the name, marked where it is the primary contact."""
    return join_html([contact.name, tag(gettext("Primary"), "blue")]) if contact.is_primary else contact.name


def post_cell(contact: Contact) -> str:
    """Show position and department."""
    return " · ".join(filter(None, (contact.position, contact.department)))


def customer_cell(contact: Contact) -> Markup:
    """Show the customer as a link."""
    return _LINK.format(record_address("CustomerView.show", contact.customer_id), contact.customer.name)


def chat_cell(contact: Contact) -> str:
    """Show WeChat and QQ."""
    parts = ((gettext("WeChat"), contact.wechat), (gettext("QQ"), contact.qq))
    return " · ".join(f"{label} {value}" for label, value in parts if value)
