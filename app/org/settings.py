"""Settings of sign-in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

from app.kernel.settings import Setting, declare

LOCKOUT_FAILURES = declare(
    Setting("lockout_failures", 5, _("Wrong passwords before an account is locked"), minimum=3, maximum=50)
)
LOCKOUT_MINUTES = declare(
    Setting("lockout_minutes", 15, _("Minutes an account stays locked"), minimum=1, maximum=1440)
)
