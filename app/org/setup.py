"""Registration of the organisation, and grants of its functions and of the lower layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.permissions import OperationLogPermission
from app.audit.queries import register_code_fields
from app.kernel.access.permissions import FilePermission, grant, grant_always
from app.kernel.api.operations import add_operation
from app.kernel.database.transactions import refuses
from app.kernel.files.attachments import Subject, declare_subject
from app.kernel.lists.finding import declare_kind
from app.kernel.pages.badges import declare_badges
from app.kernel.settings.declarations import before_change, declare_settings
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry, add_views
from app.notices.choices.forwarding import register_recipients
from app.notices.permissions import NotificationPermission, OutgoingMessagePermission, TodoPermission
from app.org.accounts.api import AccountListApi
from app.org.accounts.operations import ACTIONS as ON_ACCOUNTS
from app.org.accounts.services import user_name_taken
from app.org.accounts.views import AccountListView, AccountView
from app.org.departments.api import DepartmentApi
from app.org.departments.operations import DEPARTMENT_ACTIONS
from app.org.departments.services import company_name_taken
from app.org.departments.views import CompanyView, DepartmentView
from app.org.districts.services import code_taken
from app.org.districts.views import DistrictView
from app.org.profile.queries import find_recipient, open_account
from app.org.profile.views import ProfileView
from app.org.roles import models as role_models
from app.org.roles.api import RoleApi
from app.org.roles.models import SCOPE_KIND
from app.org.roles.names import ADMIN, AUDITOR, BACK_OFFICE, EVERYBODY
from app.org.roles.operations import ACTIONS as ON_ROLES
from app.org.roles.services import role_name_taken
from app.org.roles.views import RoleView
from app.org.sessions import settings, sms_codes
from app.org.sessions.api import SmsCodeApi
from app.org.sessions.session_api import SessionApi
from app.org.sessions.settings import TOTP_ROLES, check_roles_exist
from app.org.sessions.wechat import account_linked
from app.org.shared import models
from app.org.shared.models import STAFF_STATUS, Account
from app.org.shared.permissions import (
    AccountPermission,
    CompanyPermission,
    DepartmentPermission,
    DistrictPermission,
    OptionsPermission,
    RolePermission,
    StaffPermission,
)
from app.org.staff.api import StaffApi
from app.org.staff.directory_api import BADGES, OrgApi
from app.org.staff.finding import STAFF
from app.org.staff.operations import ACTIONS as ON_STAFF
from app.org.staff.options import OptionsView
from app.org.staff.services import employee_number_taken
from app.org.staff.views import StaffView

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Declare companies, departments, staff, roles, districts and accounts."""
    declare_settings(settings)
    declare_dictionaries(models, role_models, sms_codes)
    _grant()
    _refuse()
    declare_badges(*BADGES)
    register_code_fields("staff", status=STAFF_STATUS)
    register_code_fields("role", scope=SCOPE_KIND)
    before_change(TOTP_ROLES, check_roles_exist)
    for view, api, actions in (
        (StaffView, StaffApi, ON_STAFF),
        (AccountListView, AccountListApi, ON_ACCOUNTS),
        (DepartmentView, DepartmentApi, DEPARTMENT_ACTIONS),
        (RoleView, RoleApi, ON_ROLES),
    ):
        for action in actions:
            add_operation(view, api, action)
    add_menu_entry(app, "Staff", StaffView, "fa-id-badge", _("Staff"))
    add_menu_entry(app, "Departments", DepartmentView, "fa-sitemap", _("Departments"))
    add_menu_entry(app, "Roles", RoleView, "fa-user-shield", _("Roles"))
    add_menu_entry(app, "Districts", DistrictView, "fa-map-location-dot", _("Districts"))
    add_menu_entry(app, "Companies", CompanyView, "fa-building", _("Companies"))
    add_menu_entry(app, "Accounts", AccountListView, "fa-key", _("Non-staff accounts"))
    declare_kind(STAFF)
    add_views(app, AccountView, OptionsView, ProfileView)
    declare_subject(Subject(Account.__files__, FilePermission.READ.resource, open_account))
    register_recipients(find_recipient)
    add_apis(app, OrgApi, SmsCodeApi, SessionApi, StaffApi, DepartmentApi, RoleApi, AccountListApi)


def _grant() -> None:
    """Who may use the organisation's functions, and those of the log, the inbox and the files below it."""
    grant_always(ADMIN)
    grant([OptionsPermission.READ], EVERYBODY, label=_("Choices in forms"))
    for kept in (
        StaffPermission, CompanyPermission, DepartmentPermission, DistrictPermission, RolePermission,
        AccountPermission,
    ):  # fmt: skip
        grant([*kept], [])
    grant([OperationLogPermission.READ, OperationLogPermission.EXPORT], [AUDITOR])
    grant(
        [NotificationPermission.READ, NotificationPermission.MARK_READ],
        BACK_OFFICE,
        words={"mark_read": _("Mark as read")},
    )
    grant([TodoPermission.READ, TodoPermission.COMPLETE], BACK_OFFICE, words={"complete": _("Complete")})
    grant([OutgoingMessagePermission.READ, OutgoingMessagePermission.SEND_AGAIN], [])
    grant([FilePermission.READ], BACK_OFFICE, label=_("Files"))


def _refuse() -> None:
    """Declare the refusals for violations of database constraints."""
    refuses("uq_district_code", code_taken)
    refuses("uq_company_name", company_name_taken)
    refuses("uq_company_name_search", company_name_taken)
    refuses("uq_staff_employee_no", employee_number_taken)
    refuses("uq_wechat_link_openid_index", account_linked)
    for constraint in ("ab_user_username_key", "uq_ab_user_username"):
        refuses(constraint, user_name_taken)
    for constraint in ("ab_role_name_key", "uq_ab_role_name"):
        refuses(constraint, role_name_taken)
