"""PLAT-2: a count that is registered reaches the pages."""

from __future__ import annotations

import pytest
from sqlalchemy import literal

from app.kernel.pages.badges import badge


def test_plat_2_a_count_outside_the_contract_is_refused():
    with pytest.raises(LookupError, match="bulletins"):
        badge("bulletins", lambda _actor: literal(0))
