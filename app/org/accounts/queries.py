"""Reading login accounts: always scoped, marked for the guard (ACC-12, ACC-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_appbuilder.security.sqla.models import Role, assoc_user_role
from sqlalchemy import Select, false, func, select

from app.kernel.database.records import get_one
from app.kernel.database.session import db
from app.org.roles.names import ADMIN
from app.org.shared.models import Account, Staff

if TYPE_CHECKING:
    from app.kernel.access.actor import Actor


def accounts_without_staff(actor: Actor) -> Select[Account]:
    """Return accounts without a staff profile, for those who see everything (ACC-13)."""
    statement = select(Account).where(~select(Staff.id).where(Staff.id == Account.id).exists())
    return statement if actor.opens_all else statement.where(false())


def get_account_without_staff(pk: int, *, actor: Actor, lock: bool = False) -> Account:
    """Return one of them.

    :raises NotFound: when there is none, or it belongs to staff.
    """
    return get_one(accounts_without_staff(actor).where(Account.id == pk), lock=lock, key_share=True)


def active_administrators() -> int:
    """Return the number of active administrators."""
    statement = (
        select(func.count())
        .select_from(assoc_user_role)
        .join(Role, Role.id == assoc_user_role.c.role_id)
        .join(Account, Account.id == assoc_user_role.c.user_id)
        .where(Role.name == ADMIN, Account.active.is_(True))
    )
    return db.session.scalar(statement) or 0
