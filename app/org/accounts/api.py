"""Login accounts in the REST API (ACC-12, ACC-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

from flask import Response, jsonify
from sqlalchemy.orm import selectinload

from app.kernel.access.current import current_actor
from app.kernel.api.base import KepanApi, endpoint, expose
from app.org.accounts.queries import accounts_without_staff, get_account_without_staff
from app.org.accounts.views import SPEC
from app.org.shared.models import Account
from app.org.shared.permissions import AccountPermission

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


class AccountRecord(TypedDict):
    """An account without a staff profile, as administrators see it."""

    id: int
    username: str
    name: str
    roles: list[str]
    enabled: bool
    second_factor: bool
    must_change_password: bool


class AccountListApi(KepanApi):
    """``/accounts``: those without a staff profile."""

    route_base = "/api/v1/accounts"
    class_permission_name = "Account"
    record_type = AccountRecord

    @staticmethod
    def get_record(pk: int, actor: Actor) -> Account:
        """Return the account, unless it belongs to staff."""
        return get_account_without_staff(pk, actor=actor)

    @staticmethod
    def record(account: Account) -> AccountRecord:
        """Return the response of every operation."""
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
    @endpoint(AccountPermission.READ, lists=SPEC, returns=AccountRecord)
    def accounts(self) -> Response:
        """Lists the accounts without a staff profile, newest first."""
        statement = accounts_without_staff(current_actor())
        options = selectinload(Account.roles)
        return self.list_answer(statement, SPEC, lambda rows: [self.record(row) for row in rows], options)

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(AccountPermission.READ, returns=AccountRecord)
    def one(self, pk: int) -> Response:
        """Returns one account without a staff profile."""
        return jsonify(self.record(self.get_record(pk, current_actor())))
