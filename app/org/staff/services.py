"""Services of staff profiles: hiring, editing, organising (ACC-1, ACC-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_appbuilder.security.sqla.models import Role
from flask_babel import lazy_gettext as _
from sqlalchemy import Integer, cast, delete, func, select

from app.audit import services as audit
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import lock, transactional
from app.kernel.errors import Decision, Invalid, conflict
from app.kernel.fields.phones import NO_NUMBER, canonical_phone
from app.kernel.translation import N_
from app.org.accounts import services as accounts
from app.org.accounts.queries import active_administrators
from app.org.departments.queries import find_department
from app.org.districts.services import check_districts
from app.org.roles import names as grants
from app.org.roles.models import RoleScope
from app.org.roles.policies import can_give_roles
from app.org.roles.queries import reach_of_roles
from app.org.sessions.credentials import credential_changed, number_of
from app.org.sessions.present_factor import require_present_factor
from app.org.shared.models import Account, Department, District, Staff, StaffDistrict
from app.org.shared.queries import district_names
from app.org.shared.version import invalidate_actors
from app.org.staff.policies import (
    can_edit_staff,
    can_organise,
    can_rename_staff,
    can_reset_password,
    can_reset_second_factor,
)
from app.org.staff.queries import get_visible_staff, staff_facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence


_EMPLOYEE_PREFIX = "E"


@transactional
def create_staff(
    *,
    user: Account,
    department: Department,
    phone: str = "",
    employee_no: str = "",
    districts: Iterable[District] = (),
    actor: Actor,
) -> Staff:
    """Create the staff profile of an account; an empty employee number is filled in (ACC-2)."""
    staff = Staff(
        id=user.id,
        company_id=department.company_id,
        department_id=department.id,
        employee_no=employee_no or _next_employee_no(),
        name=user.display_name,
        phone=phone,
        status="active",
        created_at=clock.now(),
    )
    db.session.add(staff)
    db.session.flush()
    for district in districts:
        db.session.add(StaffDistrict(staff_id=staff.id, district_id=district.id))
    audit.record(actor, "staff.create", staff, N_("Staff %(name)s created"), name=staff.name)
    invalidate_actors()
    return staff


def _next_employee_no() -> str:
    """Return ``E`` and at least five digits, one more than the highest number so far."""
    lock("employee_no")
    number = cast(func.substr(Staff.employee_no, 2), Integer)
    highest = db.session.scalar(
        select(func.max(number)).where(Staff.employee_no.regexp_match("^E[0-9]{5,9}$"))
    )
    return f"{_EMPLOYEE_PREFIX}{(highest or 0) + 1:05d}"


def employee_number_taken() -> Decision:
    """Refuse an employee number that is taken."""
    return conflict("staff.number_taken", _("This employee number is taken"), field="employee_no")


UNKNOWN = _("Not one of the choices")
KEEP: Any = object()  # a field that was not given
_listeners: list[Callable[[Staff, Department, Actor], None]] = []
_previews: list[Callable[[Staff], Sentence]] = []


def on_department_change(
    listener: Callable[[Staff, Department, Actor], None], *, preview: Callable[[Staff], Sentence]
) -> None:
    """Declare a consequence of a change of department: ``listener(staff, former, actor)`` runs in the same
    transaction; ``preview(staff)`` describes in advance what it would do (POOL-22).
    """
    if listener not in _listeners:
        _listeners.append(listener)
        _previews.append(preview)


def preview_move(staff: Staff) -> str:
    """Return what else a change of department would change; empty if nothing."""
    return " ".join(filter(None, (str(preview(staff)) for preview in _previews)))


@transactional
def hire_staff(
    *,
    username: str,
    name: str,
    password: str,
    phone: str | None = None,
    employee_no: str | None = None,
    department_id: int,
    role_ids: Sequence[int],
    district_ids: Sequence[int] | None = None,
    actor: Actor,
) -> Staff:
    """Create a member of staff with a login account; the first password must be changed (ACC-2, ACC-12).

    :raises Invalid: for a weak password, a bad number, or an unknown reference.
    :raises Denied: ``account.name_taken``, ``staff.number_taken``, ``staff.role_beyond_yours``.
    """
    if db.session.scalar(select(func.count()).where(func.lower(Account.username) == username.lower())):
        conflict("account.name_taken", _("This user name is taken"), field="username").enforce()
    department = _department(department_id, actor)
    roles = _roles(role_ids)
    _check_giving(roles, department, actor)
    user = accounts.create_account(
        username=username,
        name=name,
        password=password,
        roles=[role.name for role in roles],
        phone=phone or "",
        must_change_password=True,
        actor=actor,
    )
    chosen = check_districts(district_ids or ())
    return create_staff(
        user=user,
        department=department,
        phone=_phone(phone),
        employee_no=(employee_no or "").upper(),
        districts=db.session.scalars(select(District).where(District.id.in_(chosen))),
        actor=actor,
    )


def edit_staff(
    pk: int,
    *,
    phone: str | None = KEEP,
    password: str | None = None,
    present_password: str | None = None,
    actor: Actor,
) -> Staff:
    """Change the phone, and the password when one is given (ACC-2, ACC-13).  All sessions of the person end,
    and the former number is notified of both; the actor's own phone asks for the present password first
    (ACC-18).

    :raises Invalid: for a weak password, a bad number, or a wrong present password.
    :raises Denied: when the actor may not.
    """
    staff = get_visible_staff(pk, actor=actor)
    can_edit_staff(actor, staff, staff_facts([staff])[pk]).enforce()
    if pk == actor.id and phone is not KEEP and _phone(phone) != staff.phone:
        user = db.session.get_one(Account, pk)
        require_present_factor(user, password=present_password, code=None, actor=actor)
    return _edit_staff(pk, phone, password, actor)


@transactional
def _edit_staff(pk: int, phone: str | None, password: str | None, actor: Actor) -> Staff:
    staff = get_visible_staff(pk, actor=actor, lock=True)
    facts = staff_facts([staff])[pk]
    can_edit_staff(actor, staff, facts).enforce()
    number, former = staff.phone if phone is KEEP else _phone(phone), number_of(pk)
    if number != staff.phone:
        changed = {"phone": (staff.phone, number)}
        staff.phone = number
        audit.record(actor, "staff.edit", staff, N_("Phone changed"), changed)
        credential_changed(_account(pk), "phone", number=former)
    if password:
        can_reset_password(actor, staff, facts).enforce()
        accounts.reset_password(_account(pk), password=password, number=former, actor=actor)
    return staff


@transactional
def rename_staff(pk: int, *, name: str, actor: Actor) -> Staff:
    """Correct a misspelt name, everywhere it is shown; the log keeps the former one (ACC-2)."""
    staff = get_visible_staff(pk, actor=actor, lock=True)
    can_rename_staff(actor, staff, staff_facts([staff])[pk]).enforce()
    former = staff.name
    if name == former:
        return staff
    staff.name = name
    _account(pk).rename(name)
    audit.record(actor, "staff.rename", staff, N_("Name corrected"), {"name": (former, name)})
    invalidate_actors()
    return staff


@transactional
def reset_second_factor(pk: int, *, actor: Actor) -> Staff:
    """Remove the second factor of a person who lost the authenticator (ACC-12).  Ends their sessions."""
    staff = get_visible_staff(pk, actor=actor, lock=True)
    can_reset_second_factor(actor, staff, staff_facts([staff])[pk]).enforce()
    accounts.drop_second_factor(_account(pk), actor=actor)
    return staff


@transactional
def organise_staff(
    pk: int,
    *,
    department_id: int,
    role_ids: Sequence[int],
    district_ids: Sequence[int] | None = None,
    actor: Actor,
) -> Staff:
    """Change a person's department, roles and responsible districts ("organise staff", ACC-2).

    :raises Invalid: for an unknown reference.
    :raises Denied: when the actor may not, or when no administrator would be left.
    """
    lock("administrators")
    staff = get_visible_staff(pk, actor=actor, lock=True)
    can_organise(actor, staff, staff_facts([staff])[pk]).enforce()
    department = _department(department_id, actor)
    if department.company_id != staff.company_id:
        raise Invalid(department_id=_("A member of staff stays in the company"))
    _place(staff, department, actor)
    _give_roles(staff, _roles(role_ids), actor)
    _set_districts(staff, check_districts(district_ids or ()), actor)
    invalidate_actors()
    return staff


def _place(staff: Staff, department: Department, actor: Actor) -> None:
    former = staff.department
    if former.id == department.id:
        return
    staff.department_id = department.id
    db.session.flush()
    db.session.refresh(staff, ["department"])
    changed = {"department": (former.name, department.name)}
    audit.record(
        actor, "staff.department", staff, N_("Moved to department %(name)s"), changed, name=department
    )
    for listener in _listeners:
        listener(staff, former, actor)


def _give_roles(staff: Staff, wanted: list[Role], actor: Actor) -> None:
    user = _account(staff.id)
    before, after = {role.id: role for role in user.roles}, {role.id: role for role in wanted}
    if before.keys() == after.keys():
        return
    changing = [{**before, **after}[pk] for pk in before.keys() ^ after.keys()]
    _check_giving(changing, staff.department, actor)
    user.roles = [*after.values()]
    db.session.flush()
    if not active_administrators():
        conflict(
            "staff.last_administrator", _("Somebody has to stay administrator"), field="role_ids"
        ).enforce()
    changed = {"roles": (_labels(before.values()), _labels(after.values()))}
    audit.record(actor, "staff.roles", staff, N_("Roles changed"), changed)


def _labels(roles: Iterable[Role]) -> str:
    return "、".join(sorted(role.name for role in roles))


def _set_districts(staff: Staff, chosen: set[int], actor: Actor) -> None:
    own = select(StaffDistrict.district_id).where(StaffDistrict.staff_id == staff.id)
    present = set(db.session.scalars(own))
    if present == chosen:
        return
    gone = StaffDistrict.staff_id == staff.id, StaffDistrict.district_id.in_(present - chosen)
    db.session.execute(delete(StaffDistrict).where(*gone))
    db.session.add_all(StaffDistrict(staff_id=staff.id, district_id=one) for one in sorted(chosen - present))
    db.session.flush()
    db.session.expire(staff, ["districts"])
    names = district_names(present | chosen)
    before, after = ("、".join(names[pk] for pk in sorted(some)) for some in (present, chosen))
    message = N_("Responsible districts changed")
    audit.record(actor, "staff.districts", staff, message, {"districts": (before, after)})


def _check_giving(roles: Iterable[Role], department: Department, actor: Actor) -> None:
    can_give_roles(actor, reach_of_roles([role.id for role in roles], department)).enforce()


def _department(pk: int, actor: Actor) -> Department:
    found = find_department(pk, actor=actor)
    if found is None or not (actor.opens_all or actor.has_scope_over_department(pk)):
        raise Invalid(department_id=UNKNOWN)
    return found


def _roles(pks: Sequence[int]) -> list[Role]:
    kept = select(Role).join(RoleScope, RoleScope.role_id == Role.id).where(Role.id.in_(pks))
    found = list(db.session.scalars(kept.order_by(Role.name)))
    if len(found) != len(set(pks)) or any(role.name in grants.OUTSIDE for role in found):
        raise Invalid(role_ids=UNKNOWN)
    if not found:
        raise Invalid(role_ids=_("At least one role"))
    return found


def _account(pk: int) -> Account:
    return db.session.get_one(Account, pk, with_for_update=True)


def _phone(text: str | None) -> str:
    """Return the number in its stored form; a staff phone is a business number and not encrypted (ACC-9)."""
    if not text:
        return ""
    try:
        return canonical_phone(text)
    except ValueError:
        raise Invalid(phone=NO_NUMBER) from None
