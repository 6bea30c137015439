"""PLAT-11, PLAT-16: the demo data that ``flask kepan demo`` loads is believable and in a valid state."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from app.channel.brokers.models import Broker
from app.cli.installation import banner
from app.kernel import clock
from app.kernel.database.session import Model, db
from app.org.sessions.settings import TOTP_ROLES
from app.org.shared.models import Account, Staff
from demo.channel_plans import ENDING_TODAY, JUST_ENDED
from demo.names import PEOPLE
from tests.support.channel.scene import check_invariants
from tests.support.processes.operate import command, fresh_installation, succeed
from tests.support.web.clients import apart

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """Load the whole demo on SQLite by ``flask kepan demo``; return it with the time that it took."""
    with fresh_installation("sqlite", tmp_path_factory.mktemp("demo")) as app:
        succeed(app, "init")
        said = succeed(app, "demo")
        assert "3000 customers" in said
        yield app


@pytest.mark.long
def test_plat_16_the_demo_is_lawful_and_whole(loaded):
    assert "all chains hold" in succeed(loaded, "audit-verify")
    assert "problem" not in succeed(loaded, "doctor")
    result = command(loaded, "demo")
    assert result.exit_code == 1
    assert "refused" in result.output


def test_plat_16_the_banner_names_accounts_to_sign_in_with(loaded):
    printed = "\n".join(apart(loaded, banner))
    assert all(name in printed for name in ("admin", "agent1", "director", "broker1", "onsite1"))
    assert loaded.config["KEPAN"].demo_password in printed


def test_plat_16_sixty_staff_and_the_named_accounts(loaded):
    def read() -> tuple[int, set[str]]:
        accounts = set(db.session.scalars(select(Model.metadata.tables["ab_user"].c.username)))
        return len(db.session.scalars(select(Staff)).all()), accounts

    staff, accounts = apart(loaded, read)
    assert staff == 60
    named = {
        "admin", "director", "secretary", "onsite1", "onsite2", "consultant1", "consultant2", "broker1",
        "broker2", "brokersite1", "manager1", "agent1", "agent2", "manager2", "agent3", "regional1", "sales1",
        "sales2", "finance1", "auditor1", "visitor1", "salesmanager1",
    }  # fmt: skip
    assert named == {person.username for person in PEOPLE}
    assert named < accounts


def test_plat_16_every_account_signs_in_with_the_demo_password(loaded):
    for username in [*(person.username for person in PEOPLE), "agent30"]:
        answer = loaded.test_client().post(
            "/api/v1/security/login",
            json={"username": username, "password": "Kepan-demo-2026", "provider": "db"},
        )
        assert answer.status_code == 200, username


def test_acc_12_the_demo_requires_no_second_factor(loaded):
    assert apart(loaded, TOTP_ROLES.read) == ""


def _counts(table: str, *columns: str) -> Counter:
    chosen = [Model.metadata.tables[table].c[name] for name in columns]
    return Counter(tuple(row) for row in db.session.connection().execute(select(*chosen)))


def test_plat_16_there_is_some_of_every_state(loaded):
    def read() -> tuple[Counter, Counter, Counter]:
        return (
            _counts("customer", "pool", "follow_status"),
            _counts("push", "state"),
            _counts("customer", "grade"),
        )

    states, pushes, grades = apart(loaded, read)
    assert {
        ("personal", "following"), ("personal", "off_shelf"), ("platform", "pending"),
        ("platform", "following"), ("platform", "off_shelf"),
    } == set(states)  # fmt: skip
    assert min(states.values()) >= 50
    assert set(pushes) == {("accepted",), ("rejected",)}, "none is open"
    assert set(grades) == {("A",), ("B",), ("C",), ("D",)}


def test_plat_16_no_one_is_near_a_ceiling_or_quota(loaded):
    def read() -> tuple[Counter, Counter, int, int]:
        customer, reveal = Model.metadata.tables["customer"].c, Model.metadata.tables["number_reveal"].c
        rows = db.session.connection()
        held = Counter(rows.scalars(select(customer.private_holder_id)))
        del held[None]
        today = select(reveal.staff_id).where(reveal.created_at >= clock.start_of_day())
        due = [at for at in rows.scalars(select(customer.next_contact_at)) if at is not None]
        overdue = sum(at < clock.now() for at in due)
        return held, Counter(db.session.scalars(today)), overdue, len(due) - overdue

    held, revealed_today, overdue, ahead = apart(loaded, read)
    assert 0 < max(held.values()) < 50
    assert max(revealed_today.values(), default=0) < 10
    assert overdue > 20
    assert ahead > 20


def test_plat_16_channel_sales_are_lawful_and_have_some_of_every_state(loaded):
    def read() -> None:
        check_invariants()
        states = _counts("referral", "state")
        assert 5000 <= sum(states.values()) <= 5010
        assert {one for (one,) in states} == {"entered", "reported", "bound", "expired", "closed"}
        assert min(states.values()) >= 200
        reviews = _counts("broker", "kind", "review_state")
        assert sum(reviews.values()) == 120
        assert reviews["company_onsite", "pending"] == reviews["company_onsite", "rejected"] == 1
        assert len(_counts("broker_company", "id")) == 8
        assert set(_counts("onsite_scan", "result")) == {
            ("bound",), ("revisit",), ("collision",), ("walk_in",)
        }  # fmt: skip
        outcomes = _counts("collision", "outcome")
        assert set(outcomes) == {(None,), ("keep",), ("rebind",), ("other",)}
        assert min(outcomes.values()) >= 5
        voided = [at for (at,) in _counts("viewing_fee", "voided_at").elements()]
        assert 5 <= sum(at is not None for at in voided) < 100 < len(voided)

    apart(loaded, read)


def test_plat_16_some_protections_end_today_and_some_are_over_and_not_written(loaded):
    def read() -> tuple[int, int]:
        binding = Model.metadata.tables["binding"].c
        ends = (
            db.session.connection().scalars(select(binding.expires_at).where(binding.state == "live")).all()
        )
        now, night = clock.now(), clock.end_of_day(clock.today())
        return sum(at <= now for at in ends), sum(now < at < night for at in ends)

    over, today = apart(loaded, read)
    # Protections that end today may be over when the test runs shortly before midnight.
    assert over >= JUST_ENDED
    assert over + today >= JUST_ENDED + ENDING_TODAY


def test_plat_16_named_brokers_are_in_the_documented_states(loaded):
    def read() -> dict[str, tuple[int, str, str]]:
        found = (
            select(Broker)
            .join(Broker.account)
            .where(Account.username.in_(["broker1", "broker2", "brokersite1"]))
        )
        return {
            one.account.username: (one.broker_company_id, one.kind, one.review_state)
            for one in db.session.scalars(found)
        }

    found = apart(loaded, read)
    assert found["broker1"][0] == found["brokersite1"][0] != found["broker2"][0]
    assert found["broker1"][1:] == found["broker2"][1:] == ("broker", "approved")
    assert found["brokersite1"][1:] == ("company_onsite", "approved")
