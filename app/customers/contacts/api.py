"""Contacts in the REST API (CUST-11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.customers.contacts.filters import SPEC
from app.customers.contacts.forms import ContactEditForm
from app.customers.contacts.queries import WITH_CUSTOMER, get_contact, visible_contacts
from app.customers.contacts.serializers import ContactRecord, contact_record, contact_records
from app.customers.contacts.services import delete_contact, update_contact
from app.customers.shared.permissions import ContactPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose, json_body, read_fields

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from app.customers.contacts.models import Contact

_listing = endpoint(ContactPermission.READ, lists=SPEC, returns=ContactRecord)


class ContactApi(KepanApi):
    """``/api/v1/contacts``."""

    route_base = "/api/v1/contacts"
    class_permission_name = "Contact"
    record_type = ContactRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> Contact:
        """A contact of a customer that the caller knows."""
        return get_contact(pk, actor=actor)

    @staticmethod
    def record(contact: Any) -> ContactRecord:
        """A contact, as it now is."""
        return contact_record(get_contact(contact.id, actor=current_actor()))

    @expose("", methods=["GET"])
    @_listing
    def get_list(self) -> Response:
        """Contacts of the customers that the caller knows, newest first."""
        return self._search(request.args)

    @expose("/search", methods=["POST"])
    @_listing
    def search(self) -> Response:
        """The same list with its filters in the body: no whole number stands in an address (ACC-17)."""
        return self._search(read_fields(json_body()))

    def _search(self, args: MultiDict[str, str]) -> Response:
        found = visible_contacts(current_actor())
        return self.list_answer(found, SPEC, contact_records, *WITH_CUSTOMER, args=args)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(ContactPermission.READ, returns=ContactRecord)
    def get(self, pk: int) -> Response:
        """One contact."""
        return jsonify(contact_record(get_contact(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(ContactPermission.UPDATE, takes=ContactEditForm, partial=True, returns=ContactRecord)
    def patch(self, pk: int) -> Response:
        """Edit fields of a contact; a null number is removed."""
        actor = current_actor()
        get_contact(pk, actor=actor)
        values = self.body(ContactEditForm, partial=True).values()
        return jsonify(self.record(update_contact(pk, values=values, actor=actor)))

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(ContactPermission.DELETE, returns=Gone)
    def delete(self, pk: int) -> Response:
        """Delete a contact."""
        delete_contact(pk, actor=current_actor())
        return jsonify(id=pk)
