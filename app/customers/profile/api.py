"""The customer file in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from flask import Response, jsonify, request

from app.customers.creation.forms import CustomerForm
from app.customers.creation.services import create_customer
from app.customers.files.serializers import FileList, file_list
from app.customers.groups.queries import linked_customers
from app.customers.groups.serializers import LinkedList
from app.customers.listing.filters import SPEC, TABS
from app.customers.listing.look_up import look_up
from app.customers.members.serializers import MemberList, member_list
from app.customers.profile import forms, services
from app.customers.shared import policies
from app.customers.shared.fields import column_of
from app.customers.shared.forms import DemandForm
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.queries import (
    facts_for,
    get_customer,
    get_fully_open_customer,
    sees_history,
)
from app.customers.shared.rows import CUSTOMER_ROWS
from app.customers.shared.serializers import API_READS, CustomerRecord, customer_record
from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, Verdict, decision_record, endpoint, expose, json_body, read_fields
from app.kernel.database.session import db
from app.kernel.errors import MESSAGES, Invalid, forbidden
from app.kernel.fields.forms import REQUIRED
from app.kernel.lists.rows import RowReader
from app.kernel.pages.operations import operations_of_resource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from werkzeug.datastructures import MultiDict

    from app.customers.shared.models import Customer


class LookUpRecord(TypedDict):
    """Whether a customer exists: ``free``, ``yours``, ``openable``, ``colleague`` or ``other_department``."""

    state: str
    customer_id: NotRequired[int]


_listing = endpoint(
    CustomerPermission.READ,
    lists=SPEC,
    arguments={"tab": [tab.key for tab in TABS]},
    returns=CustomerRecord,
)


class CustomerApi(KepanApi):
    """``/api/v1/customers``."""

    route_base = "/api/v1/customers"
    class_permission_name = "Customer"
    record_type = CustomerRecord

    @staticmethod
    def record(customer: Any) -> CustomerRecord:
        """A customer, read again with its people: the answer to every operation."""
        return customer_record(get_customer(customer.id, actor=current_actor()))

    @staticmethod
    def get_record(pk: int, actor: Any) -> Customer:
        """A customer that the caller can open."""
        return get_customer(pk, actor=actor)

    @expose("", methods=["GET"])
    @_listing
    def get_list(self) -> Response:
        """Customers that the caller can open, or one tab of the list."""
        return self._search(request.args)

    @expose("/search", methods=["POST"])
    @_listing
    def search(self) -> Response:
        """The same list with its filters in the body: no whole number stands in an address (ACC-17)."""
        return self._search(read_fields(json_body()))

    @expose("/look-up", methods=["POST"])
    @endpoint(CustomerPermission.CREATE, takes=forms.LookUpForm, returns=LookUpRecord, refusals=(429,))
    def look_up(self) -> Response:
        """Whether a customer exists already, by its number, tax id or name (CUST-33)."""
        found = look_up(**self.body(forms.LookUpForm).values(), actor=current_actor())
        answer: LookUpRecord = {"state": found.state}
        if found.customer_id is not None:
            answer["customer_id"] = found.customer_id
        return jsonify(answer)

    def _search(self, args: MultiDict[str, str]) -> Response:
        wanted = args.get("tab") or "all"
        tab = next((tab for tab in TABS if tab.key == wanted), None)
        if tab is None:
            raise Invalid(tab=MESSAGES[422][1])
        actor = current_actor()
        reader = RowReader(CUSTOMER_ROWS, API_READS, actor)
        return self.list_answer(tab.scope(actor), SPEC, _records, args=args, reader=reader, tab=tab.key)

    @expose("", methods=["POST"])
    @endpoint(CustomerPermission.CREATE, takes=CustomerForm, returns=CustomerRecord, status=201)
    def post(self) -> tuple[Response, int]:
        """Create a customer (POOL-1, POOL-2)."""
        form = self.body(CustomerForm)

        def create() -> CustomerRecord:
            return customer_record(create_customer(**form.values(), actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(CustomerPermission.READ, returns=CustomerRecord)
    def get(self, pk: int) -> Response:
        """One customer."""
        actor = current_actor()
        customer = get_customer(pk, actor=actor)
        return jsonify(customer_record(customer, in_full=sees_history(customer, actor)))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(CustomerPermission.UPDATE, takes=forms.CustomerEditForm, partial=True, returns=CustomerRecord)
    def patch(self, pk: int) -> Response:
        """Edit fields; ``version`` is the save the caller has seen (CUST-20)."""
        actor = current_actor()
        get_customer(pk, actor=actor)
        form = self.body(forms.CustomerEditForm, partial=True)
        if "version" not in form:
            raise Invalid(version=REQUIRED)
        version = form["version"].data
        services.update_customer(pk, version=version, values=_given(form), actor=actor)
        return jsonify(customer_record(get_customer(pk, actor=actor)))

    @expose("/<int:pk>/allowed", methods=["GET"])
    @endpoint(CustomerPermission.READ, returns=dict[str, Verdict])
    def allowed(self, pk: int) -> Response:
        """Every operation with the verdict for the caller."""
        actor = current_actor()
        customer = get_customer(pk, actor=actor)
        facts = facts_for(customer, actor)
        verdicts = {
            action.name: action.verdict(actor, self.class_permission_name, customer, facts)
            for action in operations_of_resource(self.class_permission_name)
        }
        edit = policies.can_edit_basics(actor, customer, facts)
        verdicts["update"] = edit if actor.may(CustomerPermission.UPDATE) else forbidden(*MESSAGES[403])
        return jsonify({name: decision_record(verdict) for name, verdict in verdicts.items()})

    @expose("/<int:pk>/files", methods=["GET"])
    @endpoint(CustomerPermission.READ, returns=FileList)
    def files(self, pk: int) -> Response:
        """Files of a customer, newest first (CUST-2)."""
        return jsonify(file_list(get_customer(pk, actor=current_actor())))

    @expose("/<int:pk>/members", methods=["GET"])
    @endpoint(CustomerPermission.READ, returns=MemberList)
    def members(self, pk: int) -> Response:
        """The team of a customer, by name (CUST-3)."""
        return jsonify(member_list(get_fully_open_customer(pk, actor=current_actor())))

    @expose("/<int:pk>/linked", methods=["GET"])
    @endpoint(CustomerPermission.READ, returns=LinkedList)
    def linked(self, pk: int) -> Response:
        """The others of the group that the caller can open, newest first (CUST-3)."""
        actor = current_actor()
        customer = get_fully_open_customer(pk, actor=actor)
        rows = db.session.scalars(linked_customers(customer, actor))
        return jsonify(items=[{"id": row.id, "code": row.code, "name": row.name} for row in rows])


def _given(form: Any) -> dict[str, Any]:
    """Return only the values that the caller sent; absent parts of ``demand`` stay unchanged too."""
    sent = request.get_json(silent=True, force=True) or {}
    values = forms.edit_values(form)
    demand = sent.get("demand") or {}
    left_alone = {column_of(name) for name in DemandForm()._fields if name not in demand}
    return {name: value for name, value in values.items() if name not in left_alone}


def _records(customers: Iterable[Any]) -> list[CustomerRecord]:
    """Return the rows of a list; in full where the caller sees more than the basics (POOL-17)."""
    rows, actor = [*customers], current_actor()
    facts = CUSTOMER_ROWS.facts_of(rows, actor)
    return [
        customer_record(row, in_full=bool(policies.can_see_history(actor, row, facts[row.id])))
        for row in rows
    ]
