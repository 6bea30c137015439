"""What a column of a table can be mapped to: the fields of a customer, and what an import knows beside them.

Labels and inputs come from ``shared.fields``; only the words that people use instead are listed here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from flask_babel import force_locale
from flask_babel import lazy_gettext as _

from app.customers.shared.fields import FIELDS, LABELS
from app.kernel.sheets.headings import heading_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from app.kernel.errors import Sentence
    from app.kernel.sheets.headings import Column


@dataclass(frozen=True)
class Target:
    """Something that a column can be mapped to; ``group`` is where the choice lists it.

    ``path`` is its field in the form of creation, empty where the import reads it itself.
    """

    name: str
    label: Sentence
    path: str = ""


_OWN: tuple[Target, ...] = (
    Target("code", LABELS["code"]),
    Target("kind", LABELS["kind"], "kind"),
    Target("phone", LABELS["phone"], "phone"),
    Target("owner", LABELS["owner"]),
    Target("department", LABELS["department"]),
    Target("followed_at", _("Time of the follow-up")),
    Target("followed_by", _("Author of the follow-up")),
    Target("follow_method", _("Method of the follow-up")),
    Target("follow_content", _("Content of the follow-up")),
    Target("next_contact_at", LABELS["next_contact_at"]),
)


def _of_fields() -> tuple[Target, ...]:
    return tuple(
        Target(one.name, one.label, f"demand.{one.sent_name}" if one.group == "demand" else one.name)
        for one in FIELDS
        if one.input is not None
    )


TARGETS: Mapping[str, Target] = {one.name: one for one in (*_of_fields()[:1], *_OWN, *_of_fields()[1:])}
HISTORY = frozenset({"followed_at", "followed_by", "follow_method", "follow_content"})
REASON = _("Reason (left out when the table is read again)")

# The words of common tables and of other systems, the likelier first.
_WORDS: dict[str, tuple[str, ...]] = {
    "name": (
        "客户名称", "客户姓名", "姓名", "公司名称", "企业名称", "单位名称", "名称", "客户", "联系人姓名",
        "customername", "name", "companyname",
    ),
    "phone": (
        "手机号", "手机号码", "手机", "移动电话", "联系电话", "客户电话", "电话", "电话号码",
        "联系方式", "号码", "mobilephone", "mobile", "phone", "tel", "telephone",
    ),
    "code": ("客户编号", "客户编码", "编号", "code", "customercode"),
    "kind": ("客户类型", "客户性质", "类型"),
    "owner": (
        "所属人", "归属人", "负责人", "业务员", "业务人员", "业务人员id", "跟进人员", "销售",
        "销售人员", "经纪人", "客户经理", "owner",
    ),
    "department": ("所属部门", "部门", "门店", "department"),
    "tax_id": ("税号", "统一社会信用代码", "信用代码", "纳税人识别号", "社会信用代码", "taxid"),
    "short_name": ("简称", "客户简称", "公司简称"),
    "email": ("邮箱", "邮件", "电子邮箱", "电子邮件", "email", "mail"),
    "website": ("网址", "官网", "网站", "website"),
    "country": ("国家", "国家/地区", "country"),
    "district_id": ("区域", "所在区域", "行政区", "区县"),
    "address": ("地址", "详细地址", "客户地址", "通讯地址", "公司地址", "address"),
    "industry": ("行业", "所属行业", "行业类别", "industry"),
    "company_size": ("公司规模", "企业规模", "规模", "人员规模"),
    "founded_on": ("成立日期", "成立时间", "注册日期"),
    "source": ("来源", "客户来源", "渠道来源", "customerorigin", "source"),
    "remark": ("备注", "说明", "备注信息", "remark", "note"),
    "level": ("客户级别", "客户等级", "级别", "分级", "customerlevel", "level"),
    "annual_revenue": ("年收入", "年营业额", "营业额", "销售收入", "年销售额"),
    "cooperation_years": ("合作年限", "年限"),
    "demand_kind": ("求购/求租", "租售", "需求类型", "购租"),
    "demand_districts": ("需求区域", "意向区域"),
    "price_min": ("最低价", "价格下限", "预算下限"),
    "price_max": ("最高价", "价格上限", "预算上限", "预算"),
    "area_min": ("最小面积", "面积下限"),
    "area_max": ("最大面积", "面积上限"),
    "rooms_min": ("最少室", "户型下限"),
    "rooms_max": ("最多室", "户型上限"),
    "needs": ("需求", "需求说明", "客户需求", "其他需求"),
    "followed_at": ("跟进时间", "跟进日期", "联系时间"),
    "followed_by": ("跟进人",),
    "follow_method": ("跟进方式", "方式", "联系方法"),
    "follow_content": ("跟进内容", "内容", "跟进记录", "沟通内容"),
    "next_contact_at": ("下次联系", "下次联系时间", "下次跟进时间"),
}  # fmt: skip


@cache
def _ranked() -> dict[str, tuple[str, int]]:
    """Return heading → target and rank; the lower rank wins where two columns could be the same field."""
    found: dict[str, tuple[str, int]] = {}
    for target in TARGETS.values():
        labels = []
        for language in ("zh", "en"):
            with force_locale(language):
                labels.append(str(target.label))
        for rank, word in enumerate([*_WORDS.get(target.name, ()), *labels]):
            found.setdefault(heading_key(word), (target.name, rank))
    return found


@cache
def _reasons() -> frozenset[str]:
    found = []
    for language in ("zh", "en"):
        with force_locale(language):
            found.append(heading_key(str(REASON)))
    return frozenset(found)


def known_headings() -> frozenset[str]:
    """Return the headings by which a row of headings is found."""
    return frozenset(_ranked())


def propose_mapping(columns: Sequence[Column]) -> dict[int, str]:
    """Return the proposed target of each column; of two columns for one field the likelier."""
    best: dict[str, tuple[int, int]] = {}
    for column in columns:
        if column.key in _reasons() or not column.heading:
            continue
        target, rank = _ranked().get(column.key, ("", 0))
        if target and (target not in best or rank < best[target][0]):
            best[target] = rank, column.place
    return {place: target for target, (_rank, place) in best.items()}
