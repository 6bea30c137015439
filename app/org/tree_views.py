"""The pages of companies, departments and districts (ACC-1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload, with_expression

from app.audit.show import operations_table
from app.kernel.access.grants import ADMIN, grant
from app.kernel.api.base import Gone
from app.kernel.errors import ALLOW, Decision
from app.kernel.lists.filters import ContainsFilter, ReferenceFilter, TextFilter
from app.kernel.lists.requests import MAX_PAGE_SIZE, ListSpec
from app.kernel.pages.elements import Button
from app.kernel.pages.form_page import finish
from app.kernel.pages.formatting import join_names
from app.kernel.pages.operations import ConfirmForm, FormAction, action_buttons
from app.kernel.pages.tabs import DetailTab
from app.kernel.pages.views import ScopedModelView
from app.org import forms, services, tree
from app.org.fields import company_name
from app.org.models import Company, Department, District, Staff
from app.org.queries import companies_of, departments_of, parent_districts, visible_districts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import TableTab

grant("Company", ["read", "create", "update"], [ADMIN])
grant("Department", ["read", "create", "update", "move", "delete"], [ADMIN])
grant("District", ["read", "create", "update"], [ADMIN])

DEEPEST = 8  # steps of indentation that a table has room for


def indented(name: str, depth: int) -> Markup:
    """A name as deep in the tree as it stands."""
    mark = Markup('<i class="tree-mark" aria-hidden="true"></i>') if depth else ""
    return Markup('<span class="tree tree-{}">{}{}</span>').format(min(depth, DEEPEST), mark, name)


def name_of_record(record: Any) -> str:
    return record.name if record is not None else ""


def anything(_actor: Actor, _record: Any, _facts: Any) -> Decision:
    return ALLOW


class TreeView(ScopedModelView):
    """What the three pages share: an edit button, no rule beyond the permission, the log."""

    include_route_methods = {"list", "show", "tab", "add", "edit"}

    def row_buttons(self, record: Any, actor: Actor, facts: Any) -> list[Button]:
        return [
            Button(gettext("Open"), self.record_url(record)),
            *self._edit_button(record, actor),
            *action_buttons(self, actor, record, facts, in_list=True),
        ]

    def detail_buttons(self, record: Any, actor: Actor, facts: Any) -> list[Button]:
        return [*action_buttons(self, actor, record, facts), *self._edit_button(record, actor)]

    def _edit_button(self, record: Any, actor: Actor) -> list[Button]:
        if not actor.may("update", self.class_permission_name):
            return []
        url = url_for(f"{self.endpoint}.edit", pk=record.id)
        return [Button(gettext("Edit"), url, "fa-pen", "drawer", primary=True)]

    def check_edit(self, _record: Any, _actor: Actor) -> Decision:
        return ALLOW


def _log_tab(record: Any, page: int) -> TableTab:
    return operations_table([(record.__audit__, record.id)], page)


LOG_TAB = DetailTab("operations", _("Operation log"), _log_tab)


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


MOVE = FormAction(
    name="move",
    label=_("Move"),
    icon="fa-arrow-right-arrow-left",
    form=forms.DepartmentMoveForm,
    policy=anything,
    service=tree.move_department,
    submit_label=_("Move"),
    hint=_("Everything below moves along; who sees what follows at once."),
    in_list=True,
    initial=lambda department: {"parent_id": department.parent_id},
)
DELETE = FormAction(
    name="delete",
    label=_("Delete"),
    icon="fa-trash",
    form=ConfirmForm,
    policy=anything,
    service=tree.delete_department,
    submit_label=_("Delete"),
    hint=_("Only an empty department can be deleted: nothing below it, no staff, no records."),
    answer=lambda gone: {"id": gone.id},
    returns=Gone,
    done=lambda _gone: finish(url_for("DepartmentView.list"), _("Deleted")),
)
DEPARTMENT_ACTIONS = (MOVE, DELETE)


def by_name(text: str, _actor: Actor) -> Any:
    return District.name.contains(text, autoescape=True)


class DistrictView(TreeView):
    """The tree of districts, in the order of their codes."""

    datamodel = SQLAInterface(District)
    route_base = "/districts"
    class_permission_name = "District"
    scope = staticmethod(visible_districts)
    spec = ListSpec(
        (TextFilter("name", _("Name"), by_name), ContainsFilter("code", _("Code"), District.code)),
        {"code": District.code, "name": District.name},
        "code",
        page_size=MAX_PAGE_SIZE,
    )
    detail_tabs = (LOG_TAB,)
    list_options = (joinedload(District.parent),)
    list_title = _("Districts")
    add_title = _("New district")
    edit_title = _("Edit district")
    empty_text = _("No district yet; create the first one")
    add_form_class = forms.DistrictForm
    edit_form_class = forms.DistrictEditForm
    list_columns = ["name", "code", "parent"]
    wide_columns = frozenset({"name"})
    label_columns = {"name": _("Name"), "code": _("Code"), "parent": _("Above it")}
    formatters_columns = {"parent": lambda district: name_of_record(district.parent)}
    show_fieldsets = [("", {"fields": ["name", "code", "parent"]})]

    def facts_of(self, records: Sequence[District], _actor: Actor) -> Mapping[int, int]:
        """How deep each district stands."""
        parents = parent_districts()

        def depth(pk: int) -> int:
            steps, above = 0, parents.get(pk)
            while above is not None and steps <= DEEPEST:
                steps, above = steps + 1, parents.get(above)
            return steps

        return {record.id: depth(record.id) for record in records}

    def _row(self, record: District, actor: Actor, facts: int | None) -> Any:
        row = super()._row(record, actor, facts)
        row.cells["name"] = indented(record.name, facts or 0)
        return row

    def form_data(self, record: District | None, _actor: Actor) -> dict[str, Any]:
        return {} if record is None else {"name": record.name, "parent_id": record.parent_id}

    def create(self, values: dict[str, Any], actor: Actor) -> District:
        return tree.add_district(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> District:
        return tree.edit_district(pk, **values, actor=actor)
