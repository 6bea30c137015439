"""The fields of a customer, each declared once: its label, who may edit it, its input and its codes.

Forms, labels, the rules of editing, code cells and filters are derived from here.  The JSON shape
(``serializers.CustomerRecord``) is written out, so that mypy checks it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from flask_babel import lazy_gettext as _
from wtforms.validators import Email, Regexp

from app.customers.shared import choices
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import at_most, between, optional, required
from app.kernel.fields.numbers import DayField, MoneyField, WholeField
from app.kernel.fields.texts import LineField, TextField
from app.org.shared.fields import district_field, districts_field

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.kernel.errors import Sentence
    from app.kernel.settings.dictionaries import Dictionary

    # POOL-5: people who can open an individual and act may edit ``basic`` and ``demand``; CUST-21:
    # ``business`` is the rest of the file.
    Group = Literal["", "basic", "demand", "business"]


@dataclass(frozen=True)
class CustomerField:
    """A field of a customer, or a value that pages show under that name.

    ``group`` says whose edit may change it; without one no edit does. ``input`` is its field in the forms of
    creation and edit, ``input_name`` its name there if that is not ``name``. ``codes`` are the values of a
    field that holds a code; pages show them as coloured tags if it ``is_tagged``.
    """

    name: str
    label: Sentence
    group: Group = ""
    input: Any = None
    input_name: str = ""
    codes: Dictionary | None = None
    is_tagged: bool = False


def _entered(
    name: str,
    label: Sentence,
    group: Group,
    kind: Callable[..., Any],
    validators: list[Any],
    *,
    input_name: str = "",
    **kwargs: Any,
) -> CustomerField:
    return CustomerField(name, label, group, kind(label, validators, **kwargs), input_name)


def _chosen(
    name: str,
    label: Sentence,
    group: Group,
    codes: Dictionary,
    *,
    input_name: str = "",
    is_tagged: bool = False,
) -> CustomerField:
    made = ChoiceField(label, codes, optional())
    return CustomerField(name, label, group, made, input_name, codes, is_tagged)


_MAIL = Email(message=_("Not an e-mail address"))
_SITE = Regexp(r"https?://[^\s<>\"']+$", message=_("An address that begins with http:// or https://"))
_YUAN = {"data-unit": _("CNY")}
_AREA: dict[str, Any] = {"high": 10**7, "measure": "area", "render_kw": {"data-unit": "m²"}}

# In the order of forms and the API.
FIELDS: tuple[CustomerField, ...] = (
    _entered("name", _("Name"), "basic", LineField, required(at_most(120))),
    _entered("short_name", _("Short name"), "basic", LineField, optional(at_most(60))),
    _entered("email", _("E-mail"), "basic", LineField, optional(at_most(254), _MAIL)),
    _entered("website", _("Website"), "basic", LineField, optional(at_most(200), _SITE)),
    _entered("country", _("Country"), "basic", LineField, optional(at_most(60))),
    _entered("district_id", _("District"), "basic", district_field, optional()),
    _entered("address", _("Address"), "basic", LineField, optional(at_most(200))),
    _chosen("industry", _("Industry"), "basic", choices.INDUSTRY),
    _chosen("company_size", _("Company size"), "basic", choices.COMPANY_SIZE),
    _entered("founded_on", _("Founded on"), "basic", DayField, optional()),
    _chosen("source", _("Source"), "basic", choices.SOURCE),
    _entered("remark", _("Remark"), "basic", TextField, optional(at_most(2000))),
    _entered(
        "tax_id", _("Tax id"), "business", LineField, optional(at_most(40)),
        render_kw={"data-show-when": "kind=enterprise"},
    ),
    _chosen("level", _("Level"), "business", choices.LEVEL, is_tagged=True),
    _entered("annual_revenue", _("Yearly revenue"), "business", MoneyField, optional(), render_kw=_YUAN),
    _entered(
        "cooperation_years", _("Years of cooperation"), "business", MoneyField, optional(),
        high=200, measure="number",
    ),
    # Fields of edits only: the form of creation lacks them.
    CustomerField(
        "deal_status", _("Deal status"), "business", codes=choices.DEAL_STATUS, is_tagged=True
    ),
    CustomerField("enabled", _("Enabled"), "business"),
    # The customer's demand (CUST-5).
    _chosen("demand_kind", _("Buy or rent"), "demand", choices.DEMAND_KIND, input_name="kind"),
    _entered(
        "demand_districts", _("Demand districts"), "demand", districts_field, optional(),
        input_name="district_ids",
    ),
    _entered("price_min", _("Price from"), "demand", MoneyField, optional(), render_kw=_YUAN),
    _entered("price_max", _("Price to"), "demand", MoneyField, optional(), render_kw=_YUAN),
    _entered("area_min", _("Area from"), "demand", MoneyField, optional(), **_AREA),
    _entered("area_max", _("Area to"), "demand", MoneyField, optional(), **_AREA),
    _entered("rooms_min", _("Rooms from"), "demand", WholeField, optional(between(0, 99))),
    _entered("rooms_max", _("Rooms to"), "demand", WholeField, optional(between(0, 99))),
    _entered("needs", _("Needs"), "demand", TextField, optional(at_most(2000))),
    # Values that operations change or that pages show.
    CustomerField("code", _("Code")),
    CustomerField("phone", _("Phone")),
    CustomerField("pool", _("Pool"), codes=choices.POOL, is_tagged=True),
    CustomerField("kind", _("Kind"), codes=choices.KIND),
    CustomerField("status", _("Status")),
    CustomerField("follow_status", _("Follow status"), codes=choices.FOLLOW_STATUS, is_tagged=True),
    CustomerField("owner", _("Owner")),
    CustomerField("handler", _("Handler")),
    CustomerField("private_holder", _("Private holder")),
    CustomerField("held", _("Private or public")),
    CustomerField("held_by", _("Held privately by")),
    CustomerField("assigned", _("Assigned by")),
    CustomerField("last_shelved", _("Last shelved")),
    CustomerField("last_unshelved", _("Last unshelved")),
    CustomerField("responsible", _("Responsible")),
    CustomerField("department", _("Department")),
    CustomerField("district", _("District")),
    CustomerField("grade", _("Grade"), codes=choices.GRADE, is_tagged=True),
    CustomerField("stage", _("Stage"), codes=choices.STAGE, is_tagged=True),
    CustomerField("price", _("Price")),
    CustomerField("area", _("Area")),
    CustomerField("rooms", _("Rooms")),
    CustomerField("last_follow_up_at", _("Last follow-up")),
    CustomerField("next_contact_at", _("Next contact")),
    CustomerField("created_at", _("Created")),
    CustomerField("push", _("Push"), codes=choices.PUSH_STATE),
    CustomerField("link_code", _("Link group")),
    CustomerField("member_access", _("Access"), codes=choices.MEMBER_ACCESS),
)  # fmt: skip

LABELS: Mapping[str, Sentence] = {one.name: one.label for one in FIELDS}
CODES: Mapping[str, Dictionary] = {one.name: one.codes for one in FIELDS if one.codes is not None}


def names_of(*groups: Group) -> tuple[str, ...]:
    """Return the fields that an edit of these groups may change."""
    return tuple(one.name for one in FIELDS if one.group in groups)


def add_inputs(form: type[Any], *groups: Group) -> tuple[str, ...]:
    """Add the inputs of these groups to a form; return their names in the form, in order."""
    found = {one.input_name or one.name: one.input for one in FIELDS if one.input and one.group in groups}
    for name, made in found.items():
        setattr(form, name, made)
    return tuple(found)


_INPUT_NAMES = {one.name: one.input_name for one in FIELDS if one.input_name}
_COLUMNS = {input_name: name for name, input_name in _INPUT_NAMES.items()}


def input_name_of(name: str) -> str:
    """Return the name of the field in forms and the API."""
    return _INPUT_NAMES.get(name, name)


def column_of(input_name: str) -> str:
    """Return the customer's column of a name in the form of the demand."""
    return _COLUMNS.get(input_name, input_name)


def field_label(name: str) -> str:
    """Return the label of a field."""
    return str(LABELS.get(name, name))
