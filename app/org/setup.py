"""What the organisation brings into the menu and the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.api.operations import form_action
from app.org.accounts.api import AccountListApi
from app.org.accounts.views import AccountListView, AccountView
from app.org.departments.api import DepartmentApi
from app.org.departments.operations import DEPARTMENT_ACTIONS
from app.org.departments.views import CompanyView, DepartmentView
from app.org.districts.views import DistrictView
from app.org.roles.api import RoleApi
from app.org.roles.views import RoleView
from app.org.sessions.api import SmsCodeApi
from app.org.staff.api import StaffApi
from app.org.staff.directory_api import OrgApi
from app.org.staff.operations import ACTIONS
from app.org.staff.options import OptionsView
from app.org.staff.views import StaffView

if TYPE_CHECKING:
    from flask_appbuilder import AppBuilder


CATEGORY = "Organisation"


for _action in ACTIONS:
    form_action(StaffView, StaffApi, _action)


for _action in ACTIONS:
    form_action(AccountListView, AccountListApi, _action)


for _action in DEPARTMENT_ACTIONS:
    form_action(DepartmentView, DepartmentApi, _action)


for _action in ACTIONS:
    form_action(RoleView, RoleApi, _action)


def register_organisation(builder: AppBuilder) -> None:
    """The menu group of those who keep the organisation, one's own account, choices for forms, the APIs."""
    first = {"category_icon": "fa-sitemap", "category_label": _("Organisation")}
    builder.add_view(StaffView, "Staff", icon="fa-id-badge", label=_("Staff"), category=CATEGORY, **first)
    for view, name, icon, label in (
        (DepartmentView, "Departments", "fa-sitemap", _("Departments")),
        (RoleView, "Roles", "fa-user-shield", _("Roles")),
        (DistrictView, "Districts", "fa-map-location-dot", _("Districts")),
        (CompanyView, "Companies", "fa-building", _("Companies")),
        (AccountListView, "Accounts", "fa-key", _("Non-staff accounts")),
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
        AccountListApi,
    ):
        builder.add_api(api)
