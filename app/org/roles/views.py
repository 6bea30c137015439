"""The pages of roles (ACC-4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, request, url_for
from flask_appbuilder.baseviews import expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_appbuilder.security.sqla.models import Role, assoc_permissionview_role, assoc_user_role
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload, with_expression

from app.audit.presentation import LOG_TAB
from app.kernel.access.current import current_actor
from app.kernel.lists.filters import ChoiceFilter, TextFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.lists.search import contains, is_found
from app.kernel.pages.answers import finish
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import code_cell, join_names, tag
from app.kernel.pages.operations import operation_buttons
from app.kernel.pages.routes import permitted
from app.kernel.pages.views import ScopedModelView
from app.org.roles import forms, policies, services
from app.org.roles.models import SCOPE_KIND, RoleScope
from app.org.roles.names import BUILT_IN, role_label
from app.org.roles.policies import RoleFacts
from app.org.roles.presentation import BASIC, matrix, read_pairs
from app.org.roles.queries import permissions_of_roles, visible_roles
from app.org.shared.permissions import RolePermission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Decision


def _by_name(text: str, _actor: Actor) -> Any:
    labelled = [name for name in BUILT_IN if is_found(role_label(name), text)]
    return RoleScope.role.has(contains(Role.name, text) | Role.name.in_(labelled))


def _label(role: RoleScope) -> str:
    return f"{role_label(role.name)} ({role.name})" if role.built_in else role.name


_HELD = (
    select(func.count())
    .where(assoc_permissionview_role.c.role_id == RoleScope.role_id)
    .correlate(RoleScope)
    .scalar_subquery()
)
_PEOPLE = (
    select(func.count())
    .where(assoc_user_role.c.role_id == RoleScope.role_id)
    .correlate(RoleScope)
    .scalar_subquery()
)


class RoleView(ScopedModelView):
    """Roles with their data scope and permissions."""

    datamodel = SQLAInterface(RoleScope)
    route_base = "/roles"
    class_permission_name = "Role"
    include_route_methods = {"list", "show", "tab", "add", "edit", "permissions"}
    scope = staticmethod(visible_roles)
    spec = ListSpec(
        (
            TextFilter("name", _("Name"), _by_name),
            ChoiceFilter("kind", _("Data scope"), RoleScope.kind, SCOPE_KIND),
        ),
        {"id": RoleScope.role_id},
        "id",
        page_size=50,
    )
    detail_tabs = (LOG_TAB,)
    list_options = (
        selectinload(RoleScope.departments),
        with_expression(RoleScope.functions, _HELD),
        with_expression(RoleScope.people, _PEOPLE),
    )
    list_title = _("Roles")
    add_title = _("New role")
    edit_title = _("Data scope")
    add_form_class = forms.RoleForm
    edit_form_class = forms.ScopeForm
    edit_label = _("Data scope")
    edit_icon = "fa-eye"
    list_columns = ["name", "built_in", "kind", "functions", "people"]
    number_columns = frozenset({"functions", "people"})
    wide_columns = frozenset({"departments"})
    label_columns = {
        "name": _("Role"),
        "built_in": _("Kind of role"),
        "kind": _("Data scope"),
        "departments": _("Chosen departments"),
        "functions": _("Permissions"),
        "people": _("People"),
    }
    formatters_columns = {
        "name": _label,
        "built_in": lambda role: (
            tag(gettext("Built in"), "gray") if role.built_in else tag(gettext("Own"), "cyan")
        ),
        "kind": code_cell(SCOPE_KIND, "kind"),
        "departments": lambda role: join_names(d.name for d in role.departments),
    }
    show_fieldsets = [("", {"fields": ["name", "built_in", "kind", "functions", "people", "departments"]})]

    def record_title(self, record: RoleScope) -> str:
        return role_label(record.name)

    def facts_of(self, records: Sequence[RoleScope], _actor: Actor) -> Mapping[int, RoleFacts]:
        """Return the number of people with each role: the list has loaded it already."""
        return {record.id: RoleFacts(record.people) for record in records}

    def row_buttons(self, record: RoleScope, actor: Actor, facts: Any) -> list[Button]:
        return [
            *self._own_buttons(record, actor, facts),
            *operation_buttons(self, actor, record, facts, in_list=True),
        ]

    def detail_buttons(self, record: RoleScope, actor: Actor, facts: Any) -> list[Button]:
        return [*operation_buttons(self, actor, record, facts), *self._own_buttons(record, actor, facts)]

    def _own_buttons(self, record: RoleScope, actor: Actor, facts: RoleFacts | None) -> list[Button]:
        table = Button(
            gettext("Permissions"), url_for("RoleView.permissions", pk=record.id), "fa-table-cells"
        )
        return [table, *self.edit_buttons(record, actor, facts)]

    def check_edit(self, record: RoleScope, actor: Actor, _facts: RoleFacts | None) -> Decision:
        return policies.can_change_role(actor, record)

    def form_data(self, record: RoleScope | None, _actor: Actor) -> dict[str, Any]:
        if record is None:
            return {}
        return {"kind": record.kind, "department_ids": [one.id for one in record.departments]}

    def create(self, values: dict[str, Any], actor: Actor) -> RoleScope:
        return services.create_role(**values, actor=actor)

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> RoleScope:
        return services.set_scope(pk, **values, actor=actor)

    @expose("/<int:pk>/permissions", methods=["GET", "POST"])
    @permitted(RolePermission.PERMISSIONS)
    def permissions(self, pk: int) -> Any:
        """Show the role's permissions as a table of functions; the administrator's are read-only."""
        actor = current_actor()
        role = self.get_record(pk, actor)
        verdict = policies.can_change_role(actor, role)
        if request.method == "POST":
            services.set_permissions(pk, pairs=read_pairs(request.form.getlist("pair")), actor=actor)
            return finish(url_for("RoleView.permissions", pk=pk))
        return render_template(
            "org/permissions.html",
            title=f"{gettext('Permissions')} — {self.record_title(role)}",
            back_url=self.record_url(role),
            columns=[(key, str(label)) for key, label in BASIC.items()],
            groups=matrix(permissions_of_roles([pk])[pk]),
            reason=verdict.reason,
        )
