"""An ordinary body for each operation of the REST API that takes one, as ``agent`` would send it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support import make
from tests.support.world import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.support.database import Database

Body = dict[str, Any]

# Operation → body, or a function of the database and the populated records; None: cannot succeed here.
BODIES: dict[str, Body | Callable[[Database, Mapping[str, Any]], Body] | None] = {
    "POST /api/v1/customers": lambda _database, _records: {"name": "张三", "phone": make.next_phone()},
    "PATCH /api/v1/customers/{pk}": {"version": 1, "remark": "南北通透", "demand": {"rooms_min": 2}},
    "POST /api/v1/customers/{pk}/follow-ups": {"content": "电话沟通", "method": "phone"},
    "POST /api/v1/customers/{pk}/reveal-phone": {"purpose": "约看房"},
    "POST /api/v1/customers/{pk}/change-phone": lambda _database, records: {
        "old_phone": records["phones"][0],
        "new_phone": make.next_phone(),
    },
    "POST /api/v1/notifications/read": {},
    "POST /api/v1/security/login": {"username": "agent", "password": PASSWORD, "provider": "db"},
    "POST /api/v1/security/refresh": None,  # takes a refresh token, not a body
}
