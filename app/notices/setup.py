"""Registration of notifications, to-dos and outgoing messages (PLAT-2, PLAT-3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.audit.undo.services import takes_back
from app.kernel.api.operations import add_operation
from app.kernel.jobs.registry import Job, every, register_job
from app.kernel.pages.badges import badge
from app.kernel.pages.work import WorkItem, declare_work
from app.kernel.settings.dictionaries import declare_dictionaries
from app.kernel.setup import add_apis, add_menu_entry
from app.notices import models
from app.notices.api import NoticeApi
from app.notices.choices.forwarding import forward_notices, has_notices_to_forward
from app.notices.choices.kinds import declare_own_kinds
from app.notices.operations import COMPLETE
from app.notices.outbox import models as outbox_models
from app.notices.outbox.delivery import has_due_messages, send_due
from app.notices.outbox.operations import SEND_AGAIN
from app.notices.outbox.views import OutboxView
from app.notices.queries import count_open_todos, count_unread
from app.notices.services import take_back
from app.notices.views import NotificationView, TodoView

if TYPE_CHECKING:
    from flask import Flask


def register(app: Flask) -> None:
    """Declare the inbox, the to-dos and the outbox with its job."""
    declare_dictionaries(models, outbox_models)
    takes_back(models.Notification, take_back)
    badge("notifications", count_unread)
    badge("todos", count_open_todos)
    declare_own_kinds()
    register_job(
        Job(
            "forward_notices",
            _("Forward notifications"),
            every(seconds=5),
            forward_notices,
            wanted=has_notices_to_forward,
        )
    )
    register_job(Job("outbox", _("Send messages"), every(seconds=5), send_due, wanted=has_due_messages))
    add_operation(OutboxView, None, SEND_AGAIN)
    add_operation(TodoView, NoticeApi, COMPLETE)
    declare_work(
        WorkItem("todos", _("Open to-dos"), "fa-list-check", TodoView, lambda _actor: {"state": "open"})
    )
    add_menu_entry(app, "To-dos", TodoView, "fa-list-check", _("To-dos"))
    add_menu_entry(app, "Inbox", NotificationView, "fa-inbox", _("Inbox"))
    add_menu_entry(app, "Outgoing messages", OutboxView, "fa-paper-plane", _("Outgoing messages"))
    add_apis(app, NoticeApi)
