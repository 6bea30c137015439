"""The invented people, places and sentences of the demo data."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True)
class Person:
    """A demo account; one without a department is a person from outside."""

    username: str
    name: str
    role: str
    department: str = ""
    districts: tuple[str, ...] = ()
    manages: str = ""


# Company → (department, its parent, responsible districts).
TREE: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "蓉居房产经纪有限公司": [
        ("蓉居总部", "", ()),
        ("城区大区", "蓉居总部", ("锦江区", "成华区", "青羊区")),
        ("城东一店", "城区大区", ("锦江区", "成华区")),
        ("城东二店", "城区大区", ("成华区",)),
        ("城西一店", "城区大区", ("青羊区",)),
        ("城南大区", "蓉居总部", ("武侯区", "金牛区")),
        ("城南一店", "城南大区", ("武侯区",)),
        ("城北一店", "城南大区", ("金牛区",)),
        ("财务部", "蓉居总部", ()),
        ("审计部", "蓉居总部", ()),
    ],
    "锦程企业服务有限公司": [
        ("锦程总部", "", ()),
        ("企业销售部", "锦程总部", ()),
        ("企业销售二部", "锦程总部", ()),
        ("客户成功部", "锦程总部", ()),
    ],
    "云岭置业渠道有限公司": [
        ("云岭总部", "", ()),
        ("渠道部", "云岭总部", ()),
        ("案场置业部", "云岭总部", ()),
    ],
}

_EAST = ("锦江区", "成华区")
PEOPLE: tuple[Person, ...] = (
    Person("admin", "秦知远", ADMIN, "蓉居总部"),
    Person("regional1", "罗景行", STORE_MANAGER, "城区大区", (*_EAST, "青羊区"), "城区大区"),
    Person("manager1", "何若兰", STORE_MANAGER, "城东一店", _EAST, "城东一店"),
    Person("manager2", "唐启明", STORE_MANAGER, "城西一店", ("青羊区",), "城西一店"),
    Person("agent1", "陈晓雯", AGENT, "城东一店", _EAST),
    Person("agent2", "周子昂", AGENT, "城东一店", _EAST),
    Person("agent3", "林书瑶", AGENT, "城西一店", ("青羊区",)),
    Person("finance1", "沈清和", FINANCE, "财务部"),
    Person("auditor1", "顾明哲", AUDITOR, "审计部"),
    Person("salesmanager1", "高远航", STORE_MANAGER, "企业销售部", (), "企业销售部"),
    Person("sales1", "马思齐", SALES, "企业销售部"),
    Person("sales2", "朱雨桐", SALES, "企业销售部"),
    Person("director", "梁宏图", CHANNEL_DIRECTOR, "渠道部", (), "渠道部"),
    Person("secretary", "宋佳音", CHANNEL_SECRETARY, "渠道部"),
    Person("onsite1", "田野", ON_SITE, "渠道部"),
    Person("onsite2", "姜一帆", ON_SITE, "渠道部"),
    Person("consultant1", "夏语冰", CONSULTANT, "案场置业部"),
    Person("consultant2", "贺云舟", CONSULTANT, "案场置业部"),
    Person("broker1", "谭立新", BROKER),
    Person("broker2", "韦春燕", BROKER),
    Person("brokersite1", "邹国强", BROKER_ON_SITE),
    Person("visitor1", "方晓月", VISITOR),
)

# Colleagues of the named ones, so that lists and rankings are as long as a company's: user name, first
# number, count, role, department, districts.
_MORE: tuple[tuple[str, int, int, str, str, tuple[str, ...]], ...] = (
    ("agent", 4, 4, AGENT, "城东一店", _EAST),
    ("agent", 8, 7, AGENT, "城东二店", ("成华区",)),
    ("agent", 15, 5, AGENT, "城西一店", ("青羊区",)),
    ("agent", 20, 7, AGENT, "城南一店", ("武侯区",)),
    ("agent", 27, 6, AGENT, "城北一店", ("金牛区",)),
    ("sales", 3, 3, SALES, "企业销售部", ()),
    ("sales", 6, 4, SALES, "企业销售二部", ()),
    ("consultant", 3, 1, CONSULTANT, "案场置业部", ()),
)
_MANAGERS: tuple[Person, ...] = (
    Person("regional2", "戴安澜", STORE_MANAGER, "城南大区", ("武侯区", "金牛区"), "城南大区"),
    Person("manager3", "汪海洋", STORE_MANAGER, "城东二店", ("成华区",), "城东二店"),
    Person("manager4", "尹若溪", STORE_MANAGER, "城南一店", ("武侯区",), "城南一店"),
    Person("manager5", "石俊峰", STORE_MANAGER, "城北一店", ("金牛区",), "城北一店"),
    Person("salesmanager2", "易文渊", STORE_MANAGER, "企业销售二部", (), "企业销售二部"),
)


def all_people() -> tuple[Person, ...]:
    """Return the named accounts, then the others: sixty members of staff, and the people from outside."""
    names = iter(_invented_names())
    others = tuple(
        Person(f"{stem}{first + number}", next(names), role, department, districts)
        for stem, first, count, role, department, districts in _MORE
        for number in range(count)
    )
    return (*PEOPLE, *_MANAGERS, *others)


def _invented_names() -> list[str]:
    """Return names in a fixed order, without duplicates and names of the named people."""
    taken = {person.name for person in (*PEOPLE, *_MANAGERS)}
    made = [
        SURNAMES[(number * 7) % len(SURNAMES)]
        + GIVEN[(number * 5) % len(GIVEN)]
        + GIVEN[(number * 11 + 3) % len(GIVEN)]
        for number in range(60)
    ]
    return [name for name in dict.fromkeys(made) if name not in taken]


# Code, name, parent.
DISTRICTS: tuple[tuple[str, str, str], ...] = (
    ("510100", "成都市", ""),
    ("510104", "锦江区", "成都市"),
    ("510105", "青羊区", "成都市"),
    ("510106", "金牛区", "成都市"),
    ("510107", "武侯区", "成都市"),
    ("510108", "成华区", "成都市"),
)

SURNAMES = "王李张刘陈杨赵黄周吴徐孙马朱胡郭何林罗高郑梁谢宋唐许邓韩冯曹"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英梓涵子轩欣怡浩然雨桐思远嘉宁若溪"
FIRMS = ("蜀江", "川岚", "禾丰", "天府源", "青城", "锦绣", "远帆", "云程")
FIRM_NAME = "{}{:04d}号商贸有限公司"
NEEDS = (
    "希望南北通透，楼层适中",
    "孩子明年上小学，看重学区",
    "首付预算有限，可接受次新房",
    "需要带电梯，父母同住",
    "靠近地铁，通勤四十分钟以内",
    "",
)
CONTENTS = (
    "电话沟通了预算和户型，客户周末有时间看房。",
    "加了微信，发了三套房源，对第二套感兴趣。",
    "带看两套，客户觉得采光不错，价格还要再谈。",
    "客户在对比另一家门店的房源，约好下周再联系。",
    "到店详谈，确认了贷款资质，准备复看。",
    "暂时没有接通，晚上再联系。",
)
POSITIONS = ("采购经理", "总经理", "财务", "关务", "行政主管")
RELATIVES = ("太太的号码", "先生的号码", "父亲的号码", "儿子的号码")
PATH = "成都 → 香港"
BANKS = ("工商银行成都分行", "建设银行成都分行", "招商银行成都分行")
PURPOSES = ("约看房时间", "回访购房意向", "核对联系方式", "确认贷款进度", "通知新上房源")
