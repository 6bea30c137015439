"""What the organisation brings into the menu and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.api.operations import form_action
from app.org import account_list_views, role_views, staff_views, tree_views
from app.org.account_views import AccountView
from app.org.admin_api import DepartmentApi, RoleApi, StaffApi
from app.org.api import OrgApi
from app.org.sms_api import SmsCodeApi
from app.org.views import OptionsView

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder

CATEGORY = "Organisation"

for _action in staff_views.ACTIONS:
    form_action(staff_views.StaffView, StaffApi, _action)
for _action in account_list_views.ACTIONS:
    form_action(account_list_views.AccountListView, account_list_views.AccountListApi, _action)
for _action in tree_views.DEPARTMENT_ACTIONS:
    form_action(tree_views.DepartmentView, DepartmentApi, _action)
for _action in role_views.ACTIONS:
    form_action(role_views.RoleView, RoleApi, _action)


def register_organisation(builder: AppBuilder) -> None:
    """The menu group of those who keep the organisation, one's own account, choices for forms, the APIs."""
    first = {"category_icon": "fa-sitemap", "category_label": _("Organisation")}
    builder.add_view(
        staff_views.StaffView, "Staff", icon="fa-id-badge", label=_("Staff"), category=CATEGORY, **first
    )
    for view, name, icon, label in (
        (tree_views.DepartmentView, "Departments", "fa-sitemap", _("Departments")),
        (role_views.RoleView, "Roles", "fa-user-shield", _("Roles")),
        (tree_views.DistrictView, "Districts", "fa-map-location-dot", _("Districts")),
        (tree_views.CompanyView, "Companies", "fa-building", _("Companies")),
        (account_list_views.AccountListView, "Accounts", "fa-key", _("Non-staff accounts")),
    ):
        builder.add_view(view, name, icon=icon, label=label, category=CATEGORY)
    builder.add_view_no_menu(AccountView)
    builder.add_view_no_menu(OptionsView)
    for api in (
        OrgApi,
        SmsCodeApi,
        StaffApi,
        DepartmentApi,
        RoleApi,
        account_list_views.AccountListApi,
    ):
        builder.add_api(api)
