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

# Operation, or the first part of its path → the caller: a user name, or a key of what ``populate`` returns.
CALLERS: dict[str, str] = {
    "broker-companies": "director",
    "brokers": "director",
    "collisions": "director",
    "consultants": "director",
    "number-lookups": "manager",
    "categories": "admin",
    "tags": "manager",
    "projects": "director",
    "referrals": "director",
    "reports": "director",
    "scans": "onsite",
    "tours": "consultant",
    "viewing-fees": "director",
    "GET /api/v1/scans/export": "director",
    "GET /api/v1/tours/export": "director",
    "POST /api/v1/referrals": "channel_broker",
    "POST /api/v1/referrals/{pk}/report": "channel_broker",
    "POST /api/v1/referrals/{pk}/reopen": "admin",
    "POST /api/v1/viewing-fees": "secretary",
    "POST /api/v1/brokers/{pk}/resubmit": "rejected_broker",
    "accounts": "admin",
    "departments": "admin",
    "roles": "admin",
    "staff": "admin",
    "POST /api/v1/me/password": "agent2",  # it ends the other calls' sessions
}

# Operation → path argument → the key of the record in what ``populate`` returns.
PATHS: dict[str, dict[str, str]] = {
    "PATCH /api/v1/brokers/{pk}": {"pk": "other_brokers"},
    "POST /api/v1/brokers/{pk}/review": {"pk": "waiting_brokers"},
    "POST /api/v1/brokers/{pk}/resubmit": {"pk": "rejected_brokers"},
    "GET /api/v1/scans/{pk}": {"pk": "scan_ids"},
    "DELETE /api/v1/broker-companies/{pk}": {"pk": "spare_companies"},
    "POST /api/v1/referrals/{pk}/rebind": {"pk": "moving_referrals"},
    "POST /api/v1/referrals/{pk}/close": {"pk": "closing_referrals"},
    "POST /api/v1/referrals/{pk}/reopen": {"pk": "closed_referrals"},
    "POST /api/v1/referrals/{pk}/make-customer": {"pk": "sold_referrals"},
    "POST /api/v1/accounts/{pk}/enable": {"pk": "closed_accounts"},
    "POST /api/v1/accounts/{pk}/reset-second-factor": {"pk": "coded_accounts"},
    "DELETE /api/v1/customers/{pk}/files/{file_id}": {"pk": "customers", "file_id": "spare_files"},
    "DELETE /api/v1/customers/{pk}/members/{staff_id}": {"pk": "customers", "staff_id": "members"},
    "POST /api/v1/tags/{pk}/delete": {"pk": "spare_tags"},
    "POST /api/v1/categories/{pk}/delete": {"pk": "spare_categories"},
    "POST /api/v1/customers/{pk}/leave-group": {"pk": "linked"},
    "POST /api/v1/customers/{pk}/transfer": {"pk": "given_away"},
    "POST /api/v1/customers/{pk}/assign": {"pk": "pending"},
    "POST /api/v1/customers/{pk}/privatize": {"pk": "nobodys"},
    "POST /api/v1/customers/{pk}/publicize": {"pk": "held"},
    "POST /api/v1/customers/{pk}/push": {"pk": "on_shelf"},
    "POST /api/v1/customers/{pk}/shelve": {"pk": "off_shelf"},
    "POST /api/v1/customers/{pk}/unshelve": {"pk": "on_shelf"},
    "POST /api/v1/pushes/{pk}/reject": {"pk": "spare_pushes"},
    "POST /api/v1/pushes/{pk}/withdraw": {"pk": "sent_pushes"},
    "POST /api/v1/pushes/{pk}/end": {"pk": "accepted_pushes"},
    "POST /api/v1/departments/{pk}/delete": {"pk": "spare_departments"},
    "POST /api/v1/roles/{pk}/delete": {"pk": "own_roles"},
    "POST /api/v1/staff/{pk}/organise": {"pk": "moving"},
    "POST /api/v1/staff/{pk}/reset-second-factor": {"pk": "coded_staff"},
}


def caller_of(label: str, records: Mapping[str, Any]) -> str:
    """Return who makes the ordinary call."""
    found = CALLERS.get(label) or CALLERS.get(label.split("/")[3], "agent")
    return str(records[found][0]) if found in records else found
