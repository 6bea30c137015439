"""The body of a creation, and settings that a test stores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from app.kernel.database.session import db
from app.kernel.settings.declarations import find_setting

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def body(world) -> dict[str, Any]:
    """The body of a creation with every field that api.md names."""
    districts = [world.district("锦江区").id, world.district("成华区").id]
    demand = {
        "kind": "buy", "district_ids": districts, "price_min": 800000, "price_max": 1200000, "area_min": 70,
        "area_max": 90.5, "rooms_min": 2, "rooms_max": 3, "needs": "近地铁",
    }  # fmt: skip
    return {
        "pool": "personal", "kind": "individual", "name": "周先生", "phone": "138 0000 1234",
        "demand": demand, "annual_revenue": 1200000, "cooperation_years": 2.5, "source": "referral",
        "level": "important",
    }  # fmt: skip


@pytest.fixture
def setting(world) -> Callable[[str, Any], None]:
    """Store a setting."""

    def store(name: str, value: Any) -> None:
        find_setting(name).store(value)
        db.session.commit()

    return store
