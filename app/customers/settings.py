"""Settings of the customer file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from app.kernel.settings import Setting, declare
from app.org.roles import BUILT_IN

if TYPE_CHECKING:
    from app.kernel.actor import Actor

DEDUPE_MODE = declare(
    Setting(
        "dedupe_mode",
        "by_owner",
        _("Rule for equal numbers"),
        _("global: a number belongs to one customer; by_owner: the pool's rules decide"),
        choices=("by_owner", "global"),
    )
)
PHONE_ATTEMPTS = declare(
    Setting("phone_change_attempts", 5, _("Wrong current numbers per hour, person and customer"), minimum=1)
)
_QUOTA = 50
_QUOTAS = {
    name: declare(
        Setting(
            f"reveal_quota.{name}",
            _QUOTA,
            _("Numbers that %(role)s may reveal a day", role=role.label),
            minimum=0,
        )
    )
    for name, role in BUILT_IN.items()
}


def reveal_quota(actor: Actor) -> int:
    """Numbers the person may reveal a day: the highest of their roles (ACC-10)."""
    return max((_QUOTAS[name].get() if name in _QUOTAS else _QUOTA for name in actor.roles), default=0)
