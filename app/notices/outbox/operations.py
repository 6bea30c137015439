"""Operations on outgoing messages, one declaration each (PLAT-2)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.pages.answers import Answer
from app.kernel.pages.operations import ConfirmForm, Operation, OperationBatch, OperationPage
from app.notices.outbox import delivery as outbox
from app.notices.outbox import policies

SEND_AGAIN = Operation(
    name="send_again",
    label=_("Send once more"),
    icon="fa-rotate-right",
    form=ConfirmForm,
    policy=policies.can_send_again,
    service=outbox.send_again,
    answer=Answer(_("%(name)s goes out once more"), _("%(num)s messages go out once more")),
    page=OperationPage(
        hint=_("It goes back into the queue and leaves within a minute, if its provider takes it."),
        in_list=True,
    ),
    batch=OperationBatch(),
)
