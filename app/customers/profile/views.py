"""The pages of the customer file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify, request
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import undefer

from app.customers.creation.forms import CustomerForm
from app.customers.creation.hints import look_up_duplicate
from app.customers.creation.services import CODE_PREFIX, create_customer
from app.customers.follow_ups.operations import FOLLOW_UP
from app.customers.listing.filters import SPEC, TABS
from app.customers.listing.look_up import look_up
from app.customers.profile import forms, services
from app.customers.profile.editing import DEMAND, EDITABLE
from app.customers.shared import policies
from app.customers.shared.fields import (
    COLUMNS,
    EXPORTED,
    FORMATTERS,
    LABELS,
    WIDE,
    input_name_of,
    shown_in,
)
from app.customers.shared.models import Customer
from app.customers.shared.parts import customer_parts
from app.customers.shared.permissions import CustomerPermission
from app.customers.shared.presentation import status_tags
from app.customers.shared.queries import (
    PEOPLE,
    facts_for_page,
    facts_of,
    get_customer,
    sees_history,
    visible_customers,
)
from app.customers.shared.rows import CUSTOMER_ROWS
from app.customers.shared.shown_fields import (
    empty_of_other_kind,
    fields_of_other_kinds,
    inputs_in_place,
)
from app.kernel.access.current import current_actor
from app.kernel.errors import ALLOW, Denied, Invalid
from app.kernel.lists.paging import fetch_page
from app.kernel.lists.requests import ListRequest, apply_filters
from app.kernel.pages.elements import Button, enabled_first
from app.kernel.pages.operations import operation_buttons, operation_offers
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.kernel.text import fold, read_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from flask import Response

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision
    from app.kernel.fields.forms import BaseForm
    from app.kernel.pages.row_buttons import RowOffer
    from app.kernel.pages.tabs import DetailTab
    from app.kernel.pages.timelines import TimelineSource

PAGE_OF_OPTIONS = 20
HINTED = {"phone", "pool", "owner_id", "handler_id", "department_id", "into_pool"}
_OF_SALES = {"grade", "deal_status", "stage", "level", "annual_revenue", "cooperation_years"} | {
    *shown_in("credit")
}
_DAILY = 2  # operations before "edit" in the head: follow up, reveal


class CustomerView(ScopedModelView):
    """List, detail, creation and edit of customers."""

    datamodel = SQLAInterface(Customer)
    route_base = "/customers"
    class_permission_name = "Customer"
    include_route_methods = {"list", "search", "counts", "show", "tab", "add", "edit", "options", "duplicate"}
    scope = staticmethod(visible_customers)
    spec = SPEC
    tabs = TABS
    list_options = (*PEOPLE, undefer(Customer.contact_count))
    number_columns = frozenset({"contact_count"})
    row_shape = CUSTOMER_ROWS

    list_title = _("Customers")
    add_title = _("New customer")
    edit_title = _("Edit customer")
    empty_text = _("No customer yet; create the first one")
    add_form_class = CustomerForm
    edit_form_class = forms.CustomerEditForm
    box = FOLLOW_UP
    lead_fields = ("next_contact_at", "last_follow_up_at")
    copied_fields = frozenset({"code", "phone", "tax_id", "email"})
    timeline_empty = _("Nothing happened yet; write the first follow-up above")

    list_columns = COLUMNS
    wide_columns = WIDE
    label_columns = {**LABELS}
    formatters_columns = FORMATTERS
    export_values = EXPORTED
    show_fieldsets = [
        (
            _("Basic information"),
            {
                "fields": [
                    "name", "kind", "code", "phone", "source", "owner", "handler", "private_holder",
                    "department", "created_at", "next_contact_at", "last_follow_up_at", "tags",
                    "categories", "activity",
                ]
            },
        ),
        (_("In the pool"), {"fields": shown_in("pool")}),
        (_("Demand"), {"fields": shown_in("demand")}),
        (_("Trade and invoices"), {"fields": shown_in("trade")}),
        (
            _("Further information"),
            {
                "fields": [
                    *shown_in("names"), "grade", "deal_status", "stage", *shown_in("business"), "terms",
                    *shown_in("credit"), "tax_id", *shown_in("firm"), *shown_in("contact"), "enabled",
                    "remark",
                ]
            },
        ),
    ]  # fmt: skip

    def get_record(self, pk: int, actor: Actor) -> Customer:
        return get_customer(pk, actor=actor)

    def facts_of(self, records: Sequence[Customer], actor: Actor) -> Mapping[int, policies.Facts]:
        return facts_of(records, actor)

    def facts_for(self, record: Customer, actor: Actor) -> policies.Facts:
        return facts_for_page(record, actor)

    def tabs_for(self, record: Customer, actor: Actor) -> list[DetailTab]:
        """Return all tabs; only files and the push for an actor with a pending push (POOL-17)."""
        tabs = super().tabs_for(record, actor)
        if sees_history(record, actor):
            return tabs
        basic = {"files", *(part.tab_key or part.key for part in customer_parts() if part.is_basic)}
        return [tab for tab in tabs if tab.key in basic]

    def sections_of(self, record: Customer) -> Sequence[Any]:
        """Return all sections, without empty fields of the other kind of customer; without sales figures for
        an actor with a pending push.
        """
        hidden = set() if sees_history(record, current_actor()) else _OF_SALES
        hidden = hidden | fields_of_other_kinds(record)
        return [
            (title, {"fields": [name for name in names["fields"] if name not in hidden]})
            for title, names in super().sections_of(record)
        ]

    def timeline(self, record: Customer, actor: Actor) -> Sequence[TimelineSource]:
        """Return the lines of all parts; of pushes alone for an actor with a pending push (POOL-17)."""
        known = sees_history(record, actor)
        parts = [part for part in customer_parts() if part.is_for(actor) and (known or part.is_basic)]
        return [source for part in parts if (source := part.source(record, actor))]

    def edited_in_place(
        self, record: Customer, actor: Actor, facts: policies.Facts
    ) -> Mapping[str, Sequence[str]]:
        """Return the common fields of the groups that the actor may edit (POOL-5, CUST-21)."""
        if not actor.may(CustomerPermission.UPDATE) or not policies.can_edit_basics(actor, record, facts):
            return {}
        groups = {"basic", "demand"} | (
            {"business"} if policies.can_edit_all(actor, record, facts) else set()
        )
        return inputs_in_place(groups)

    def record_tags(self, record: Customer) -> list[Any]:
        return status_tags(record)

    def row_offers(self, actor: Actor) -> list[RowOffer]:
        return [self.opening_offer(), *self.edit_offers(actor), *operation_offers(self, actor)]

    def detail_buttons(self, record: Customer, actor: Actor, facts: policies.Facts) -> list[Button]:
        operations = operation_buttons(self, actor, record, facts)
        edit = self.edit_buttons(record, actor, facts)
        return enabled_first([*operations[:_DAILY], *edit, *operations[_DAILY:]], _DAILY + len(edit))

    def check_edit(self, record: Customer, actor: Actor, facts: policies.Facts) -> Decision:
        return policies.can_edit_basics(actor, record, facts)

    def form_data(self, record: Customer | None, _actor: Actor) -> dict[str, Any]:
        if record is None:
            return {}
        plain = {name: getattr(record, name) for name in EDITABLE if name not in DEMAND}
        demand = {input_name_of(name): getattr(record, name) for name in DEMAND}
        demand["district_ids"] = [district.id for district in record.demand_districts]
        return {**plain, "version": record.version, "demand": demand}

    def edit_form(self, record: Customer, actor: Actor) -> BaseForm:
        """Return the form with the fields of the customer's own kind, and those that are filled in
        (CUST-15).
        """
        form = super().edit_form(record, actor)
        for name in empty_of_other_kind(record) & form._fields.keys():
            del form[name]
        for one in form:
            one.render_kw = {
                key: value for key, value in (one.render_kw or {}).items() if key != "data-show-when"
            }
        form.sections = tuple(
            (title, tuple(name for name in names if "." in name or name in form))
            for title, names in form.sections
        )
        return form

    def create(self, values: dict[str, Any], actor: Actor) -> Customer:
        return create_customer(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Customer:
        version = values.pop("version")
        changed = forms.flatten_demand(values)
        return services.update_customer(pk, version=version, values=changed, actor=actor)

    @expose("/duplicate", methods=["POST"])
    @permitted(CustomerPermission.CREATE)
    def duplicate(self) -> Response:
        """Say whether the number, tax id or name in the form of a new customer is known, while it is typed
        (OFF-2, CUST-33).
        """
        asked = {name: field.data for name, field in CustomerForm()._fields.items() if name in HINTED}
        other = {name: request.form[name] for name in ("tax_id", "name") if request.form.get(name)}
        actor = current_actor()
        try:
            if other:
                verdict = look_up(**other, actor=actor).as_decision()
            else:
                verdict = look_up_duplicate(**asked, actor=actor)
        except Denied as error:
            verdict = error.decision
        except Invalid:  # half a tax id: saving will say so
            verdict = ALLOW
        return jsonify(message=str(verdict.message), url=verdict.link)

    @expose("/options", methods=["GET"])
    @permitted(CustomerPermission.READ)
    def options(self) -> Response:
        """List remote-search choices: customers that the actor can open, by part of the name or by code."""
        actor = current_actor()
        typed = fold(request.args.get("q", ""))[:60]
        page = max(1, min(request.args.get("page", 1, type=int), 100))
        ways = [{"name": typed}] if typed else [{}]
        if read_code(typed).startswith(CODE_PREFIX):  # it may still be a name
            ways.append({"code": typed})
        found: dict[int, Customer] = {}
        more = False
        for values in ways:
            asked = ListRequest(page, PAGE_OF_OPTIONS, SPEC.default_order, values=values)
            part = fetch_page(apply_filters(visible_customers(actor), SPEC, asked, actor), SPEC, asked)
            found |= {one.id: one for one in part.items}
            more = more or bool(part.after)
        return jsonify(
            results=[{"id": pk, "text": f"{one.name} · {one.code}"} for pk, one in found.items()],
            pagination={"more": more},
        )
