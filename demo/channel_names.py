"""The invented project, broker companies and people of channel sales' demo data."""

from __future__ import annotations

from demo.names import GIVEN, SURNAMES

COMPANY = "云岭置业渠道有限公司"
PROJECT = "云岭·锦湖里"
CONSENT = "2026-01"
ON_SITES = ("onsite1", "onsite2")
CONSULTANTS = ("consultant1", "consultant2", "consultant3")

PROJECT_VALUES: dict[str, object] = {
    "address": "成都市锦江区锦湖东路 188 号",
    "longitude": "104.112300",
    "latitude": "30.624500",
    "features": ["临街旺铺", "地铁上盖", "现铺发售", "带租约"],
    "service_phone": "028-86001880",
    "introduction": (
        "<h3>锦湖畔的街区商业</h3>"
        "<p>项目紧邻地铁锦湖站，总建筑面积约 <strong>6.8 万平方米</strong>，"
        "由三条商业街与一座社区中心组成。</p>"
        "<ul><li>主力面积 35–120 平方米，层高 4.8 米</li><li>周边三公里常住人口约 12 万</li>"
        "<li>已签约生鲜超市、儿童早教与连锁餐饮</li></ul>"
        "<p>营销中心每日 9:00–20:00 开放，欢迎提前报备带看。</p>"
    ),
}
# Number, tags, introduction.
PLOTS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("A1 地块", ("餐饮街", "上下水"), "<p>沿湖餐饮街区，配置独立烟道与上下水，外摆面积充足。</p>"),
    ("A2 地块", ("社区商业", "带租约"), "<p>社区中心首层，生鲜超市与药店已进驻，带租约发售。</p>"),
    ("B1 地块", ("地铁口", "小面积"), "<p>距地铁口 50 米,35–48 平方米小面积铺位，总价低。</p>"),
    ("B2 地块", ("儿童教育", "二层"), "<p>二层儿童教育集合，独立扶梯入口。</p>"),
    ("C1 地块", ("独栋", "展示面"), "<p>独栋商业，双面展示，适合银行与品牌旗舰店。</p>"),
)
PLACES = ("营销中心", "沿湖街区", "地铁出入口")  # captions of the project's pictures

# Name, contact, address; the phone number is generated.
BROKER_COMPANIES: tuple[tuple[str, str, str], ...] = (
    ("川流不动产经纪有限公司", "冉启航", "成都市锦江区滨江东路 16 号"),
    ("锦巢房地产经纪有限公司", "向若白", "成都市武侯区科华北路 62 号"),
    ("安和置家经纪有限公司", "古月明", "成都市青羊区文翁路 9 号"),
    ("蜀都优铺商业顾问有限公司", "阮青禾", "成都市成华区建设路 27 号"),
    ("鼎嘉联行经纪有限公司", "卓一鸣", "成都市金牛区一环路北一段 118 号"),
    ("瑞邻不动产咨询有限公司", "骆安歌", "成都市高新区天府二街 88 号"),
    ("百家汇房产营销有限公司", "成以恒", "成都市双流区航空路 3 号"),
    ("云桥渠道营销策划有限公司", "文思远", "成都市温江区柳台大道 45 号"),
)
BROKERS = 120
VISITORS = 40
# Their positions among the brokers, and the company; all others are distributed over the companies.
NAMED_BROKERS = {"broker1": 0, "broker2": 1, "brokersite1": 0}
REJECTION = "未附公司授权书，请补充后重新提交"

NEEDS = (
    "想看 40 平方米左右的临街铺位",
    "做连锁餐饮，需要烟道和上下水",
    "投资自用都可以，关注租金回报",
    "预算 150 万以内，首付三成",
    "开儿童托管，二层也可以考虑",
    "",
    "",
)
FOLLOW_UPS = (
    "客户对沿湖铺位满意，正在比较总价。",
    "电话回访，客户希望周末带家人再看一次。",
    "已发送铺位平面图和租金测算表。",
    "客户觉得价格偏高，已申请优惠待回复。",
    "约定下周三到访，商谈付款方式。",
    "客户暂时观望，月底再联系。",
)
REBIND_REASONS = (
    "客户书面确认由该经纪人首次带访",
    "原经纪人已转岗，双方公司确认移交",
    "现场登记与通话记录核实后更正",
)
VOID_REASONS = ("金额录入有误，重新发放", "付款截图与订单不符")
KEEP_NOTES = ("绑定在先且在保护期内，维持原绑定", "核对扫码记录，首访经纪人无误", "双方已沟通，维持现状")
OTHER_NOTES = ("两位经纪人协商分佣，绑定不变",)
CLOSING_NOTES = ("首付已到账", "全款签约", "")
REOPENING = "客户退订，认购协议已解除"


def invented_people(count: int, *, step: int, taken: set[str]) -> list[str]:
    """Return names in a fixed order, without duplicates and names already used."""
    found: dict[str, None] = {}
    number = 0
    while len(found) < count:
        name = (
            SURNAMES[(number * step) % len(SURNAMES)]
            + GIVEN[(number * 17 + step) % len(GIVEN)]
            + GIVEN[(number * 29 + number // len(GIVEN)) % len(GIVEN)]
        )
        if name not in taken:
            found.setdefault(name)
        number += 1
    return [*found]
