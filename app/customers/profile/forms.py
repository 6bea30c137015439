"""The form of an edit; the API reads its JSON through the same one."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from app.customers.shared import choices
from app.customers.shared.fields import LABELS, column_of, inputs_in
from app.customers.shared.forms import CustomerFieldsForm
from app.kernel.fields.choices import ChoiceField
from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.numbers import VersionField, YesNoField
from app.kernel.fields.texts import LineField


class LookUpForm(BaseForm):
    """Asks whether a customer exists: by one of number, tax id and name (CUST-33)."""

    phone = LineField(LABELS["phone"], optional(at_most(40)))
    tax_id = LineField(LABELS["tax_id"], optional(at_most(40)))
    name = LineField(LABELS["name"], optional(at_most(120)))


class CustomerEditForm(CustomerFieldsForm):
    """An edit of a customer; ``version`` is the save it began from (CUST-20)."""

    version = VersionField(_("Version"), required())
    deal_status = ChoiceField(LABELS["deal_status"], choices.DEAL_STATUS, required())
    enabled = YesNoField(LABELS["enabled"])

    sections = (
        (_("Basic information"), ("name", *inputs_in("names"), "tax_id", "source")),
        (_("Demand"), inputs_in("demand")),
        (_("Further information"), (*inputs_in("contact"), *inputs_in("firm"), "remark")),
        (_("Business"), ("deal_status", *inputs_in("business"), "enabled")),
    )


def edit_values(form: CustomerEditForm) -> dict[str, Any]:
    """Return the fields of an edit as the service takes them."""
    values = form.values()
    values.pop("version", None)
    return flatten_demand(values)


def flatten_demand(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of a form, with the parts of the demand under their column names."""
    demand = {column_of(name): value for name, value in (values.pop("demand", None) or {}).items()}
    if "demand_districts" in demand:
        demand["demand_districts"] = demand["demand_districts"] or []
    return {**values, **demand}
