"""An ordinary call of each operation of the REST API: the caller, the record and the body.

Operations that are not listed are called by ``agent`` on the first record that ``populate`` returns for the
path.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel import clock
from tests.support import make
from tests.support.documents import jpeg, part
from tests.support.people.world import PASSWORD
from tests.support.tables import workbook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.databases.database import Database

Body = dict[str, Any]

FIRST = "Blaue-Ente-77"
NEW = "Gruene-Ente-88"
SIGNED_UP = "13900000001"  # broker1 of ``tests.support.channel.scene``
NEWCOMERS = ("13800000001", "13800000002")  # a broker, a visitor


def _organise(database: Database, records: Mapping[str, Any]) -> Body:
    return {
        "department_id": database.world.department("store_west").id,
        "role_ids": records["agent_roles"],
        "district_ids": [database.world.district("青羊区").id],
    }


def _hire(database: Database, records: Mapping[str, Any]) -> Body:
    return {**_organise(database, records), "username": "xin.ren", "name": "辛人", "password": FIRST}


def _newcomer(records: Mapping[str, Any], place: int) -> Body:
    return {
        "phone": NEWCOMERS[place],
        "sms_code": records["register_codes"][place],
        "name": "郑九",
        "consent_version": "2026-01",
    }


# Operation → body, or a function of the database and the populated records; None: no body.
BODIES: dict[str, Body | Callable[[Database, Mapping[str, Any]], Body] | None] = {
    "POST /api/v1/accounts/{pk}/disable": {},
    "POST /api/v1/accounts/{pk}/enable": {},
    "POST /api/v1/accounts/{pk}/reset-password": {"password": FIRST},
    "POST /api/v1/accounts/{pk}/reset-second-factor": {},
    "POST /api/v1/customers": lambda _database, _records: {"name": "张三", "phone": make.next_phone()},
    "PATCH /api/v1/customers/{pk}": {"version": 1, "remark": "南北通透", "demand": {"rooms_min": 2}},
    "POST /api/v1/customers/{pk}/follow-ups": {"content": "电话沟通", "method": "phone"},
    "POST /api/v1/customers/{pk}/reveal-phone": {"purpose": "约看房"},
    "POST /api/v1/customers/{pk}/change-phone": lambda _database, records: {
        "old_phone": records["phones"][0],
        "new_phone": make.next_phone(),
    },
    "POST /api/v1/customers/{pk}/members": lambda database, _records: {
        "staff_id": database.world.actor("agent3").id,
        "access": "write",
    },
    "POST /api/v1/customers/{pk}/join-group": lambda _database, records: {
        "customer_id": records["customers"][1]
    },
    "POST /api/v1/customers/{pk}/leave-group": {},
    "POST /api/v1/customers/{pk}/contacts": {
        "name": "王芳",
        "position": "采购经理",
        "mobile": "13912345678",
        "birthday": "05-20",
        "is_primary": True,
    },
    "PATCH /api/v1/contacts/{pk}": {"landline": "028-86123456", "mobile": None},
    "POST /api/v1/contacts/{pk}/reveal-number": {"purpose": "约看厂"},
    "POST /api/v1/customers/{pk}/bank-accounts": {
        "bank": "工商银行",
        "account_number": "6222 0212 3456 7890",
        "is_default": True,
    },
    "PATCH /api/v1/bank-accounts/{pk}": {"payee": "天成贸易"},
    "POST /api/v1/bank-accounts/{pk}/reveal-number": {"purpose": "对账"},
    "POST /api/v1/customers/{pk}/company-paths": {"path": "成都→香港", "our_code": "K-1"},
    "PATCH /api/v1/company-paths/{pk}": {"our_code": "K-2"},
    "POST /api/v1/customers/{pk}/shipping-marks": {"text": "N/M"},
    "PATCH /api/v1/shipping-marks/{pk}": {"text": "K.P."},
    "POST /api/v1/customers/{pk}/merge": lambda _database, records: {
        "other_id": records["mergeable"][1],
        "choices": {"phone": records["mergeable"][1]},
    },
    "POST /api/v1/customers/{pk}/unmerge": {},
    "POST /api/v1/customers/duplicates/dismiss": lambda _database, records: {"ids": records["pairs"][1:]},
    "POST /api/v1/customers/{pk}/transfer": lambda database, _records: {
        "owner_id": database.world.actor("agent2").id,
        "reason": "客户搬家",
    },
    "POST /api/v1/customers/look-up": {"name": "成都星河贸易有限公司"},
    "POST /api/v1/customers/tags": lambda _database, records: {
        "customer_ids": records["customers"][:2],
        "add": ["新客户", records["tags"][0]],
        "remove": ["学区房"],
    },
    "POST /api/v1/customers/{pk}/tag": lambda _database, records: {
        "tag_ids": records["tags"],
        "names": "近地铁",
    },
    "POST /api/v1/customers/{pk}/categorize": lambda _database, records: {
        "category_ids": records["categories"]
    },
    "POST /api/v1/tags": {"name": "刚需", "tone": "green"},
    "PATCH /api/v1/tags/{pk}": {"tone": "gold"},
    "POST /api/v1/tags/{pk}/merge": lambda _database, records: {"other_id": records["merged_tags"][0]},
    "POST /api/v1/tags/{pk}/delete": {},
    "POST /api/v1/categories": {"name": "老客户", "credit_ceiling": 50000, "payment_days": 30},
    "PATCH /api/v1/categories/{pk}": {"service_standard": "两小时内回复"},
    "POST /api/v1/categories/{pk}/move": lambda _database, records: {
        "parent_id": records["other_categories"][0]
    },
    "POST /api/v1/categories/{pk}/delete": {},
    "POST /api/v1/customers/{pk}/assign": lambda database, _records: {
        "handler_id": database.world.actor("agent2").id
    },
    "POST /api/v1/customers/{pk}/privatize": {},
    "POST /api/v1/customers/{pk}/recycle": {"reason": "没有时间跟进"},
    "POST /api/v1/customers/{pk}/claim": {},
    "POST /api/v1/customers/{pk}/assign-from-pool": lambda database, _records: {
        "owner_id": database.world.actor("agent2").id
    },
    "POST /api/v1/recycling-rules": {"deal_status": "intent", "days": 14},
    "PATCH /api/v1/recycling-rules/{pk}": {"days": 10},
    "POST /api/v1/recycling-rules/rehearse": {"deal_status": "lost", "days": 3},
    "POST /api/v1/customers/{pk}/publicize": {},
    "POST /api/v1/customers/{pk}/push": lambda database, _records: {
        "receiver_id": database.world.actor("agent2").id,
        "remark": "预算合适",
    },
    "POST /api/v1/customers/{pk}/shelve": {"follow_status": "following", "remark": "又想买了"},
    "POST /api/v1/customers/{pk}/unshelve": {"reason": "other", "remark": "暂缓"},
    "POST /api/v1/pushes/{pk}/accept": {"remark": "我来跟"},
    "POST /api/v1/pushes/{pk}/reject": {},
    "POST /api/v1/pushes/{pk}/withdraw": {},
    "POST /api/v1/pushes/{pk}/end": {"remark": "自己跟"},
    "POST /api/v1/opportunities": lambda _database, records: {
        "customer_id": records["with_deals"][0],
        "title": "年度采购",
        "amount": 1200.5,
        "currency": "USD",
    },
    "PATCH /api/v1/opportunities/{pk}": {"version": 1, "title": "明年采购", "amount": "12万"},
    "POST /api/v1/opportunities/{pk}/move": {"stage": "proposal"},
    "POST /api/v1/opportunities/{pk}/lose": {"reason": "price"},
    "POST /api/v1/quotes": lambda _database, records: {
        "customer_id": records["with_deals"][0],
        "title": "采购报价",
        "lines": [{"item": "年费", "quantity": 2.25, "price": "64.22", "discount": 5, "tax": 6}],
    },
    "PATCH /api/v1/quotes/{pk}": {"version": 1, "valid_until": "2030-01-31"},
    "POST /api/v1/quotes/{pk}/lines": {"item": "实施", "quantity": 3, "price": 3.46, "tax": 6},
    "POST /api/v1/quotes/{pk}/accept": {"answer": "同意"},
    "POST /api/v1/quotes/{pk}/refuse": {},
    "POST /api/v1/tickets": lambda _database, records: {
        "customer_id": records["with_deals"][0],
        "title": "门锁损坏",
        "priority": "high",
    },
    "PATCH /api/v1/tickets/{pk}": {"version": 1, "kind": "repair"},
    "POST /api/v1/tickets/{pk}/solve": {"solution": "已更换"},
    "POST /api/v1/brokers/register": lambda _database, records: {
        **_newcomer(records, 0),
        "company_id": records["broker-companies"][0],
        "kind": "broker",
    },
    "POST /api/v1/visitors/register": lambda _database, records: _newcomer(records, 1),
    "PATCH /api/v1/brokers/{pk}": {"phone": "13800000003"},
    "POST /api/v1/brokers/{pk}/review": {"approve": False, "reason": "资料不全"},
    "POST /api/v1/broker-companies": {"name": "新城地产", "phone": "028-86123456"},
    "PATCH /api/v1/broker-companies/{pk}": {"contact": "张三", "active": True},
    "POST /api/v1/referrals": {
        "family_name": "王",
        "given_name": "大明",
        "phones": [{"prefix": "139", "tail": "0001"}],
        "shop_category": "retail",
        "report": True,
    },
    "POST /api/v1/referrals/{pk}/report": {},
    "POST /api/v1/referrals/{pk}/rebind": lambda _database, records: {
        "broker_id": records["other_brokers"][0],
        "reason": "先带看",
    },
    "POST /api/v1/referrals/{pk}/close": lambda _database, _records: {
        "closed_on": clock.today().isoformat(),
        "amount": 880000,
        "unit": "A-101",
    },
    "POST /api/v1/referrals/{pk}/reopen": {"reason": "退房"},
    "POST /api/v1/referrals/{pk}/make-customer": lambda database, _records: {
        "phone": "13800001234",
        "pool": "personal",
        "owner_id": database.world.actor("agent3").id,
    },
    "POST /api/v1/scans": lambda _database, records: {
        "token": records["scans"][0],
        "consultant_id": records["consultants"][0],
    },
    "POST /api/v1/tours": lambda _database, records: {"token": records["scans"][0], "intention": "B"},
    "POST /api/v1/tours/{pk}/follow-ups": {"content": "再约周末"},
    "POST /api/v1/collisions/{pk}/handle": {"outcome": "keep", "note": "先带看"},
    "POST /api/v1/viewing-fees/{pk}/void": {"reason": "重复"},
    "POST /api/v1/customers/{pk}/set-credit": {"credit_enabled": True, "currency": "USD", "amount": 10000},
    "POST /api/v1/contracts": lambda _database, records: {
        "customer_id": records["firms"][0],
        "title": "年度采购",
        "amount": 1000.5,
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
    },
    "PATCH /api/v1/contracts/{pk}": {"title": "年度采购（修订）"},
    "POST /api/v1/contracts/{pk}/sign": {},
    "POST /api/v1/contracts/{pk}/end": {"reason": "提前结束"},
    "POST /api/v1/contracts/{pk}/reopen": {},
    "POST /api/v1/contracts/{pk}/void": {"reason": "写错了"},
    "POST /api/v1/contracts/{pk}/plan": {"parts": 3, "first_due_on": "2026-01-31"},
    "POST /api/v1/payments": lambda _database, records: {
        "contract_id": records["contracts"][0],
        "due_on": "2026-03-31",
        "amount": "100.00",
    },
    "PATCH /api/v1/payments/{pk}": {"due_on": "2026-04-30"},
    "POST /api/v1/payments/{pk}/receipts": lambda _database, _records: {
        "received_on": clock.today().isoformat(),
        "amount": 50,
        "method": "transfer",
    },
    "POST /api/v1/payments/{pk}/take-back": lambda _database, records: {
        "receipt_id": records["receipts"][0],
        "reason": "重复",
    },
    "POST /api/v1/listings": lambda _database, records: {
        "community_id": records["communities"][0],
        "kind": "sale",
        "price": "120万",
        "area": 89.5,
        "rooms": 3,
        "halls": 2,
    },
    "PATCH /api/v1/listings/{pk}": {"version": 1, "price": 1150000, "orientation": "south"},
    "POST /api/v1/customers/{pk}/listings/{listing_id}": {"state": "refused", "reason": "临街"},
    "POST /api/v1/customers/{pk}/set-musts": {"price": True},
    "POST /api/v1/departments": lambda database, _records: {
        "name": "城东三店",
        "parent_id": database.world.department("store_east").id,
    },
    "PUT /api/v1/departments/{pk}": {"name": "城东四店"},
    "POST /api/v1/departments/{pk}/move": lambda database, _records: {
        "parent_id": database.world.department("store_west").id
    },
    "POST /api/v1/departments/{pk}/delete": {},
    "POST /api/v1/me/password": {"old_password": PASSWORD, "new_password": NEW},
    "POST /api/v1/notifications/read": {},
    "POST /api/v1/roles": {"name": "区域督导", "kind": "own"},
    "POST /api/v1/roles/{pk}/delete": {},
    "POST /api/v1/roles/{pk}/reset": {},
    "POST /api/v1/staff": _hire,
    "PATCH /api/v1/staff/{pk}": {"phone": "13800138000"},
    "POST /api/v1/staff/{pk}/organise": _organise,
    "POST /api/v1/staff/{pk}/rename": {"name": "陈小雯"},
    "POST /api/v1/staff/{pk}/reset-second-factor": {},
    "POST /api/v1/security/login": {"username": "agent", "password": PASSWORD, "provider": "db"},
    "POST /api/v1/security/sms-login": lambda _database, records: {
        "phone": SIGNED_UP,
        "code": records["login_codes"][0],
    },
    "POST /api/v1/wechat/login": {"code": "0a3b"},
    "POST /api/v1/sms-codes": {"phone": "13800138000", "purpose": "login"},
}

# Operation → the parts of a body with files.
UPLOADS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "POST /api/v1/customers/{pk}/files": lambda _records: {"files": [part("户型.jpg", jpeg())]},
    "POST /api/v1/viewing-fees": lambda records: {
        "referral_id": str(records["referrals"][0]),
        "amount": "88.50",
        "screenshot": part("付款.jpg", jpeg()),
    },
}

for _path in ("customers/import", "imports"):
    UPLOADS[f"POST /api/v1/{_path}"] = lambda _records: {
        "file": part("客户.xlsx", workbook(("张三", "13911112222")))
    }

# Takes a credential of its own, not a person's token.
APART = {
    # Needs the mini-program's platform; tests/org/sessions/test_wechat has a stand-in.
    "POST /api/v1/wechat/login",
    "POST /api/v1/security/refresh",
    # A run needs a worker, which tests/system/runs has.
    "GET /api/v1/runs/{pk}",
    "POST /api/v1/runs/{pk}/cancel",
    "GET /api/v1/runs/{pk}/file",
}
