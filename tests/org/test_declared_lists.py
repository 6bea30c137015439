"""ACC-1, ACC-2, ACC-4, ACC-13: the lists of the organisation, with their filters, on the page and in the API."""

from __future__ import annotations

from typing import ClassVar

from app.kernel.access.actor import SYSTEM
from app.kernel.database.session import db
from app.org.accounts import administration
from app.org.accounts.services import create_account
from app.org.departments.services import create_company, create_department
from app.org.districts.services import add_district
from app.org.roles import services as roles
from app.org.shared.models import Company, Department, District
from app.org.staff.services import create_staff
from tests.support.people.accounts import account
from tests.support.people.world import PASSWORD
from tests.support.web.kit import ApiTests, ListViewTests

OUTSIDERS = ("manager", "auditor", "agent", "director", "visitor")


class TestAccounts(ListViewTests):
    """ACC-13, PLAT-9: the administrator finds accounts without a staff profile."""

    view = "AccountListView"
    api = "/accounts"
    column = "username"
    allowed = ("admin",)
    outsiders = OUTSIDERS
    filters: ClassVar = {
        "username=site": ["brokersite"], "username=agent": [], "name=谭立": ["broker"], "enabled=no": ["broker"],
        "enabled=yes": ["brokersite", "visitor"],
    }  # fmt: skip
    orders: ClassVar = {
        "username": ["broker", "brokersite", "visitor"],
        "id": ["broker", "brokersite", "visitor"],
    }

    def prepare(self):
        administration.disable_account(account("broker").id, actor=self.people.actor("admin"))

    def add(self, number):
        create_account(
            username=f"more{number}", name="增加", password=PASSWORD, roles=["Broker"], actor=SYSTEM
        )
        db.session.commit()


def add_staff(world, number):
    """Hire one more agent in the western store."""
    user = create_account(
        username=f"more{number}", name=f"增加{number}", password=PASSWORD, roles=["Agent"], actor=SYSTEM
    )
    place = db.session.get_one(Department, world.department("store_west").id)
    create_staff(user=user, department=place, phone="028-86001234", actor=SYSTEM)
    db.session.commit()


class TestStaff(ListViewTests):
    """ACC-2, PLAT-9: the administrator finds staff."""

    view = "StaffView"
    column = "username"
    allowed = ("admin",)
    outsiders = OUTSIDERS
    filters: ClassVar = {
        "name=林书": ["agent3"], "phone={phone}": ["agent3"], "department_id={west}": ["agent3", "manager2"],
        "status=departed": [], "status=active&name=林": ["agent3"], "employee_no={number}": ["agent3"],
    }  # fmt: skip
    most = 10
    ordered = "department_id={west}"
    orders: ClassVar = {
        "employee_no": ["manager2", "agent3"], "name": ["agent3", "manager2"], "created_at": ["manager2", "agent3"],
    }  # fmt: skip

    def prepare(self):
        row = self.page("admin", "name=林书").one("tbody").one("tr")
        texts = {key: row.one("td", data_key=key).text for key in ("phone", "employee_no")}
        west = self.people.department("store_west").id
        self.known = {
            "phone": texts["phone"].removeprefix("028-"),
            "number": texts["employee_no"],
            "west": west,
        }

    def add(self, number):
        add_staff(self.people, number)


class TestColleagues(ApiTests):
    """ACC-15, PLAT-9: everybody on the staff finds the colleagues of their company."""

    path = "/staff"
    allowed = ("agent", "admin")
    filters: ClassVar = {
        "name=林书": ["林书瑶"], "department_id={west}": ["唐启明", "林书瑶"], "name=龚": [], "company_id={own}&name=林": ["林书瑶"],
        "company_id={other}": [], "may=follow_up&name=林": ["林书瑶"], "may=follow_up&name=夏": [],
    }  # fmt: skip
    ordered = "department_id={west}"
    orders: ClassVar = {"name": ["林书瑶", "唐启明"], "id": ["唐启明", "林书瑶"]}

    def prepare(self):
        own, other = self.people.companies
        self.known = {"west": self.people.department("store_west").id, "own": own, "other": other}

    def add(self, number):
        add_staff(self.people, number)


class TestRoles(ListViewTests):
    """ACC-4, PLAT-9: the administrator finds roles."""

    view = "RoleView"
    api = "/roles"
    allowed = ("admin",)
    outsiders = OUTSIDERS
    filters: ClassVar = {
        "name=Agent": ["经纪顾问 (Agent)"], "name=Nobody": [], "kind=own": ["经纪顾问 (Agent)", "销售 (Sales)"],
    }  # fmt: skip
    ordered = "kind=own"
    orders: ClassVar = {"id": ["经纪顾问 (Agent)", "销售 (Sales)"]}

    def api_value(self, item):
        return f"{item['label']} ({item['name']})"

    def add(self, number):
        roles.create_role(name=f"角色{number}", kind="own", actor=self.people.actor("admin"))


class TestCompanies(ListViewTests):
    """ACC-1, PLAT-9: the administrator finds companies."""

    view = "CompanyView"
    allowed = ("admin",)
    outsiders = OUTSIDERS
    filters: ClassVar = {"name=异业": ["异业置业有限公司"], "name=无": []}
    orders: ClassVar = {
        "name": ["异业置业有限公司", "测试房产经纪有限公司"],
        "created_at": ["测试房产经纪有限公司", "异业置业有限公司"],
    }

    def add(self, number):
        create_company(name=f"公司{number}", actor=self.people.actor("admin"))


class TestDepartments(ListViewTests):
    """ACC-1, PLAT-9: the administrator finds departments, in the order of the tree."""

    view = "DepartmentView"
    allowed = ("admin",)
    outsiders = OUTSIDERS
    filters: ClassVar = {
        "name=城东": ["城东店"],
        "company_id={other}": ["异业总部", "异业门店"],
        "name=无": [],
    }
    orders: ClassVar = {
        "path": ["总部", "城区大区", "城东店", "城西店", "财务部", "企业销售部", "渠道部", "异业总部", "异业门店"],
    }  # fmt: skip

    def prepare(self):
        self.known = {"other": self.people.companies[1]}

    def add(self, number):
        company = db.session.get_one(Company, self.people.companies[1])
        place = db.session.get_one(District, self.people.district("锦江区").id)
        create_department(company=company, name=f"部门{number}", parent=None, districts=[place], actor=SYSTEM)
        db.session.commit()


class TestDistricts(ListViewTests):
    """ACC-1, PLAT-9: the administrator finds districts."""

    view = "DistrictView"
    allowed = ("admin",)
    outsiders = OUTSIDERS
    filters: ClassVar = {"name=锦江": ["锦江区"], "name=无": [], "code=510104": ["锦江区"]}
    orders: ClassVar = {
        "code": ["成都市", "锦江区", "青羊区", "金牛区", "武侯区", "成华区"],
        "name": ["成华区", "成都市", "武侯区", "金牛区", "锦江区", "青羊区"],
    }

    def add(self, number):
        add_district(
            code=f"X{number}", name=f"片区{number}", parent_id=None, actor=self.people.actor("admin")
        )
