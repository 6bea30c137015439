"""Made-up rows of a large installation: deterministic, unevenly distributed as in practice, and fast to
generate.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from app.kernel.folding import search_key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEPARTMENTS = 200
STAFF = 2_000
REGIONS = 9
BIG_STORE = DEPARTMENTS  # holds half of all customers
BIG_OWNER_SHARE = 0.05  # owns 50,000 of a million
START = datetime(2023, 1, 1, tzinfo=UTC)
SPAN = timedelta(days=1000)
RICH_EVERY = 1_000  # every so many customers one has twenty follow-ups

_SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
_GIVEN = "小明华丽建国文军平志伟东海强晓生光林龙飞秀英芳敏静娟涛杰磊洋勇艳辉刚玲桂兰凤洁梅琳素云莲真环雪荣爱妹霞香月莺媛瑞凡佳嘉琼勤珍贞莉娣叶璧璐娅琦晶妍茜秋珊莎锦黛青倩婷姣婉娴瑾颖露瑶怡婵雁蓓纨仪荷丹蓉眉君琴蕊薇菁梦岚苑婕馨瑗琰韵融园艺咏卿聪澜纯毓悦昭冰爽琬茗羽希宁欣飘育滢馥筠柔竹霭凝鸿朗伯宏言若鸣朋斌梁栋维启克伦翔旭鹏泽晨辰士以致树炎德行时泰盛雄琛钧冠策腾楠榕风航弘"


@dataclass(frozen=True)
class Crypto:
    """The functions that encrypt and index phone numbers."""

    index: Callable[[str], str]
    cipher: str


def department_rows(now: datetime) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """Yield one company's departments: headquarters, regions below it, stores below the regions."""
    companies = [(1, "样板置业", now)]
    rows: list[tuple[Any, ...]] = []
    for pk in range(1, DEPARTMENTS + 1):
        if pk == 1:
            parent, path, name = None, "/1/", "总部"
        elif pk <= 1 + REGIONS:
            parent, path, name = 1, f"/1/{pk}/", f"大区{pk - 1}"
        else:
            parent = REGIONS + 1 if pk == BIG_STORE else 2 + (pk - 2 - REGIONS) % REGIONS
            path, name = f"/1/{parent}/{pk}/", f"门店{pk}"
        rows.append((pk, 1, parent, name, path, None))
    return companies, rows


def staff_department(pk: int) -> int:
    """Return the department of a member of staff: staff 1 … 2,000, ten in each."""
    return 1 + (pk - 1) % DEPARTMENTS


def name_of(rng: random.Random) -> str:
    """Return a believable name: few surnames are common, most names have three characters."""
    surname = _SURNAMES[min(int(rng.expovariate(1 / 14)), len(_SURNAMES) - 1)]
    given = _GIVEN[min(int(rng.expovariate(1 / 40)), len(_GIVEN) - 1)]
    if rng.random() < 0.8:
        given += _GIVEN[rng.randrange(len(_GIVEN))]
    return surname + given


def phone_of(pk: int) -> str:
    """Return the mobile number of a customer."""
    return f"13{(pk * 7_919) % 1_000_000_000:09d}"


def created_of(pk: int, size: int) -> datetime:
    """Return when a customer was created: in the order of the ids."""
    return START + SPAN * (pk / size)


CUSTOMER_COLUMNS = (
    "id", "company_id", "code", "pool", "kind", "follow_status", "version", "name", "name_search", "short_name",
    "phone_cipher", "phone_index", "phone_masked", "phone_last4", "source", "enabled", "owner_id",
    "department_id", "handler_id", "assigned_by_id", "assigned_at", "assigned_department_id",
    "private_holder_id", "private_department_id", "privatized_at", "deal_status", "stage", "level", "grade",
    "last_follow_up_at", "next_contact_at", "created_at", "created_by_id", "needs",
)  # fmt: skip


def _seat(rng: random.Random) -> tuple[int, int]:
    """Return the (staff, department) of a customer: half belong to one store, 5 % to one owner."""
    draw = rng.random()
    if draw < BIG_OWNER_SHARE:
        return BIG_OWNER, staff_department(BIG_OWNER)
    department = rng.randrange(1, DEPARTMENTS) if draw < 0.5 else BIG_STORE
    return department + DEPARTMENTS * rng.randrange(STAFF // DEPARTMENTS), department


BIG_OWNER = 150  # works in an ordinary store


def customer_rows(size: int, crypto: Crypto) -> Iterator[tuple[Any, ...]]:
    """Yield the customers."""
    rng = random.Random(20)
    for pk in range(1, size + 1):
        staff, department = _seat(rng)
        created = created_of(pk, size)
        draw = rng.random()
        personal = staff == BIG_OWNER or draw < 0.8
        late = rng.random()
        if personal:
            status = "following" if late < 0.8 else "off_shelf"
        else:
            status = "pending" if late < 0.2 else "following" if late < 0.8 else "off_shelf"
        pending = status == "pending"
        private = not personal and status == "following" and late > 0.7
        number = phone_of(pk)
        followed = created + timedelta(hours=rng.randrange(1, 2000)) if late < 0.9 else None
        yield (
            pk, 1, f"CUS{created:%Y%m%d}{pk:07d}", "personal" if personal else "platform", "individual",
            status, 1, name := name_of(rng), search_key(name), None,
            crypto.cipher, crypto.index(number), f"{number[:3]}****{number[-4:]}", number[-4:],
            "walk_in" if draw < 0.5 else None, True, staff if personal else None,
            department, staff if pending else None, staff if pending else None, created if pending else None,
            department if pending else None,
            staff if private else None, department if private else None, created if private else None,
            "potential" if late < 0.85 else "won", "lead", None, "ABCD"[rng.randrange(4)],
            followed, followed + timedelta(days=9) if followed and draw < 0.6 else None, created, staff,
            "两居，近地铁" if draw < 0.3 else None,
        )  # fmt: skip


FOLLOW_UP_COLUMNS = ("customer_id", "author_id", "content", "method", "counts", "created_at")
_METHODS = ("phone", "wechat", "visit", "viewing", "other")


def follow_up_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield two follow-ups per customer on average; some customers have twenty."""
    rng = random.Random(21)
    for pk in range(1, size + 1):
        count = 20 if pk % RICH_EVERY == 0 else rng.randrange(5) if rng.random() < 0.99 else 3
        created = created_of(pk, size)
        for n in range(count):
            yield (
                pk, 1 + rng.randrange(STAFF), "电话沟通，客户仍在比较，约下周再联系。", _METHODS[n % 5], True,
                created + timedelta(hours=8 * n + 1),
            )  # fmt: skip


def district_rows() -> list[tuple[Any, ...]]:
    """Yield a city and its sixteen districts."""
    return [(1, None, "310000", "示范市"), *((n, 1, f"3101{n:02d}", f"{n - 1}区") for n in range(2, 18))]


def demand_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield the wanted districts of every seventh customer: one or two."""
    for pk in range(1, size + 1, 7):
        yield pk, 2 + pk % 16
        if pk % 3 == 0:
            yield pk, 2 + (pk + 5) % 16


def member_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield a colleague on the team of every hundredth customer."""
    for pk in range(50, size + 1, 100):
        yield pk, 1 + pk // 100 % STAFF, "read"


def push_rows(size: int) -> Iterator[tuple[Any, ...]]:
    """Yield a push of every two-hundredth customer to a colleague."""
    for pk in range(75, size + 1, 200):
        sender, receiver = 1 + pk // 200 % STAFF, 1 + (pk // 200 + 77) % STAFF
        yield (
            pk, sender, staff_department(sender), receiver, staff_department(receiver), "accepted",
            created_of(pk, size) + timedelta(hours=3),
        )  # fmt: skip
