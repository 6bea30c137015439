"""Bank accounts in the REST API (CUST-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify

from app.customers.accounts.forms import AccountForm
from app.customers.accounts.queries import get_account
from app.customers.accounts.serializers import BankAccountRecord, account_record
from app.customers.accounts.services import delete_account, update_account
from app.customers.shared.permissions import BankAccountPermission
from app.kernel.access.current import current_actor
from app.kernel.api.base import Gone, KepanApi, endpoint, expose

if TYPE_CHECKING:
    from app.customers.accounts.models import BankAccount


class BankAccountApi(KepanApi):
    """``/api/v1/bank-accounts``."""

    route_base = "/api/v1/bank-accounts"
    class_permission_name = "BankAccount"
    record_type = BankAccountRecord

    @staticmethod
    def get_record(pk: int, actor: Any) -> BankAccount:
        """A bank account of a customer that the caller knows."""
        return get_account(pk, actor=actor)

    @staticmethod
    def record(account: Any) -> BankAccountRecord:
        """A bank account, as it now is."""
        return account_record(get_account(account.id, actor=current_actor()))

    @expose("/<int:pk>", methods=["GET"])
    @endpoint(BankAccountPermission.READ, returns=BankAccountRecord)
    def get(self, pk: int) -> Response:
        """One bank account; its number is masked."""
        return jsonify(account_record(get_account(pk, actor=current_actor())))

    @expose("/<int:pk>", methods=["PATCH"])
    @endpoint(BankAccountPermission.UPDATE, takes=AccountForm, partial=True, returns=BankAccountRecord)
    def patch(self, pk: int) -> Response:
        """Edit fields of a bank account."""
        actor = current_actor()
        get_account(pk, actor=actor)
        values = self.body(AccountForm, partial=True).values()
        return jsonify(self.record(update_account(pk, values=values, actor=actor)))

    @expose("/<int:pk>", methods=["DELETE"])
    @endpoint(BankAccountPermission.DELETE, returns=Gone)
    def delete(self, pk: int) -> Response:
        """Delete a bank account."""
        delete_account(pk, actor=current_actor())
        return jsonify(id=pk)
