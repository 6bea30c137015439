"""The world in which rules are tested: two companies with people of every role.

The real services make it, in one order, so that it is the same in every run. The names used in tests are the
user names: ``world.actor("agent")``, ``sign_in(client, "agent")``. Everyone is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.org.accounts.services import create_account
from app.org.departments.services import create_company, create_department, name_manager
from app.org.roles.names import (
    ADMIN,
    AGENT,
    AUDITOR,
    BROKER,
    BROKER_ON_SITE,
    CHANNEL_DIRECTOR,
    CHANNEL_SECRETARY,
    CONSULTANT,
    FINANCE,
    ON_SITE,
    SALES,
    STORE_MANAGER,
    VISITOR,
)
from app.org.sessions.actors import actor_by_username
from app.org.shared.models import District
from app.org.staff.services import create_staff
from demo.names import DISTRICTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.kernel.access.actor import Actor
    from app.org.shared.models import Department

PASSWORD = "Blaue-Tuer-2026"


class Named(NamedTuple):
    """A department or district of the world."""

    id: int
    name: str
    company_id: int = 0


class Person(NamedTuple):
    """A person who can sign in; without a department, not a member of staff."""

    name: str
    role: str
    department: str = ""
    districts: tuple[str, ...] = ()
    manages: str = ""


# Key → (Chinese name, parent's key, responsible districts), by company.
TREES: dict[str, dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "测试房产经纪有限公司": {
        "hq": ("总部", "", ()),
        "region": ("城区大区", "hq", ("锦江区", "成华区", "青羊区")),
        "store_east": ("城东店", "region", ("锦江区", "成华区")),
        "store_west": ("城西店", "region", ("青羊区",)),
        "finance": ("财务部", "hq", ()),
        "sales_team": ("企业销售部", "hq", ()),
        "channel": ("渠道部", "hq", ()),
    },
    "异业置业有限公司": {
        "other_hq": ("异业总部", "", ()),
        "other_store": ("异业门店", "other_hq", ("锦江区",)),
    },
}
_EAST = ("锦江区", "成华区")
PEOPLE: dict[str, Person] = {
    "admin": Person("秦知远", ADMIN, "hq"),
    "regional": Person("罗景行", STORE_MANAGER, "region", (*_EAST, "青羊区"), "region"),
    "manager": Person("何若兰", STORE_MANAGER, "store_east", _EAST, "store_east"),
    "manager2": Person("唐启明", STORE_MANAGER, "store_west", ("青羊区",), "store_west"),
    "agent": Person("陈晓雯", AGENT, "store_east", _EAST),
    "agent2": Person("周子昂", AGENT, "store_east", _EAST),
    "agent3": Person("林书瑶", AGENT, "store_west", ("青羊区",)),
    "finance": Person("沈清和", FINANCE, "finance"),
    "auditor": Person("顾明哲", AUDITOR, "hq"),
    "sales": Person("马思齐", SALES, "sales_team"),
    "director": Person("梁宏图", CHANNEL_DIRECTOR, "channel"),
    "secretary": Person("宋佳音", CHANNEL_SECRETARY, "channel"),
    "onsite": Person("田野", ON_SITE, "channel"),
    "consultant": Person("夏语冰", CONSULTANT, "channel"),
    "other_agent": Person("龚一鸣", AGENT, "other_store", ("锦江区",)),
    "broker": Person("谭立新", BROKER),
    "brokersite": Person("邹国强", BROKER_ON_SITE),
    "visitor": Person("方晓月", VISITOR),
}


@dataclass(frozen=True)
class World:
    """The people, departments and districts of the world: plain values, usable without a database."""

    actors: Mapping[str, Actor]
    departments: Mapping[str, Named]
    districts: Mapping[str, Named]
    companies: tuple[int, int]

    def actor(self, username: str) -> Actor:
        """Return a person as the rules read them, without caches of an earlier test."""
        return replace(self.actors[username])

    def department(self, key: str) -> Named:
        """Return a department: ``hq``, ``region``, ``store_east``, ``store_west``, ``finance`` …"""
        return self.departments[key]

    def district(self, name: str) -> Named:
        """Return a district by its Chinese name."""
        return self.districts[name]

    def user_of_role(self, role: str) -> str:
        """Return the user name of the first person with the role."""
        return next(username for username, person in PEOPLE.items() if person.role == role)


def build_world() -> World:
    """Fill an initialised, empty database; needs an application context."""
    return _build()


@transactional
def _build() -> World:
    districts = _districts()
    departments: dict[str, Department] = {}
    companies = []
    for company_name, nodes in TREES.items():
        company = create_company(name=company_name, actor=SYSTEM)
        companies.append(company.id)
        for key, (name, parent, places) in nodes.items():
            departments[key] = create_department(
                company=company,
                name=name,
                parent=departments.get(parent),
                districts=[districts[place] for place in places],
                actor=SYSTEM,
            )
    for username, person in PEOPLE.items():
        _person(username, person, departments, districts)
    return World(
        actors={username: actor_by_username(username) for username in PEOPLE},
        departments={key: Named(d.id, d.name, d.company_id) for key, d in departments.items()},
        districts={name: Named(d.id, name) for name, d in districts.items()},
        companies=(companies[0], companies[1]),
    )


def _districts() -> dict[str, District]:
    found: dict[str, District] = {}
    for code, name, parent in DISTRICTS:
        found[name] = District(code=code, name=name, parent_id=found[parent].id if parent else None)
        db.session.add(found[name])
        db.session.flush()
    return found


def _person(
    username: str, person: Person, departments: Mapping[str, Department], districts: Mapping[str, District]
) -> None:
    user = create_account(
        username=username, name=person.name, password=PASSWORD, roles=[person.role], actor=SYSTEM
    )
    if not person.department:
        return
    staff = create_staff(
        user=user,
        department=departments[person.department],
        phone=f"028-8600{user.id:04d}",
        districts=[districts[name] for name in person.districts],
        actor=SYSTEM,
    )
    if person.manages:
        name_manager(departments[person.manages], staff, actor=SYSTEM)
