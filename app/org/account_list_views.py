"""The page and the API of accounts without a staff profile, for the administrator (ACC-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from flask import Response, jsonify
from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import selectinload

from app.audit.show import operations_table
from app.kernel.access.current import current_actor
from app.kernel.access.grants import ADMIN, grant
from app.kernel.api.base import KepanApi, endpoint, expose
from app.kernel.lists.filters import ContainsFilter, FlagFilter
from app.kernel.lists.requests import ListSpec
from app.kernel.pages.elements import Button
from app.kernel.pages.formatting import join_html, tag
from app.kernel.pages.operations import ConfirmForm, FormAction, action_buttons
from app.kernel.pages.tabs import DetailTab
from app.kernel.pages.views import ScopedModelView
from app.org import accountkeeping, forms, policies
from app.org.models import Account
from app.org.queries import accounts_without_staff, get_account_without_staff
from app.org.roles import role_label

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.pages.elements import TableTab

grant("Account", ["read", "reset_password", "reset_second_factor", "disable", "enable"], [ADMIN])

SPEC = ListSpec(
    (
        ContainsFilter("username", _("Login name"), Account.username),
        FlagFilter("enabled", _("Enabled"), lambda: Account.active.is_(True)),
    ),
    {"username": Account.username},
    "username",
)


class AccountRecord(TypedDict):
    """An account without a staff profile, as the administrator sees it."""

    id: int
    username: str
    name: str
    roles: list[str]
    enabled: bool
    second_factor: bool
    must_change_password: bool


def _state(account: Account) -> Any:
    return tag(gettext("Enabled"), "green") if account.active else tag(gettext("Disabled"), "gray")


def _log_tab(account: Account, page: int) -> TableTab:
    return operations_table([("account", account.id)], page)


class AccountListView(ScopedModelView):
    """Who can sign in without being on the staff."""

    datamodel = SQLAInterface(Account)
    route_base = "/accounts"
    class_permission_name = "Account"
    include_route_methods = {"list", "show", "tab"}
    scope = staticmethod(accounts_without_staff)
    spec = SPEC
    detail_tabs = (DetailTab("operations", _("Operation log"), _log_tab),)
    list_options = (selectinload(Account.roles),)
    list_title = _("Non-staff accounts")
    empty_text = _("Every account belongs to a member of staff")
    list_columns = ["username", "name", "roles", "state", "second_factor"]
    label_columns = {
        "username": _("Login name"),
        "name": _("Full name"),
        "roles": _("Roles"),
        "state": _("Status"),
        "second_factor": _("Second factor"),
        "must_change_password": _("Has to change the password"),
    }
    formatters_columns = {
        "name": lambda account: account.display_name,
        "roles": lambda account: join_html(
            [tag(name, "blue") for name in sorted(role_label(role.name) for role in account.roles)]
        ),
        "state": _state,
        "second_factor": lambda account: account.has_second_factor,
    }
    show_fieldsets = [
        ("", {"fields": ["username", "name", "roles", "second_factor", "must_change_password"]})
    ]

    def record_title(self, record: Account) -> str:
        return str(record.username)

    def record_tags(self, record: Account) -> list[Any]:
        return [_state(record)]

    def row_buttons(self, record: Account, actor: Actor, facts: Any) -> list[Button]:
        opening = Button(gettext("Open"), self.record_url(record))
        return [opening, *action_buttons(self, actor, record, facts, in_list=True)]

    def detail_buttons(self, record: Account, actor: Actor, facts: Any) -> list[Button]:
        return action_buttons(self, actor, record, facts)


class AccountListApi(KepanApi):
    """``/accounts``: those without a staff profile."""

    route_base = "/api/v1/accounts"
    class_permission_name = "Account"
    record_type = AccountRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> Account:
        """The account, where it is no staff's."""
        return get_account_without_staff(pk, actor=actor)

    @staticmethod
    def record(account: Account) -> AccountRecord:
        """The answer to every operation."""
        return {
            "id": account.id,
            "username": account.username,
            "name": account.display_name,
            "roles": sorted(role.name for role in account.roles),
            "enabled": bool(account.active),
            "second_factor": account.has_second_factor,
            "must_change_password": account.must_change_password,
        }

    @expose("", methods=["GET"])
    @endpoint("read", lists=SPEC, returns=AccountRecord)
    def accounts(self) -> Response:
        """Accounts without a staff profile, by login name."""
        statement = accounts_without_staff(current_actor())
        options = selectinload(Account.roles)
        return self.list_answer(statement, SPEC, lambda rows: [self.record(row) for row in rows], options)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint("read", returns=AccountRecord)
    def one(self, pk: int) -> Response:
        """One of them."""
        return jsonify(self.record(self.get_record(pk, current_actor())))


RESET_PASSWORD = FormAction(
    name="reset_password",
    label=_("Reset password"),
    icon="fa-key",
    form=forms.FirstPasswordForm,
    policy=lambda actor, account, _facts: policies.can_reset_account(actor, account),
    service=accountkeeping.reset_password,
    submit_label=_("Reset"),
    hint=_("Ends all sessions of the account and a lock-out."),
    in_list=True,
)
RESET_SECOND_FACTOR = FormAction(
    name="reset_second_factor",
    label=_("Reset second factor"),
    icon="fa-shield-halved",
    form=ConfirmForm,
    policy=lambda actor, account, _facts: policies.can_reset_account_factor(actor, account),
    service=accountkeeping.reset_second_factor,
    submit_label=_("Reset"),
    hint=_(
        "For somebody who lost the authenticator: the password alone opens the account until a new one is "
        "set up, and all sessions end."
    ),
)
DISABLE = FormAction(
    name="disable",
    label=_("Disable"),
    icon="fa-ban",
    form=ConfirmForm,
    policy=lambda actor, account, _facts: policies.can_disable_account(actor, account),
    service=accountkeeping.disable_account,
    submit_label=_("Disable"),
    hint=_("Nobody can sign in with it until it is enabled again; all its sessions end."),
)
ENABLE = FormAction(
    name="enable",
    label=_("Enable"),
    icon="fa-circle-check",
    form=ConfirmForm,
    policy=lambda actor, account, _facts: policies.can_enable_account(actor, account),
    service=accountkeeping.enable_account,
    submit_label=_("Enable"),
    hint=_("Signing in is possible again, with the password that the account had."),
)
ACTIONS = (RESET_PASSWORD, RESET_SECOND_FACTOR, DISABLE, ENABLE)
