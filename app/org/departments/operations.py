"""Operations on departments, one declaration each (ACC-1)."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _

from app.kernel.api.base import Gone
from app.kernel.pages.form_page import finish
from app.kernel.pages.operations import ConfirmForm, FormAction
from app.org.departments import forms
from app.org.departments import services as tree
from app.org.shared.views import anything

MOVE = FormAction(
    name="move",
    label=_("Move"),
    icon="fa-arrow-right-arrow-left",
    form=forms.DepartmentMoveForm,
    policy=anything,
    service=tree.move_department,
    submit_label=_("Move"),
    hint=_("Everything below moves along; who sees what follows at once."),
    in_list=True,
    initial=lambda department: {"parent_id": department.parent_id},
)
DELETE = FormAction(
    name="delete",
    label=_("Delete"),
    icon="fa-trash",
    form=ConfirmForm,
    policy=anything,
    service=tree.delete_department,
    submit_label=_("Delete"),
    hint=_("Only an empty department can be deleted: nothing below it, no staff, no records."),
    answer=lambda gone: {"id": gone.id},
    returns=Gone,
    done=lambda _gone: finish(url_for("DepartmentView.list"), _("Deleted")),
)
DEPARTMENT_ACTIONS = (MOVE, DELETE)
