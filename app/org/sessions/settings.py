"""Settings of sign-in (ACC-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from app.kernel.database.session import db
from app.kernel.errors import Decision
from app.kernel.fields.choices import split_names
from app.kernel.settings.declarations import Setting, SettingGroup
from app.org.roles.models import RoleScope
from app.org.roles.names import ADMIN, BUILT_IN, OUTSIDE, role_label

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def staff_roles() -> list[tuple[str, str]]:
    """Return name and label of the roles that staff may have, built-in ones first."""
    kept = set(db.session.scalars(select(Role.name).join(RoleScope, RoleScope.role_id == Role.id))) - set(
        OUTSIDE
    )
    ordered = [name for name in BUILT_IN if name in kept] + sorted(kept - set(BUILT_IN))
    return [(name, role_label(name)) for name in ordered]


SIGN_IN = SettingGroup("sign_in", _("Sign-in"), 10)

PASSWORD_LENGTH = Setting(
    "password_length",
    10,
    _("Shortest password"),
    _("Holds for passwords that are set from now on; nobody is asked to change one."),
    minimum=8,
    maximum=64,
    group=SIGN_IN,
    unit=_("characters"),
)
PASSWORD_MIXED = Setting(
    "password_mixed",
    default=True,
    label=_("A password needs both a letter and a digit"),
    group=SIGN_IN,
)
LOCKOUT_FAILURES = Setting(
    "lockout_failures",
    5,
    _("Wrong passwords before an account is locked"),
    _("Wrong codes of the second factor count as well."),
    minimum=3,
    maximum=50,
    group=SIGN_IN,
)
LOCKOUT_MINUTES = Setting(
    "lockout_minutes",
    15,
    _("How long an account stays locked"),
    minimum=1,
    maximum=1440,
    group=SIGN_IN,
    unit=_("minutes"),
)
SESSION_IDLE_MINUTES = Setting(
    "session_idle_minutes",
    120,
    _("Signed out after no activity for"),
    minimum=5,
    maximum=1440,
    group=SIGN_IN,
    unit=_("minutes"),
)
SESSION_HOURS = Setting(
    "session_hours",
    12,
    _("Signed out in any case after"),
    _("Counted from signing in; tokens of the API live two weeks."),
    minimum=1,
    maximum=168,
    group=SIGN_IN,
    unit=_("hours"),
)
PHONE_IDLE_DAYS = Setting(
    "phone_idle_days",
    30,
    _("Signed out on the phone after no activity for"),
    minimum=1,
    maximum=365,
    group=SIGN_IN,
    unit=_("days"),
)
PHONE_DAYS = Setting(
    "phone_days",
    90,
    _("Signed out on the phone in any case after"),
    _("A session of the phone pages opens nothing of the office."),
    minimum=1,
    maximum=730,
    group=SIGN_IN,
    unit=_("days"),
)
SMS_CODES_AN_HOUR = Setting(
    "sms_codes_an_hour",
    600,
    _("Codes by SMS an hour in all"),
    _(
        "Above it no codes are sent: a protection against costs by abuse. "
        "The last fifth is for numbers that have an account."
    ),
    minimum=10,
    maximum=100_000,
    group=SIGN_IN,
)
ACCESS_EVENT_DAYS = Setting(
    "access_event_days",
    180,
    _("Sign-ins and refusals are kept for"),
    minimum=1,
    maximum=3650,
    group=SIGN_IN,
    unit=_("days"),
)
TOTP_ROLES = Setting(
    "totp_roles",
    ADMIN,
    _("Roles that need a second factor"),
    names=staff_roles,
    group=SIGN_IN,
)
TOTP_GRACE_DAYS = Setting(
    "totp_grace_days",
    14,
    _("Days to set up the second factor"),
    _("For new accounts, while the roles that need one are those of the beginning."),
    minimum=0,
    maximum=90,
    group=SIGN_IN,
    unit=_("days"),
)


def parse_roles(value: str) -> frozenset[str]:
    """Return the roles in a comma-separated setting."""
    return frozenset(split_names(value))


def check_roles_exist(_before: str, after: str, _actor: Actor) -> None:
    """Refuse names of roles that do not exist."""
    unknown = parse_roles(after) - set(db.session.scalars(select(Role.name)))
    if unknown:
        sentence = _("There is no role %(name)s", name=", ".join(sorted(unknown)))
        Decision(allowed=False, code="setting.unknown_role", message=sentence, status=422).enforce()
