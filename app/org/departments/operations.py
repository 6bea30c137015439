"""Operations on departments, one declaration each (ACC-1)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.api.base import Gone
from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationApi, OperationPage
from app.org.departments import forms, policies
from app.org.departments import services as tree

MOVE = Operation(
    name="move",
    label=_("Move"),
    icon="fa-arrow-right-arrow-left",
    form=forms.DepartmentMoveForm,
    policy=policies.can_move_department,
    service=tree.move_department,
    answer=Answer(_("%(name)s was moved")),
    page=OperationPage(
        hint=_("Everything below moves along; who sees what follows at once."),
        initial=lambda department: {"parent_id": department.parent_id},
        in_list=True,
    ),
    api=OperationApi(summary="Moves a department, with everything below it (ACC-1)."),
)
DELETE = Operation(
    name="delete",
    label=_("Delete"),
    icon="fa-trash",
    form=ConfirmForm,
    policy=policies.can_delete_department,
    service=tree.delete_department,
    answer=Answer(_("%(name)s was deleted")),
    page=OperationPage(
        hint=_("Only an empty department can be deleted: nothing below it, no staff, no records."),
        goes_to=lambda _gone: url_for("DepartmentView.list"),
    ),
    api=OperationApi(
        summary="Deletes an empty department (ACC-1).",
        answer=lambda gone: {"id": gone.id},
        returns=Gone,
    ),
)
DEPARTMENT_ACTIONS = (MOVE, DELETE)
