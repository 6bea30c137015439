"""Operations on to-dos (PLAT-3)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import Operation, OperationApi, OperationPage, without_facts
from app.notices.policies import can_complete_todo
from app.notices.serializers import TodoRecord, todo_record
from app.notices.services import complete_todo

COMPLETE = Operation(
    name="complete",
    label=_("Mark as done"),
    icon="fa-check",
    form=None,
    policy=without_facts(can_complete_todo),
    service=complete_todo,
    answer=Answer(_("The to-do is done")),
    page=OperationPage(in_list=True, path="done"),
    api=OperationApi(
        answer=todo_record,
        returns=TodoRecord,
        path="/todos/<int:pk>/done",
        name="done",
        summary="Completes a to-do.",
        is_for_all=True,
    ),
)
