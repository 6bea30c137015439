"""The form that edits a bank account (CUST-12); the customer's page lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.models.sqla.interface import SQLAInterface
from flask_babel import lazy_gettext as _

from app.customers.accounts.fields import LABELS, PLAIN
from app.customers.accounts.forms import AccountPageForm
from app.customers.accounts.models import BankAccount
from app.customers.accounts.operations import TAB
from app.customers.accounts.policies import can_edit_accounts
from app.customers.accounts.queries import visible_accounts
from app.customers.accounts.services import update_account
from app.customers.shared.views import BelongingView
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor
    from app.kernel.fields.forms import BaseForm


class BankAccountView(BelongingView):
    """Edits a bank account; its number is masked for everybody."""

    datamodel = SQLAInterface(BankAccount)
    route_base = "/bank-accounts"
    class_permission_name = "BankAccount"
    scope = staticmethod(visible_accounts)
    spec = ListSpec((), {"created_at": BankAccount.created_at}, "-created_at")
    list_title = _("Bank accounts")
    menu_place = "CustomerView"
    edit_title = _("Edit bank account")
    edit_form_class = AccountPageForm
    label_columns = {**LABELS}
    tab_key = TAB
    may_edit = staticmethod(can_edit_accounts)
    edited = (*PLAIN, "is_default")
    title_of = "bank"

    def edit_form(self, record: BankAccount, actor: Actor) -> BaseForm:
        """Return the form; the present number stands masked in the empty field."""
        form = super().edit_form(record, actor)
        number: Any = form["account_number"]
        number.render_kw = {**(number.render_kw or {}), "placeholder": str(record.number)}
        return form

    def update(self, pk: int, values: dict[str, Any], actor: Actor) -> BankAccount:
        return update_account(pk, values=values, actor=actor)
