"""PLAT-9: every list has the usual tests (``tests/support/web/kit.py``), declared beside the list's own tests."""

from __future__ import annotations

import ast

from tests.support.sources import ROOT, parsed
from tests.support.web.listing import served_lists

KITS = {"ListViewTests", "ApiTests"}
# Lists without a declaration, with the reason.
UNDECLARED = {
    "/reports/channel-ranking": "computed, in one order: tests/channel/ranking (CH-26)",
    "/customers/<int:pk>/referrals": "at most one, of the deal: tests/channel/referrals/test_customer_part.py (CH-24)",
}


def _declared() -> set[str]:
    """Return the views and paths that classes below the kits name."""
    found = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        for one in ast.walk(parsed(path)):
            if isinstance(one, ast.ClassDef) and {b.id for b in one.bases if isinstance(b, ast.Name)} & KITS:
                found |= {
                    line.value.value
                    for line in one.body
                    if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
                    if getattr(line.targets[0], "id", "") in {"view", "api", "path"}
                }
    return found


def _name(route) -> str:
    """Return what declares a list: its view, or its path in the API; an export belongs to its list."""
    if not route.is_api:
        return route.endpoint.partition(".")[0]
    return route.rule.removeprefix("/api/v1").removesuffix("/export")


def test_plat_9_every_served_list_is_declared_with_its_usual_tests(app):
    served, declared = {_name(one.route) for one in served_lists(app)}, _declared()
    assert served - declared - {*UNDECLARED} == set(), "declare the list below ListViewTests or ApiTests"
    assert {*UNDECLARED} & declared == set(), "declared by now"
    assert {*UNDECLARED} - served == set(), "no such list"
    assert declared - served == set(), "no such list"
