"""PLAT-2: a registered count reaches the pages."""

from __future__ import annotations

import pytest
from sqlalchemy import literal

from app.kernel.pages import badges


def test_plat_2_a_count_outside_the_contract_is_refused(monkeypatch):
    monkeypatch.setattr(badges, "_registered", {})
    badges.badge("bulletins", lambda _actor: literal(0))
    with pytest.raises(LookupError, match="bulletins"):
        badges.check_badges()
