"""Registration of contacts with the application (CUST-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.queries import counts_as_edit
from app.audit.services import ExportRecorder
from app.customers.contacts import settings
from app.customers.contacts.api import ContactApi
from app.customers.contacts.fields import LOGGED
from app.customers.contacts.finding import CONTACTS as KIND
from app.customers.contacts.jobs import watch_birthdays
from app.customers.contacts.operations import ON_CONTACTS, REMOVE
from app.customers.contacts.services import two_primaries
from app.customers.contacts.tabs import CONTACTS
from app.customers.contacts.views import ContactView
from app.customers.shared.fields import describe_logged
from app.customers.shared.parts import register_parts
from app.customers.shared.permissions import ContactPermission, CustomerPermission
from app.kernel.access.permissions import grant
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.exports.views import offer_export
from app.kernel.jobs.registry import Job, daily, register_job
from app.kernel.lists.finding import declare_kind
from app.kernel.settings.declarations import declare_settings
from app.kernel.setup import add_apis, add_menu_entry
from app.org.roles.names import AUDITOR, CUSTOMER_WORKERS, FINANCE
from app.system.runs.exports import begin_export

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Register contacts; the customer's own operation comes with the file's."""
    grant([ContactPermission.READ, ContactPermission.EXPORT], [*CUSTOMER_WORKERS, FINANCE, AUDITOR])
    grant(
        [
            ContactPermission.UPDATE,
            ContactPermission.DELETE,
            ContactPermission.MAKE_PRIMARY,
            ContactPermission.REVEAL_NUMBER,
        ],
        CUSTOMER_WORKERS,
    )
    grant([CustomerPermission.ADD_CONTACT], CUSTOMER_WORKERS)
    refuses("uq_contact_primary", two_primaries)
    counts_as_edit(
        "customer.add_contact",
        "customer.update_contact",
        "customer.make_primary_contact",
        "customer.delete_contact",
    )
    describe_logged(LOGGED)
    for action in ON_CONTACTS:
        add_operation(ContactView, ContactApi, action)
    add_operation(ContactView, None, REMOVE)
    register_parts(CONTACTS)
    offer_export(ContactView, ContactApi, ExportRecorder("contact.export"), begin_export)
    add_menu_entry(app, "Contacts", ContactView, "fa-address-book", _("Contacts"))
    add_apis(app, ContactApi)
    declare_kind(KIND)
    declare_settings(settings)
    register_job(Job("birthdays", _("Birthdays"), daily(7, 30), watch_birthdays))
