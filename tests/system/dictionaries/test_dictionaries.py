"""PLAT-7: dictionaries: stored entries override declared ones; codes that rules depend on are fixed."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from app.audit.services import verify
from app.channel.referrals.choices import SHOP_CATEGORY
from app.customers.shared import choices
from app.kernel.database.session import db
from app.kernel.errors import Denied, Invalid, NotFound
from app.kernel.settings.dictionaries import declared_dictionaries, find_dictionary
from app.system.dictionaries.services import add_entry, change_entry, enable_entry, reset_entry
from tests.support.databases.race import race, sorted_out
from tests.support.databases.statements import count_statements
from tests.support.system import log_of, refused, rows
from tests.support.web.clients import apart

EDITABLE = {
    "customer_sources", "industries", "company_sizes", "unshelve_reasons", "reveal_purposes", "shop_categories",
    "customer_types", "business_types", "transport_modes", "price_terms", "receipt_methods", "ticket_kinds",
    "lost_reasons",
}  # fmt: skip
FIXED = {
    "customer_pools", "follow_statuses", "deal_statuses", "stages", "grades", "push_states", "follow_up_methods",
}  # fmt: skip
SAME = {"label_zh": None, "label_en": None, "tone": None, "position": None, "enabled": True}


def test_plat_7_which_dictionaries_may_be_edited():
    known = {one.name: one.editable for one in declared_dictionaries()}
    assert {name for name, editable in known.items() if editable} == EDITABLE
    assert {name for name, editable in known.items() if not editable} >= FIXED
    assert all(str(one.title) for one in declared_dictionaries())


def test_pool_8_reasons_to_unshelve_have_other():
    assert "other" in choices.UNSHELVE_REASON
    assert len(choices.UNSHELVE_REASON.codes) >= 3


@pytest.mark.both
def test_plat_7_an_administrators_own_entry(world):
    admin = world.actor("admin")
    row = add_entry(
        "customer_sources",
        code="douyin",
        label_zh="抖音",
        label_en="Douyin",
        tone="red",
        position=5,
        actor=admin,
    )
    assert choices.SOURCE.codes[0] == "douyin"
    assert choices.SOURCE.choices()[0] == ("douyin", "抖音")
    assert choices.SOURCE.tone("douyin") == "red"
    with force_locale("en"):
        assert choices.SOURCE.label("douyin") == "Douyin"
    [entry] = log_of(row)
    assert (entry.operation, entry.parameters["label"]) == ("dictionary.add", "抖音")
    assert list(verify()) == []


def test_plat_7_a_missing_label_falls_back_to_the_other_language(world):
    add_entry("industries", code="farming", label_zh="农业", actor=world.actor("admin"))
    with force_locale("en"):
        assert choices.INDUSTRY.label("farming") == "农业"
    assert choices.INDUSTRY.codes[-1] == "farming"


def test_plat_7_a_declared_entry_is_renamed_recoloured_and_moved(world):
    admin = world.actor("admin")
    row = change_entry(
        "customer_sources", "event", label_zh="市场活动", label_en=None, tone="gold", position=1, enabled=True,
        actor=admin,
    )  # fmt: skip
    assert choices.SOURCE.choices()[0] == ("event", "市场活动")
    with force_locale("en"):
        assert choices.SOURCE.label("event") == "Event"
    assert log_of(row)[0].differences["label_zh"] == ["", "市场活动"]
    reset_entry("customer_sources", "event", actor=admin)
    assert choices.SOURCE.codes == tuple(choices.SOURCE.labels)
    assert choices.SOURCE.label("event") == "活动"
    assert [entry.operation for entry in log_of(row)] == ["dictionary.change"] * 2


def test_plat_7_a_disabled_code_stays_readable_and_is_not_offered(world):
    enable_entry("customer_sources", "walk_in", enabled=False, actor=world.actor("admin"))
    assert "walk_in" in choices.SOURCE
    assert choices.SOURCE.label("walk_in") == "上门"
    assert not choices.SOURCE.offers("walk_in")
    assert "walk_in" not in dict(choices.SOURCE.choices())
    assert "walk_in" in dict(choices.SOURCE.every())
    enable_entry("customer_sources", "walk_in", enabled=True, actor=world.actor("admin"))
    assert choices.SOURCE.offers("walk_in")


def test_plat_7_nothing_changed_leaves_no_trace(world):
    change_entry("industries", "retail", **SAME, actor=world.actor("admin"))
    assert rows()["dictionary_entry"] == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"code": "Douyin"}, "code"),
        ({"code": "1abc"}, "code"),
        ({"code": "a-b"}, "code"),
        ({"code": "抖音"}, "code"),
        ({"code": "a" * 25}, "code"),
        ({"code": "ｄｏｕ"}, "code"),
        ({"label_zh": ""}, "label_zh"),
        ({"label_zh": "上门"}, "label_zh"),
        ({"label_en": "Walk-in"}, "label_en"),
        ({"tone": "pink"}, "tone"),
        ({"position": -1}, "position"),
        ({"position": 10_000}, "position"),
    ],
)
def test_plat_7_an_entry_that_cannot_be_accepted(world, changes, field):
    values = {"code": "douyin", "label_zh": "抖音", "actor": world.actor("admin"), **changes}
    error = refused(lambda: add_entry("customer_sources", **values), Invalid)
    assert list(error.fields) == [field]


@pytest.mark.parametrize("code", ["walk_in", "mine"])
def test_plat_7_a_code_is_given_once(world, code):
    admin = world.actor("admin")
    add_entry("customer_sources", code="mine", label_zh="自有", actor=admin)
    error = refused(lambda: add_entry("customer_sources", code=code, label_zh="又一个", actor=admin), Denied)
    assert (error.code, error.decision.field) == ("dictionary.code_taken", "code")


@pytest.mark.parametrize("name", sorted(FIXED))
def test_plat_7_fixed_dictionaries_refuse_every_change(world, name):
    admin = world.actor("admin")
    code = find_dictionary(name).codes[0]
    for call in (
        lambda: add_entry(name, code="more", label_zh="更多", actor=admin),
        lambda: change_entry(name, code, **{**SAME, "label_zh": "别名"}, actor=admin),
        lambda: enable_entry(name, code, enabled=False, actor=admin),
        lambda: reset_entry(name, code, actor=admin),
    ):
        assert refused(call, Denied).code == "dictionary.fixed"


def test_plat_7_what_is_not_there_is_not_found(world):
    admin = world.actor("admin")
    for call in (
        lambda: add_entry("nothing", code="a", label_zh="甲", actor=admin),
        lambda: change_entry("industries", "nothing", **SAME, actor=admin),
        lambda: enable_entry("industries", "nothing", enabled=False, actor=admin),
        lambda: reset_entry("industries", "nothing", actor=admin),
    ):
        with pytest.raises(NotFound):
            call()


def test_plat_7_reading_costs_no_statement_once_the_version_is_known(app, world):
    apart(app, lambda: add_entry("industries", code="farming", label_zh="农业", actor=world.actor("admin")))
    db.session.commit()
    assert choices.INDUSTRY.label("farming") == "农业"
    with count_statements(app) as seen:
        for code in choices.INDUSTRY.codes * 20:
            assert choices.INDUSTRY.label(code)
            assert choices.SOURCE.tone(code) == "gray"
            assert SHOP_CATEGORY.choices()
    assert seen.count == 0


@pytest.mark.both
def test_plat_7_every_process_sees_a_change_in_its_next_transaction(app, world):
    assert "farming" not in choices.INDUSTRY
    db.session.commit()
    apart(app, lambda: add_entry("industries", code="farming", label_zh="农业", actor=world.actor("admin")))
    assert "farming" in choices.INDUSTRY


def test_plat_7_a_rolled_back_change_is_not_cached(app, world):
    from app.kernel.database.cache import invalidate
    from app.kernel.settings.dictionaries import DictionaryEntry

    db.session.add(DictionaryEntry(dictionary="industries", code="farming", label_zh="农业", enabled=True))
    db.session.flush()
    invalidate()
    assert "farming" in choices.INDUSTRY
    db.session.rollback()
    assert "farming" not in choices.INDUSTRY
    assert "farming" not in apart(app, lambda: choices.INDUSTRY.codes)


@pytest.mark.both
def test_plat_7_of_simultaneous_entries_with_one_code_one_wins(app, world):
    outcomes = race(
        app,
        [
            lambda name=name: (
                add_entry("industries", code="farming", label_zh=name, actor=world.actor("admin")).id
            )
            for name in ("农业", "牧业", "渔业", "林业")
        ],
    )
    won, codes = sorted_out(outcomes)
    assert (len(won), codes) == (1, ["dictionary.code_taken"] * 3)
