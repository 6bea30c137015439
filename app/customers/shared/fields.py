"""The fields of a customer, each declared once: its label, its input and who may edit it, its codes, where
pages show it and how, and whether the list filters by it and the API answers it.

Forms, the sections and columns of pages, the spreadsheet, the filters by code, the rules of editing, the log
and the values of the API are derived from here.  The API's types (``serializers.CustomerRecord``) are written
out, so that mypy and the OpenAPI document have them; a test compares them with this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flask_babel import lazy_gettext as _
from wtforms.validators import Email, Regexp

from app.customers.shared import choices
from app.customers.shared import presentation as cells
from app.customers.shared.idle import days_left
from app.kernel.fields.birthdays import BirthdayField
from app.kernel.fields.choices import ChoiceField, CodesField
from app.kernel.fields.forms import at_most, between, optional, required
from app.kernel.fields.numbers import DayField, MoneyField, WholeField, YesNoField
from app.kernel.fields.texts import LineField, TextField
from app.kernel.pages.formatting import ByColumn, code_cell
from app.org.shared.fields import district_field, districts_field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.customers.shared.models import Customer
    from app.kernel.errors import Sentence
    from app.kernel.settings.dictionaries import Dictionary

    # POOL-5: people who can open an individual and act may edit ``basic`` and ``demand``; CUST-21:
    # ``business`` is the rest of the file.
    Group = Literal["", "basic", "demand", "business"]
    # The part of the forms and of the detail in which a field stands; without one the pages name the field.
    Block = Literal["", "names", "contact", "firm", "trade", "business", "credit", "pool", "demand"]


@dataclass(frozen=True)
class CustomerField:
    """A field of a customer, or a value that pages show under that name.

    ``group`` says whose edit may change it; without one no edit does.  ``input`` is its field in the forms of
    creation and edit, ``input_name`` its name there and in the API if that is not ``name``.  ``codes`` are
    the values of a field that holds a code; pages show them as coloured tags if it ``is_tagged``.

    ``block`` is the part of the forms and of the detail in which it stands, in the order of declaration; the
    detail shows the value ``shown_as`` in its place.  ``column`` is its position in the list, ``filter_at``
    the position of the filter by its codes; 0 means none.  ``cell(customer)`` shows it where the value is not
    shown as it is, ``exported(customer)`` gives its value in the spreadsheet where that is not the cell's.
    ``is_wide`` gives it the whole width; the log keeps an e-mail address without its local part if it
    ``is_masked``; ``in_api`` False keeps it out of the API's record.  ``reads`` are the attributes that its
    value and cell read where they are not the column of its name.
    """

    name: str
    label: Sentence
    group: Group = ""
    input: Any = None
    input_name: str = ""
    codes: Dictionary | None = None
    is_tagged: bool = False
    block: Block = ""
    shown_as: str = ""
    column: int = 0
    filter_at: int = 0
    cell: Callable[[Customer], Any] | None = None
    exported: Callable[[Customer], Any] | None = None
    is_wide: bool = False
    is_masked: bool = False
    in_api: bool = True
    reads: tuple[str, ...] = ()

    @property
    def sent_name(self) -> str:
        """Its name in forms and in the API."""
        return self.input_name or self.name


def _entered(
    name: str,
    label: Sentence,
    group: Group,
    kind: Callable[..., Any],
    validators: list[Any],
    *,
    kind_args: Mapping[str, Any] | None = None,
    **declared: Any,
) -> CustomerField:
    """Declare a field that people type; ``kind_args`` are further arguments of its input."""
    return CustomerField(name, label, group, kind(label, validators, **(kind_args or {})), **declared)


def _chosen(
    name: str,
    label: Sentence,
    group: Group,
    codes: Dictionary,
    *,
    render_kw: Mapping[str, str] | None = None,
    **declared: Any,
) -> CustomerField:
    """Declare a field that holds a code of a dictionary; ``render_kw`` are attributes of its input."""
    made = ChoiceField(label, codes, optional(), render_kw=dict(render_kw or {}))
    return CustomerField(name, label, group, made, codes=codes, **declared)


def _related(name: str, label: Sentence, **declared: Any) -> CustomerField:
    """Declare a person, department or district, of which pages show the name."""
    cell = ByColumn(f"{name}_id", lambda one: cells.name_of(getattr(one, name)))
    return CustomerField(name, label, cell=cell, reads=(f"{name}_id",), **declared)


def _shown(
    name: str, label: Sentence, cell: Callable[[Customer], Any] | None = None, **declared: Any
) -> CustomerField:
    """Declare a value that only pages show: it is made of others, or of another record's."""
    return CustomerField(name, label, cell=cell, in_api=False, **declared)


_MAIL = Email(message=_("Not an e-mail address"))
_SITE = Regexp(r"https?://[^\s<>\"']+$", message=_("An address that begins with http:// or https://"))
_YUAN = {"render_kw": {"data-unit": _("CNY")}}
_OF_FIRMS = {"data-show-when": "kind=enterprise"}
_OF_PEOPLE = {"data-show-when": "kind=individual"}
_AREA: dict[str, Any] = {"high": 10**7, "measure": "area", "render_kw": {"data-unit": "m²"}}

FIELDS: tuple[CustomerField, ...] = (
    _entered("name", _("Name"), "basic", LineField, required(at_most(120)), column=20),
    _entered("short_name", _("Short name"), "basic", LineField, optional(at_most(60)), block="names"),
    _entered(
        "email", _("E-mail"), "basic", LineField, optional(at_most(254), _MAIL),
        block="contact", is_masked=True,
    ),
    _entered(
        "website", _("Website"), "basic", LineField, optional(at_most(200), _SITE),
        block="contact", cell=cells.website_link,
    ),
    _entered("country", _("Country"), "basic", LineField, optional(at_most(60)), block="contact"),
    _entered(
        "district_id", _("District"), "basic", district_field, optional(),
        block="contact", shown_as="district", in_api=False,
    ),
    _entered(
        "address", _("Address"), "basic", LineField, optional(at_most(200)), block="contact", is_wide=True
    ),
    _chosen("industry", _("Industry"), "basic", choices.INDUSTRY, block="firm", filter_at=130),
    _chosen("company_size", _("Company size"), "basic", choices.COMPANY_SIZE, block="firm"),
    _entered("founded_on", _("Founded on"), "basic", DayField, optional(), block="firm"),
    _chosen("source", _("Source"), "basic", choices.SOURCE, filter_at=200),
    _entered("remark", _("Remark"), "basic", TextField, optional(at_most(2000)), is_wide=True),
    _entered(
        "birthday", _("Birthday"), "basic", BirthdayField, [],
        kind_args={"render_kw": _OF_PEOPLE}, block="contact",
        cell=lambda one: str(one.birthday or ""), reads=("birth_month_day", "birth_year"),
    ),
    _entered(
        "tax_id", _("Tax id"), "business", LineField, optional(at_most(40)),
        kind_args={"render_kw": _OF_FIRMS},
    ),
    # The facet of enterprises (CUST-4).
    CustomerField(
        "business_types", _("Business types"), "business",
        CodesField(_("Business types"), choices.BUSINESS_TYPE, optional(), render_kw=_OF_FIRMS),
        block="trade", cell=cells.business_types,
    ),
    _chosen(
        "transport_mode", _("Transport mode"), "business", choices.TRANSPORT_MODE,
        render_kw=_OF_FIRMS, block="trade",
    ),
    _chosen(
        "price_terms", _("Price terms"), "business", choices.PRICE_TERMS, render_kw=_OF_FIRMS, block="trade"
    ),
    _entered(
        "payment_terms", _("Payment terms"), "business", LineField, optional(at_most(200)),
        kind_args={"render_kw": _OF_FIRMS}, block="trade",
    ),
    _entered(
        "invoice_title", _("Invoice title"), "business", LineField, optional(at_most(120)),
        kind_args={"render_kw": _OF_FIRMS}, block="trade",
    ),
    _entered(
        "tax_rate", _("Tax rate"), "business", MoneyField, optional(),
        kind_args={"high": 100, "measure": "number", "render_kw": {"data-unit": "%", **_OF_FIRMS}},
        block="trade", cell=cells.tax_rate,
    ),
    _chosen(
        "level", _("Level"), "business", choices.LEVEL, is_tagged=True, block="business", filter_at=120
    ),
    _entered(
        "annual_revenue", _("Yearly revenue"), "business", MoneyField, optional(),
        kind_args=_YUAN, block="business", cell=cells.annual_revenue,
        exported=lambda one: one.annual_revenue,
    ),
    _entered(
        "cooperation_years", _("Years of cooperation"), "business", MoneyField, optional(),
        kind_args={"high": 200, "measure": "number", "render_kw": {"data-unit": _("years")}},
        block="business", cell=cells.cooperation_years, exported=lambda one: one.cooperation_years,
    ),
    _entered(
        "payment_days", _("Payment days"), "business", WholeField, optional(between(0, 3650)),
        kind_args={
            "render_kw": _OF_FIRMS,
            "description": _("From the signing until an instalment is due by default"),
        },
        block="credit",
    ),
    _entered(
        "sinosure_insured", _("Sinosure-insured"), "business", YesNoField, [],
        kind_args={"render_kw": _OF_FIRMS}, block="credit",
    ),
    CustomerField("credit_enabled", _("Credit checked"), block="credit"),
    # Fields of edits only: the form of creation lacks them.
    CustomerField(
        "deal_status", _("Deal status"), "business", codes=choices.DEAL_STATUS, is_tagged=True,
        column=100, filter_at=100,
    ),
    CustomerField("enabled", _("Enabled"), "business"),
    # The customer's demand (CUST-5).
    _chosen(
        "demand_kind", _("Buy or rent"), "demand", choices.DEMAND_KIND,
        input_name="kind", block="demand", filter_at=210,
    ),
    _entered(
        "demand_districts", _("Demand districts"), "demand", districts_field, optional(),
        input_name="district_ids", block="demand", cell=cells.demand_districts,
        reads=("demand_district_ids",),
    ),
    _entered(
        "price_min", _("Price from"), "demand", MoneyField, optional(),
        kind_args=_YUAN, block="demand", shown_as="price",
    ),
    _entered(
        "price_max", _("Price to"), "demand", MoneyField, optional(),
        kind_args=_YUAN, block="demand", shown_as="price",
    ),
    _entered(
        "area_min", _("Area from"), "demand", MoneyField, optional(),
        kind_args=_AREA, block="demand", shown_as="area",
    ),
    _entered(
        "area_max", _("Area to"), "demand", MoneyField, optional(),
        kind_args=_AREA, block="demand", shown_as="area",
    ),
    _entered(
        "rooms_min", _("Rooms from"), "demand", WholeField, optional(between(0, 99)),
        block="demand", shown_as="rooms",
    ),
    _entered(
        "rooms_max", _("Rooms to"), "demand", WholeField, optional(between(0, 99)),
        block="demand", shown_as="rooms",
    ),
    _entered(
        "needs", _("Needs"), "demand", TextField, optional(at_most(2000)), block="demand", is_wide=True
    ),
    # Values that operations change.
    CustomerField("code", _("Code"), column=10),
    CustomerField(
        "phone", _("Phone"), column=30, cell=cells.phone, reads=("phone_index", "phone_masked")
    ),
    CustomerField("pool", _("Pool"), codes=choices.POOL, is_tagged=True, column=50, filter_at=80),
    CustomerField("kind", _("Kind"), codes=choices.KIND),
    CustomerField(
        "follow_status", _("Follow status"), codes=choices.FOLLOW_STATUS, is_tagged=True, filter_at=30
    ),
    _related("owner", _("Owner")),
    _related("handler", _("Handler")),
    _related("private_holder", _("Private holder")),
    _related("department", _("Department"), column=120),
    _related("district", _("District")),
    CustomerField("grade", _("Grade"), codes=choices.GRADE, is_tagged=True, column=90, filter_at=90),
    CustomerField("stage", _("Stage"), codes=choices.STAGE, is_tagged=True, filter_at=110),
    CustomerField("last_follow_up_at", _("Last follow-up"), column=70),
    CustomerField(
        "next_contact_at", _("Next contact"),
        column=80, cell=cells.next_contact, exported=lambda one: one.next_contact_at,
    ),
    CustomerField("created_at", _("Created"), column=130),
    CustomerField("link_code", _("Link group")),
    # Values that only pages show.
    _shown("status", _("Status"), code_cell(choices.FOLLOW_STATUS, "follow_status"),
           column=40, exported=cells.status_text,
           reads=("follow_status", "private_holder_id")),
    _shown("responsible", _("Responsible"), cells.responsible, column=60,
           reads=("owner_id", "private_holder_id", "handler_id")),
    _shown("contact_count", _("Contacts"), column=65, reads=("contact_count",)),
    _shown("held", _("Private or public"), ByColumn("is_private", cells.held), column=110, block="pool",
           reads=("private_holder_id",)),
    _shown("held_by", _("Held privately by"), cells.held_by, block="pool",
           reads=("private_holder_id", "privatized_at", "private_department_id")),
    _shown("assigned", _("Assigned by"), cells.assigned, block="pool",
           reads=("assigned_by_id", "assigned_at", "assigned_department_id")),
    _shown("last_shelved", _("Last shelved"), cells.last_shelved, block="pool",
           reads=("last_shelved_by_id", "last_shelved_at", "last_shelved_department_id")),
    _shown("last_unshelved", _("Last unshelved"), cells.last_unshelved, block="pool",
           reads=("last_unshelved_by_id", "last_unshelved_at", "last_unshelved_department_id")),
    _shown("days_left", _("Days left"), cells.days_left, column=85, block="pool",
           exported=days_left,
           reads=("idle_since", "deal_status", "level")),
    _shown("pooled_at", _("In the public pool since"), block="pool", reads=("pooled_at",)),
    _shown("price", _("Price"), cells.price, reads=("price_min", "price_max")),
    _shown("area", _("Area"), cells.area, reads=("area_min", "area_max")),
    _shown("rooms", _("Rooms"), cells.rooms, reads=("rooms_min", "rooms_max")),
    _shown("tags", _("Tags"), cells.tags, column=95, exported=cells.tag_names, reads=("tag_ids",)),
    _shown("categories", _("Categories"), cells.categories, reads=("category_ids",)),
    _shown("terms", _("Terms of its categories"), cells.terms, reads=("category_ids",)),
    _shown("activity", _("Activity"), cells.activity, exported=cells.activity_text,
           reads=("follow_status", "stage", "enabled", "last_follow_up_at", "created_at", "pooled_at")),
    _shown("push", _("Push"), codes=choices.PUSH_STATE),
    _shown("member_access", _("Access"), codes=choices.MEMBER_ACCESS),
)  # fmt: skip

LABELS: Mapping[str, Sentence] = {one.name: one.label for one in FIELDS}
CODES: Mapping[str, Dictionary] = {one.name: one.codes for one in FIELDS if one.codes is not None}
COLUMNS = [one.name for one in sorted(FIELDS, key=lambda one: one.column) if one.column]
WIDE = frozenset(one.name for one in FIELDS if one.is_wide)
MASKED = frozenset(one.name for one in FIELDS if one.is_masked)
EXPORTED: Mapping[str, Callable[[Customer], Any]] = {
    one.name: one.exported for one in FIELDS if one.exported is not None
}


def _code_cell(name: str, codes: Dictionary, *, is_tagged: bool) -> Callable[[Customer], Any]:
    if is_tagged:
        return code_cell(codes, name)
    return ByColumn(name, lambda customer: codes.label(getattr(customer, name)))


FORMATTERS: dict[str, Callable[[Customer], Any]] = {
    **{
        one.name: _code_cell(one.name, one.codes, is_tagged=one.is_tagged)
        for one in FIELDS
        if one.codes is not None and one.in_api
    },
    **{one.name: one.cell for one in FIELDS if one.cell is not None},
}


IN_API = tuple(one for one in FIELDS if one.in_api)


def names_of(*groups: Group) -> tuple[str, ...]:
    """Return the fields that an edit of these groups may change."""
    return tuple(one.name for one in FIELDS if one.group in groups)


def add_inputs(form: type[Any], *groups: Group) -> tuple[str, ...]:
    """Add the inputs of these groups to a form; return their names in the form, in order."""
    found = {one.sent_name: one.input for one in FIELDS if one.input and one.group in groups}
    for name, made in found.items():
        setattr(form, name, made)
    return tuple(found)


def inputs_in(block: Block) -> tuple[str, ...]:
    """Return the inputs of a block as the sections of forms name them."""
    return tuple(
        f"demand.{one.sent_name}" if one.group == "demand" else one.name
        for one in FIELDS
        if one.block == block and one.input
    )


def shown_in(block: Block) -> list[str]:
    """Return the values of a block as the sections of the detail name them."""
    return list(dict.fromkeys(one.shown_as or one.name for one in FIELDS if one.block == block))


_INPUT_NAMES = {one.name: one.sent_name for one in FIELDS}
_COLUMNS = {one.input_name: one.name for one in FIELDS if one.input_name}


def input_name_of(name: str) -> str:
    """Return the name of the field in forms and the API."""
    return _INPUT_NAMES.get(name, name)


def column_of(input_name: str) -> str:
    """Return the customer's column of a name in the form of the demand."""
    return _COLUMNS.get(input_name, input_name)


TRADE = tuple(one.name for one in FIELDS if one.block == "trade")
LOGGED_LABELS: dict[str, Sentence] = {}


def describe_logged(labels: Mapping[str, Sentence]) -> None:
    """Declare the labels of what the customer's log keeps of its parts, while the contexts are loaded."""
    LOGGED_LABELS.update(labels)


def field_label(name: str) -> str:
    """Return the label of a field, or of one that the log keeps of a part."""
    return str(LABELS.get(name) or LOGGED_LABELS.get(name, name))
