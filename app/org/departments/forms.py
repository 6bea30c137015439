"""Forms of companies and departments; the API reads its JSON through the same ones (ACC-1)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.fields.forms import BaseForm, at_most, optional, required
from app.kernel.fields.texts import LineField
from app.org.shared.fields import company_field, department_field, districts_field, member_field


class CompanyForm(BaseForm):
    """A legal entity (ACC-1)."""

    name = LineField(_("Name"), required(at_most(120)))


class DepartmentEditForm(BaseForm):
    """The fields of a department that change without moving it (ACC-1)."""

    name = LineField(_("Name"), required(at_most(120)))
    manager_id = member_field(_("Manager"), optional())
    district_ids = districts_field(_("Responsible districts"), optional())


class DepartmentForm(DepartmentEditForm):
    """A new department (ACC-1)."""

    parent_id = department_field(_("Above it"), optional(), description=_("Left empty: at the company's top"))
    company_id = company_field(
        _("Company"),
        optional(),
        description=_("Needed only for a department at the top"),
        render_kw={"data-star-when": "parent_id="},
    )

    sections = (("", ("name", "parent_id", "company_id", "manager_id", "district_ids")),)


class DepartmentMoveForm(BaseForm):
    """The new parent of a department, which moves with everything below it (ACC-1)."""

    parent_id = department_field(_("Above it"), optional(), description=_("Left empty: at the company's top"))
