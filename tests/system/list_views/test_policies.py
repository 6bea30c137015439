"""OFF-5: who shares a view, and who takes one back: the rules as tables."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.kernel.access.actor import Actor
from app.system.list_views.policies import can_share, can_withdraw

EAST, WEST, ME, OTHER = 3, 4, 10, 11
SHARE = frozenset({("can_share", "ListView")})


def _actor(*, may: bool, team: int | None) -> Actor:
    return Actor(ME, "me", "me", permissions=SHARE if may else frozenset(), department_id=team)


@pytest.mark.parametrize(
    ("may", "team", "code"),
    [
        (True, EAST, ""),
        (True, None, "list_view.no_department"),
        (False, EAST, "list_view.may_not_share"),
        (False, None, "list_view.may_not_share"),
    ],
)
def test_off_5_who_may_share(may, team, code):
    assert can_share(_actor(may=may, team=team)).code == code


@pytest.mark.parametrize(
    ("owner", "shared_with", "may", "code"),
    [
        (ME, EAST, False, ""),
        (ME, EAST, True, ""),
        (ME, None, True, "list_view.not_shared"),
        (OTHER, EAST, True, ""),
        (OTHER, EAST, False, "auth.forbidden"),
        (OTHER, WEST, True, "auth.forbidden"),
        (OTHER, None, True, "list_view.not_shared"),
    ],
)
def test_off_5_who_may_stop_sharing(owner, shared_with, may, code):
    view = SimpleNamespace(person_id=owner, department_id=shared_with)
    assert can_withdraw(_actor(may=may, team=EAST), view).code == code
