"""The list of all contacts, and the page of one (CUST-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.customers.contacts.fields import EDITABLE, LABELS, NUMBERS
from app.customers.contacts.filters import SPEC
from app.customers.contacts.forms import ContactPageForm
from app.customers.contacts.models import Contact
from app.customers.contacts.policies import can_edit_contacts
from app.customers.contacts.presentation import customer_cell, name_cell
from app.customers.contacts.queries import WITH_CUSTOMER, get_contact, visible_contacts
from app.customers.contacts.services import update_contact
from app.customers.shared.operations import tab_url
from app.customers.shared.queries import facts_of
from app.kernel.pages.formatting import tag
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.views import ScopedModelView

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.customers.shared.policies import Facts
    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.fields.forms import BaseForm
    from app.kernel.pages.elements import Button
    from app.kernel.pages.row_buttons import RowOffer


class ContactView(ScopedModelView):
    """Finds contacts across the customers that the actor knows; numbers are masked for everybody."""

    datamodel = SQLAInterface(Contact)
    route_base = "/contacts"
    class_permission_name = "Contact"
    include_route_methods = {"list", "search", "show", "tab", "edit"}
    scope = staticmethod(visible_contacts)
    spec = SPEC
    list_options = WITH_CUSTOMER
    list_title = _("Contacts")
    edit_title = _("Edit contact")
    edit_form_class = ContactPageForm
    empty_text = _("No contact here; add one on the customer's page")
    list_columns = [
        "name", "customer", "position", "department", "mobile", "landline", "email", "created_at"
    ]  # fmt: skip
    wide_columns = frozenset({"address", "remark", "hobbies"})
    copied_fields = frozenset({"email", "wechat", "qq"})
    label_columns = {**LABELS}
    formatters_columns = {
        "name": name_cell,
        "customer": customer_cell,
        "mobile": lambda contact: str(contact.mobile or ""),
        "landline": lambda contact: str(contact.landline or ""),
        "birthday": lambda contact: str(contact.birthday or ""),
    }
    export_values = {
        "name": lambda contact: contact.name,
        "customer": lambda contact: contact.customer.name,
    }
    show_fieldsets = [
        (
            "",
            {
                "fields": [
                    "customer", "position", "department", "mobile", "landline", "email", "wechat", "qq",
                    "birthday", "hobbies", "address", "created_at", "remark",
                ]
            },
        ),
    ]  # fmt: skip

    def get_record(self, pk: int, actor: Actor) -> Contact:
        return get_contact(pk, actor=actor)

    def back_url(self, record: Contact) -> str:
        return tab_url(record.customer_id, "contacts")

    def record_tags(self, record: Contact) -> list[Any]:
        return [tag(gettext("Primary contact"), "blue")] if record.is_primary else []

    def facts_of(self, records: Sequence[Contact], actor: Actor) -> Mapping[int, Facts]:
        """Return the facts of their customers, which the rules read."""
        found = facts_of([*{one.customer_id: one.customer for one in records}.values()], actor)
        return {one.id: found[one.customer_id] for one in records}

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *self.edit_offers(actor), *operation_offers(self, actor)]

    def detail_buttons(self, record: Contact, actor: Actor, facts: Facts) -> list[Button]:
        edit = self.edit_buttons(record, actor, facts, is_main=True)
        return [*edit, *operation_buttons(self, actor, record, facts)]

    def check_edit(self, record: Contact, actor: Actor, facts: Facts) -> Decision:
        return can_edit_contacts(actor, record.customer, facts)

    def edit_form(self, record: Contact, actor: Actor) -> BaseForm:
        """Return the form; the present numbers stand masked in the empty fields."""
        form = super().edit_form(record, actor)
        for name in NUMBERS:
            present = getattr(record, name)
            if present:
                form[name].render_kw = {**(form[name].render_kw or {}), "placeholder": str(present)}
                form[name].description = _("Left empty, the number stays")
            else:
                del form[f"without_{name}"]
        kept = set(form._fields)
        form.sections = tuple(
            (title, tuple(one for one in names if one in kept)) for title, names in form.sections
        )
        return form

    def form_data(self, record: Contact | None, _actor: Actor) -> dict[str, Any]:
        if record is None:
            return {}
        plain = {name: getattr(record, name) for name in EDITABLE if name not in NUMBERS}
        return {**plain, "version": record.version}

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Contact:
        version = values.pop("version")
        return update_contact(pk, values=values, version=version, actor=actor)
