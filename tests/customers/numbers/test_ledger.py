"""ACC-17: the ledger of look-ups is read by auditors, administrators and managers, of their people, and by nobody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.customers.numbers.lookups import record_lookup
from app.kernel import clock
from app.kernel.database.session import db
from app.kernel.database.transactions import transactional
from app.kernel.fields.phones import read_phone
from tests.support.make import make_customer
from tests.support.web.person import Browser

NUMBER = "13912345678"


@pytest.fixture
def asked(world):
    """Three look-ups: by an agent of either store, and by one of the other company."""
    for day, name, hit in ((1, "agent", True), (2, "agent3", False), (3, "other_agent", False)):
        with clock.frozen(datetime(2026, 3, day, 4, 0, tzinfo=UTC)):
            transactional(record_lookup)(
                read_phone(NUMBER), "push" if hit else "search", world.actor(name), hit=hit
            )
    db.session.commit()


def _who(api, name: str, **values) -> set[str]:
    answer = api(name).get("/number-lookups", **values)
    assert answer.status_code == 200, answer.get_json()
    return {row["account"]["name"] for row in answer.get_json()["items"]}


def test_acc_17_everybody_reads_the_look_ups_of_their_people(world, api, asked):
    agent, agent3, other = (world.actor(name).name for name in ("agent", "agent3", "other_agent"))
    assert _who(api, "auditor") == _who(api, "admin") == {agent, agent3, other}
    assert _who(api, "manager") == {agent}
    assert _who(api, "regional") == {agent, agent3}
    for name in ("agent", "finance", "consultant"):
        assert api(name).get("/number-lookups").status_code == 403


def test_acc_17_the_page_shows_masked_numbers_and_is_filtered(app, world, asked):
    page = Browser(app, "auditor").page("/number-lookups/")
    assert "139****5678" in page.text
    assert NUMBER not in page.text
    assert len(page.one("tbody").all("tr")) == 3
    agent = world.actor("agent")
    for query in (
        f"account_id={agent.id}",
        "hit=1",
        "way=push",
        "created_from=2026-03-01&created_to=2026-03-01",
    ):
        rows = Browser(app, "auditor").page(f"/number-lookups/?{query}").one("tbody")
        assert len(rows.all("tr")) == 1, query
        assert agent.name in rows.text, query
    assert Browser(app, "agent").get("/number-lookups/").status_code == 403


def test_acc_17_a_customers_reveals_lead_there_for_those_who_read_it(app, world):
    made = make_customer(world.actor("agent"))
    path = f"/customers/{made.id}/tab/reveals"
    assert 'href="/number-lookups/"' in Browser(app, "manager").get(path).get_data(as_text=True)
    assert "/number-lookups/" not in Browser(app, "agent").get(path).get_data(as_text=True)


def test_plat_6_the_ledger_is_exported_masked(app, api, world, asked):
    answer = api("auditor").get("/number-lookups/export")
    assert answer.status_code == 200
    assert api("agent").get("/number-lookups/export").status_code == 403
