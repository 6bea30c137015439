"""The pages of companies and departments (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload, with_expression

from app.audit.presentation import LOG_TAB
from app.kernel.lists.filters import ContainsFilter, ReferenceFilter
from app.kernel.lists.requests import MAX_PAGE_SIZE, ListSpec
from app.kernel.pages.formatting import join_names
from app.org.departments import forms, services
from app.org.departments import services as tree
from app.org.departments.queries import companies_of, department_facts, departments_of
from app.org.shared.fields import company_name
from app.org.shared.models import Company, Department, Staff
from app.org.shared.views import TreeView, indented, name_of_record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.org.departments.policies import DepartmentFacts


class CompanyView(TreeView):
    """Our own legal entities."""

    datamodel = SQLAInterface(Company)
    route_base = "/companies"
    class_permission_name = "Company"
    scope = staticmethod(companies_of)
    spec = ListSpec(
        (ContainsFilter("name", _("Name"), Company.name),),
        {"name": Company.name, "created_at": Company.created_at},
        "created_at",
    )
    detail_tabs = (LOG_TAB,)
    list_title = _("Companies")
    add_title = _("New company")
    edit_title = _("Edit company")
    empty_text = _("No company yet; create the first one")
    add_form_class = forms.CompanyForm
    edit_form_class = forms.CompanyForm
    list_columns = ["name", "created_at"]
    label_columns = {"name": _("Name"), "created_at": _("Created")}
    show_fieldsets = [("", {"fields": ["name", "created_at"]})]

    def form_data(self, record: Company | None, _actor: Actor) -> dict[str, Any]:
        return {} if record is None else {"name": record.name}

    def create(self, values: dict[str, Any], actor: Actor) -> Company:
        return services.create_company(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Company:
        return tree.rename_company(pk, **values, actor=actor)


_PEOPLE = (
    select(func.count(Staff.id)).where(Staff.department_id == Department.id).correlate(Department)
).scalar_subquery()


class DepartmentView(TreeView):
    """The tree of departments."""

    datamodel = SQLAInterface(Department)
    route_base = "/departments"
    class_permission_name = "Department"
    scope = staticmethod(departments_of)
    spec = ListSpec(
        (
            ContainsFilter("name", _("Name"), Department.name),
            ReferenceFilter(
                "company_id",
                _("Company"),
                Department.company_id,
                lambda: url_for("OptionsView.companies"),
                company_name,
            ),
        ),
        {"path": Department.path},
        "path",
        page_size=MAX_PAGE_SIZE,
    )
    detail_tabs = (LOG_TAB,)
    list_options = (
        joinedload(Department.company),
        joinedload(Department.parent),
        joinedload(Department.manager),
        selectinload(Department.districts),
        with_expression(Department.staff_count, _PEOPLE),
    )
    list_title = _("Departments")
    add_title = _("New department")
    edit_title = _("Edit department")
    empty_text = _("No department yet; create the first one")
    add_form_class = forms.DepartmentForm
    edit_form_class = forms.DepartmentEditForm
    list_columns = ["name", "company", "manager", "districts", "staff_count"]
    number_columns = frozenset({"staff_count"})
    wide_columns = frozenset({"name", "districts"})
    label_columns = {
        "name": _("Name"),
        "full_name": _("Name"),
        "company": _("Company"),
        "parent": _("Above it"),
        "manager": _("Manager"),
        "districts": _("Responsible districts"),
        "staff_count": _("Staff"),
    }
    formatters_columns = {
        "name": lambda department: indented(department.name, department.depth),
        "full_name": name_of_record,
        "company": lambda department: department.company.name,
        "parent": lambda department: name_of_record(department.parent),
        "manager": lambda department: name_of_record(department.manager),
        "districts": lambda department: join_names(d.name for d in department.districts),
    }
    show_fieldsets = [
        ("", {"fields": ["full_name", "company", "parent", "manager", "staff_count", "districts"]})
    ]

    def facts_of(self, records: Sequence[Department], _actor: Actor) -> Mapping[int, DepartmentFacts]:
        return department_facts(records)

    def facts_for(self, record: Department, _actor: Actor) -> DepartmentFacts:
        return department_facts([record], complete=True)[record.id]

    def form_data(self, record: Department | None, _actor: Actor) -> dict[str, Any]:
        if record is None:
            return {}
        return {
            "name": record.name,
            "manager_id": record.manager_id,
            "district_ids": [district.id for district in record.districts],
        }

    def create(self, values: dict[str, Any], actor: Actor) -> Department:
        return tree.add_department(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> Department:
        return tree.edit_department(pk, **values, actor=actor)
