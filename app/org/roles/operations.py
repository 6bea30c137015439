"""Operations on roles, one declaration each (ACC-4)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.api.base import Gone
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationPage, without_facts
from app.org.roles import policies, services

RESET = Operation(
    name="reset",
    label=_("Reset"),
    icon="fa-rotate-left",
    form=ConfirmForm,
    policy=without_facts(policies.can_reset_role),
    service=services.reset_role,
    answer=Answer(_("The role %(name)s was reset")),
    page=OperationPage(
        hint=_("Permissions and data scope become what they were when the role was delivered."),
    ),
    api=OperationApi(summary="Resets a built-in role to its delivered permissions and data scope (ACC-4)."),
)
DELETE = Operation(
    name="delete",
    label=_("Delete"),
    icon="fa-trash",
    form=ConfirmForm,
    policy=policies.can_delete_role,
    service=services.delete_role,
    answer=Answer(_("The role %(name)s was deleted")),
    page=OperationPage(
        hint=_("The role is gone for good."),
        goes_to=lambda _gone: url_for("RoleView.list"),
    ),
    api=OperationApi(
        summary="Deletes a role that no account has; built-in roles stay (ACC-4).",
        answer=lambda gone: {"id": gone.id},
        returns=Gone,
    ),
)
ACTIONS = (RESET, DELETE)
