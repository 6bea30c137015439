"""Companies, departments, staff and accounts of the demo data, created by the services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.access.actor import SYSTEM
from app.org.accounts.services import create_account
from app.org.departments.services import create_company, create_department, name_manager
from app.org.districts.services import add_district
from app.org.roles import names as roles
from app.org.sessions.settings import TOTP_ROLES
from app.org.staff.services import create_staff
from demo.names import DISTRICTS, TREE, all_people

if TYPE_CHECKING:
    from app.org.shared.models import Company, Department, District, Staff
    from demo.names import Person

_REGISTER_THEMSELVES = {roles.BROKER, roles.BROKER_ON_SITE, roles.VISITOR}


def create_organisation() -> dict[str, Staff]:
    """Create all staff, with companies, departments and districts; return the staff by user name."""
    districts = _create_districts()
    departments = _create_departments(districts)
    people = all_people()
    staff = {
        person.username: _create_person(person, departments, districts)
        for person in people
        if person.role not in _REGISTER_THEMSELVES
    }
    for person in people:
        if person.manages:
            name_manager(departments[person.manages], staff[person.username], actor=SYSTEM)
    TOTP_ROLES.store("")  # all demo users can sign in without an authenticator
    return staff


def _create_districts() -> dict[str, District]:
    created: dict[str, District] = {}
    for code, name, parent in DISTRICTS:
        parent_id = created[parent].id if parent else None
        created[name] = add_district(code=code, name=name, parent_id=parent_id, actor=SYSTEM)
    return created


def _create_departments(districts: dict[str, District]) -> dict[str, Department]:
    departments: dict[str, Department] = {}
    for company_name, nodes in TREE.items():
        company: Company = create_company(name=company_name, actor=SYSTEM)
        for name, parent, places in nodes:
            departments[name] = create_department(
                company=company,
                name=name,
                parent=departments.get(parent),
                districts=[districts[place] for place in places],
                actor=SYSTEM,
            )
    return departments


def _create_person(
    person: Person, departments: dict[str, Department], districts: dict[str, District]
) -> Staff:
    account = create_account(
        username=person.username,
        name=person.name,
        password=None,  # set at loading
        roles=[person.role],
        actor=SYSTEM,
    )
    return create_staff(
        user=account,
        department=departments[person.department],
        phone=f"028-8600{account.id:04d}",
        districts=[districts[name] for name in person.districts],
        actor=SYSTEM,
    )
