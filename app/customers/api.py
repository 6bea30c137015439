"""The customer file in the REST API (``spec/api.md``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

from app.audit.models import OperationLog
from app.audit.queries import operations_of, sentence_of
from app.customers import forms, policies, services
from app.customers.actions import follow_up_record
from app.customers.editing import field_label
from app.customers.intake import create_customer
from app.customers.listing import SPEC, TABS
from app.customers.models import Customer, FollowUp, NumberReveal
from app.customers.queries import WHOLE, facts_of, get_customer, reveals_of, visible_follow_ups
from app.customers.show import shown_value
from app.kernel.actions import actions_of
from app.kernel.api import KepanApi, decision_record, endpoint, expose, iso, named
from app.kernel.current import current_actor
from app.kernel.errors import Invalid, not_you
from app.kernel.forms import REQUIRED
from app.kernel.lists import ListSpec
from app.kernel.web import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLLOW_UPS = ListSpec((), {"created_at": FollowUp.created_at}, "-created_at")
_REVEALS = ListSpec((), {"created_at": NumberReveal.created_at}, "-created_at")
_OPERATIONS = ListSpec((), {"number": OperationLog.number}, "-number")


def _number(value: Any) -> float | int | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def customer_record(customer: Customer) -> dict[str, Any]:
    """A customer as the API shows it; the number is masked."""
    return {
        "id": customer.id,
        "code": customer.code,
        "name": customer.name,
        "short_name": customer.short_name,
        "kind": customer.kind,
        "pool": customer.pool,
        "follow_status": customer.follow_status,
        "phone": customer.phone.masked if customer.phone else None,
        "owner": named(customer.owner),
        "handler": named(customer.handler),
        "private_holder": named(customer.private_holder),
        "department": named(customer.department),
        "grade": customer.grade,
        "deal_status": customer.deal_status,
        "stage": customer.stage,
        "level": customer.level,
        "activity": activity_of(customer),
        "tags": [],
        "categories": [],
        "version": customer.version,
        "last_follow_up_at": iso(customer.last_follow_up_at),
        "next_contact_at": iso(customer.next_contact_at),
        "created_at": iso(customer.created_at),
        **_facets(customer),
    }


def _facets(customer: Customer) -> dict[str, Any]:
    return {
        "email": customer.email,
        "website": customer.website,
        "country": customer.country,
        "district": named(customer.district),
        "address": customer.address,
        "industry": customer.industry,
        "company_size": customer.company_size,
        "founded_on": customer.founded_on.isoformat() if customer.founded_on else None,
        "source": customer.source,
        "remark": customer.remark,
        "enabled": customer.enabled,
        "tax_id": customer.tax_id,
        "annual_revenue": _number(customer.annual_revenue),
        "cooperation_years": _number(customer.cooperation_years),
        "demand": {
            "kind": customer.demand_kind,
            "district_ids": [district.id for district in customer.demand_districts],
            **{
                name: _number(getattr(customer, name))
                for name in ("price_min", "price_max", "area_min", "area_max", "rooms_min", "rooms_max")
            },
            "needs": customer.needs,
        },
    }


def activity_of(customer: Customer) -> str:
    """CUST-30, as far as its columns stand: off shelf, lapsed or disabled customers are inactive."""
    idle = customer.follow_status == "off_shelf" or customer.stage == "lapsed" or not customer.enabled
    return "inactive" if idle else "active"


class CustomerApi(KepanApi):
    """``/api/v1/customers``."""

    route_base = "/api/v1/customers"
    class_permission_name = "Customer"

    @staticmethod
    def record(customer: Any) -> dict[str, Any]:
        """A customer, read again with its people: the answer to every operation."""
        return customer_record(get_customer(customer.id, actor=current_actor()))

    @staticmethod
    def get_record(pk: int, actor: Any) -> Customer:
        """A customer that the caller can open."""
        return get_customer(pk, actor=actor)

    @expose("", methods=["GET"])
    @endpoint("read")
    def get_list(self) -> Response:
        """Customers that the caller can open, or one tab of the list."""
        actor = current_actor()
        wanted = request.args.get("tab") or "all"
        tab = next((tab for tab in TABS if tab.key == wanted), None)
        if tab is None:
            raise Invalid(tab=MESSAGES[422][1])
        return self.list_answer(tab.scope(actor), SPEC, _records, *WHOLE)

    @expose("", methods=["POST"])
    @endpoint("create")
    def post(self) -> tuple[Response, int]:
        """Create a customer (POOL-1, POOL-2)."""
        form = self.body(forms.CustomerForm)

        def create() -> dict[str, Any]:
            return customer_record(create_customer(**form.values(), actor=current_actor()))

        return self.create_answer(create)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint("read")
    def get(self, pk: int) -> Response:
        """One customer."""
        return jsonify(customer_record(get_customer(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint("update")
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
    @endpoint("read")
    def allowed(self, pk: int) -> Response:
        """Every operation with the verdict for the caller."""
        actor = current_actor()
        customer = get_customer(pk, actor=actor)
        facts = facts_of([customer], actor)[customer.id]
        verdicts = {
            action.name: action.verdict(actor, self.class_permission_name, customer, facts)
            for action in actions_of(self.class_permission_name)
        }
        edit = policies.can_edit_basics(actor, customer, facts)
        verdicts["update"] = edit if actor.may("update", "Customer") else not_you(*MESSAGES[403])
        return jsonify({name: decision_record(verdict) for name, verdict in verdicts.items()})

    @expose("/<int:pk>/follow-ups", methods=["GET"])
    @endpoint("read")
    def follow_ups(self, pk: int) -> Response:
        """Follow-ups of a customer, newest first."""
        actor = current_actor()
        statement = visible_follow_ups(get_customer(pk, actor=actor), actor)
        return self.list_answer(statement, _FOLLOW_UPS, lambda rows: [follow_up_record(row) for row in rows])

    @expose("/<int:pk>/follow-ups", methods=["POST"])
    @endpoint("follow_up")
    def follow_up(self, pk: int) -> tuple[Response, int]:
        """Write a follow-up (POOL-18)."""
        actor = current_actor()
        get_customer(pk, actor=actor)
        form = self.body(forms.FollowUpForm)

        def create() -> dict[str, Any]:
            return follow_up_record(services.follow_up(pk, **form.values(), actor=actor))

        return self.create_answer(create)

    @expose("/<int:pk>/reveals", methods=["GET"])
    @endpoint("read")
    def reveals(self, pk: int) -> Response:
        """Who looked at the number (ACC-10)."""
        statement = reveals_of(get_customer(pk, actor=current_actor()))
        return self.list_answer(statement, _REVEALS, lambda rows: [_reveal_record(row) for row in rows])

    @expose("/<int:pk>/operation-log", methods=["GET"])
    @endpoint("read")
    def operation_log(self, pk: int) -> Response:
        """The operation log of a customer (PLAT-1)."""
        statement = operations_of(get_customer(pk, actor=current_actor()))
        return self.list_answer(statement, _OPERATIONS, lambda rows: [operation_record(row) for row in rows])

    @expose("/<int:pk>/edits", methods=["GET"])
    @endpoint("read")
    def edits(self, pk: int) -> Response:
        """Edits, field by field (CUST-20)."""
        statement = operations_of(get_customer(pk, actor=current_actor()), edits_only=True)
        return self.list_answer(statement, _OPERATIONS, lambda rows: [operation_record(row) for row in rows])


def _given(form: Any) -> dict[str, Any]:
    """Only what the caller sent: absent parts of ``demand`` are left alone too."""
    sent = request.get_json(silent=True, force=True) or {}
    values = forms.edit_values(form)
    demand = sent.get("demand") or {}
    left_alone = {
        "demand_districts" if name == "district_ids" else "demand_kind" if name == "kind" else name
        for name in forms.DemandForm()._fields
        if name not in demand
    }
    return {name: value for name, value in values.items() if name not in left_alone}


def _records(customers: Iterable[Customer]) -> list[dict[str, Any]]:
    return [customer_record(customer) for customer in customers]


def _reveal_record(row: NumberReveal) -> dict[str, Any]:
    return {
        "id": row.id,
        "staff": named(row.staff),
        "department": named(row.department),
        "purpose": row.purpose,
        "source": row.source,
        "created_at": iso(row.created_at),
    }


def operation_record(row: OperationLog) -> dict[str, Any]:
    """A row of the operation log as the API shows it."""
    return {
        "id": row.id,
        "number": row.number,
        "operation": row.operation,
        "sentence": sentence_of(row),
        "actor": {"id": row.actor_id, "name": row.actor_name},
        "changes": [
            {
                "field": name,
                "label": field_label(name),
                "before": shown_value(name, before),
                "after": shown_value(name, after),
            }
            for name, (before, after) in row.differences.items()
        ],
        "source": row.source,
        "created_at": iso(row.at),
    }
