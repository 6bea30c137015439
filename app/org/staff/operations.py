"""Operations on staff, one declaration each (ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationPage
from app.org.shared.permissions import StaffPermission
from app.org.staff import forms, policies
from app.org.staff import services as staffing

if TYPE_CHECKING:
    from app.org.shared.models import Staff


def _present_place(staff: Staff) -> dict[str, Any]:
    return {
        "department_id": staff.department_id,
        "role_ids": [role.id for role in staff.account.roles],
        "district_ids": [district.id for district in staff.districts],
    }


ORGANISE = Operation(
    name="organise",
    label=_("Organise"),
    icon="fa-sitemap",
    form=forms.OrganiseForm,
    policy=policies.can_organise,
    service=staffing.organise_staff,
    answer=Answer(_("%(name)s was organised anew")),
    page=OperationPage(
        submit_label=_("Save"),
        hint=_("What somebody sees and may do follows at once."),
        initial=_present_place,
        warning=staffing.preview_move,
        in_list=True,
    ),
    api=OperationApi(
        summary="Changes the department, roles and responsible districts of a member of staff (ACC-2)."
    ),
)
RENAME = Operation(
    name="rename",
    label=_("Correct the name"),
    icon="fa-signature",
    form=forms.RenameForm,
    policy=policies.can_rename_staff,
    service=staffing.rename_staff,
    answer=Answer(_("The name is now %(name)s")),
    page=OperationPage(
        submit_label=_("Save"),
        hint=_("The name changes wherever it is shown; the log keeps the former one."),
        initial=lambda staff: {"name": staff.name},
    ),
    api=OperationApi(summary="Corrects the name of a member of staff (ACC-2)."),
    permission=StaffPermission.UPDATE,
)
RESET_SECOND_FACTOR = Operation(
    name="reset_second_factor",
    label=_("Reset second factor"),
    icon="fa-shield-halved",
    form=ConfirmForm,
    policy=policies.can_reset_second_factor,
    service=staffing.reset_second_factor,
    answer=Answer(_("The second factor of %(name)s was reset")),
    page=OperationPage(
        submit_label=_("Reset"),
        hint=_(
            "For somebody who lost the authenticator: the password alone opens the account until a new "
            "one is set up, and all sessions end."
        ),
    ),
    api=OperationApi(
        summary="Removes the second factor of a member of staff, and ends their sessions (ACC-12)."
    ),
)
ACTIONS = (ORGANISE, RENAME, RESET_SECOND_FACTOR)
