"""What the clock does for messages (PLAT-2, PLAT-4)."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.jobs.registry import Job, every, register
from app.notices.outbox.services import has_due_messages, send_due

register(Job("outbox", _("Send messages"), every(seconds=5), send_due, wanted=has_due_messages))
