"""Operations on login accounts, one declaration each (ACC-12, ACC-13)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationPage, without_facts
from app.org.accounts import administration, forms, policies

RESET_PASSWORD = Operation(
    name="reset_password",
    label=_("Reset password"),
    icon="fa-key",
    form=forms.FirstPasswordForm,
    policy=without_facts(policies.can_reset_account),
    service=administration.reset_password,
    answer=Answer(_("The password of %(name)s was reset")),
    page=OperationPage(
        submit_label=_("Reset"),
        hint=_("Ends all sessions of the account and a lock-out."),
        in_list=True,
    ),
    api=OperationApi(summary="Sets a new first password for an account, and ends its sessions (ACC-13)."),
)
RESET_SECOND_FACTOR = Operation(
    name="reset_second_factor",
    label=_("Reset second factor"),
    icon="fa-shield-halved",
    form=ConfirmForm,
    policy=without_facts(policies.can_reset_account_factor),
    service=administration.reset_second_factor,
    answer=Answer(_("The second factor of %(name)s was reset")),
    page=OperationPage(
        submit_label=_("Reset"),
        hint=_(
            "For somebody who lost the authenticator: the password alone opens the account until a new "
            "one is set up, and all sessions end."
        ),
    ),
    api=OperationApi(summary="Removes the second factor of an account, and ends its sessions (ACC-12)."),
)
DISABLE = Operation(
    name="disable",
    label=_("Disable"),
    icon="fa-ban",
    form=ConfirmForm,
    policy=without_facts(policies.can_disable_account),
    service=administration.disable_account,
    answer=Answer(_("The account of %(name)s was disabled")),
    page=OperationPage(
        hint=_("Nobody can sign in with it until it is enabled again; all its sessions end."),
    ),
    api=OperationApi(summary="Disables an account, and ends its sessions."),
)
ENABLE = Operation(
    name="enable",
    label=_("Enable"),
    icon="fa-circle-check",
    form=ConfirmForm,
    policy=without_facts(policies.can_enable_account),
    service=administration.enable_account,
    answer=Answer(_("The account of %(name)s was enabled")),
    page=OperationPage(
        hint=_("Signing in is possible again, with the password that the account had."),
    ),
    api=OperationApi(summary="Enables a disabled account."),
)
ACTIONS = (RESET_PASSWORD, RESET_SECOND_FACTOR, DISABLE, ENABLE)
