"""CH-3, CH-4, CH-5, CH-9, CH-13, CH-15, CH-19, CH-20, CH-21, CH-22, CH-23, CH-24, CH-25, ACC-7 and ACC-8 as
tables: role × relation × state, with the roles as delivered.

No database, no application: the rules are pure. Each letter is a verdict; ``y`` is allowed.
"""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.channel.brokers.policies import can_edit_broker, can_resubmit, can_review, can_work
from app.channel.collisions.policies import can_handle, can_rebind, can_settle_by_rebinding
from app.channel.companies.policies import (
    CompanyFacts,
    can_delete_company,
    can_keep_companies,
    can_switch_company,
)
from app.channel.consultants.policies import ConsultantFacts, can_depart_consultant, can_keep_consultants
from app.channel.fees.policies import can_pay_fee, can_void_fee
from app.channel.projects.policies import (
    can_add_pictures,
    can_assign_staff,
    can_delete_plot,
    can_keep_projects,
    can_remove_pictures,
)
from app.channel.referrals.policies import (
    ReferralFacts,
    can_close,
    can_enter,
    can_make_customer,
    can_reopen,
    can_report,
)
from app.channel.scans.policies import can_lookup, can_scan, judge_scan
from app.channel.shared.permissions import BrokerCompanyPermission, ConsultantPermission, ProjectPermission
from app.channel.shared.policies import oversees
from app.channel.tours.policies import can_follow_tour, can_tour
from tests.support.channel.cases import (
    BROKERS,
    DUTIES,
    ME,
    OTHER_PERSON,
    PEOPLE,
    PROJECT,
    STATES,
    actor,
    record,
    referral,
)

OFFICE = {"n": ("channel.not_your_office", 403)}
RULES = {
    "rebind": (
        lambda who, state: can_rebind(who, referral(state)),
        {"b": ("referral.not_bound", 409), "c": ("referral.closed", 409)},
    ),
    "close": (
        lambda who, state: can_close(who, referral(state), ReferralFacts()),
        {"e": ("referral.not_reported", 409), "c": ("referral.closed", 409)},
    ),
    "close_while_bound_elsewhere": (
        lambda who, state: can_close(who, referral(state), ReferralFacts(bound_elsewhere=True)),
        {
            "e": ("referral.not_reported", 409),
            "c": ("referral.closed", 409),
            "x": ("referral.bound_elsewhere", 409),
        },
    ),
    "reopen": (
        lambda who, state: can_reopen(who, referral(state)),
        {"c": ("referral.not_closed", 409)},
    ),
    "make_customer": (
        lambda who, state: can_make_customer(who, referral(state)),
        {"c": ("referral.not_closed", 409)},
    ),
    "pay_fee": (
        lambda who, state: can_pay_fee(who, referral(state)),
        {"d": ("fee.duties_apart", 403)},
    ),
}
# Rows: the states; columns: PEOPLE in their order.
TABLES = {
    "rebind": """
        entered   b b n n  n n n n  n n n  n n
        reported  b b n n  n n n n  n n n  n n
        bound     y y n n  n n n n  n n n  n n
        expired   b b n n  n n n n  n n n  n n
        closed    c c n n  n n n n  n n n  n n
    """,
    "close": """
        entered   e e n n  n n n n  n n n  n n
        reported  y y n n  n n n n  n n n  n n
        bound     y y n n  n n n n  n n n  n n
        expired   y y n n  n n n n  n n n  n n
        closed    c c n n  n n n n  n n n  n n
    """,
    "close_while_bound_elsewhere": """
        entered   e e n n  n n n n  n n n  n n
        reported  x x n n  n n n n  n n n  n n
        bound     x x n n  n n n n  n n n  n n
        expired   x x n n  n n n n  n n n  n n
        closed    c c n n  n n n n  n n n  n n
    """,
    "reopen": """
        entered   c n n n  n n n n  n n n  n n
        reported  c n n n  n n n n  n n n  n n
        bound     c n n n  n n n n  n n n  n n
        expired   c n n n  n n n n  n n n  n n
        closed    y n n n  n n n n  n n n  n n
    """,
    "make_customer": """
        entered   c c n n  n n n n  n n n  n n
        reported  c c n n  n n n n  n n n  n n
        bound     c c n n  n n n n  n n n  n n
        expired   c c n n  n n n n  n n n  n n
        closed    y y n n  n n n n  n n n  n n
    """,
    "pay_fee": """
        entered   d n y n  n n n n  n n n  n n
        reported  d n y n  n n n n  n n n  n n
        bound     d n y n  n n n n  n n n  n n
        expired   d n y n  n n n n  n n n  n n
        closed    d n y n  n n n n  n n n  n n
    """,
}


def _verdict(decision) -> tuple[str, int]:
    assert decision.allowed == (decision.code == "")
    assert decision.allowed or str(decision.message)
    return ("", 200) if decision.allowed else (decision.code, decision.status)


@pytest.mark.parametrize("rule", TABLES)
def test_acc_7_ch_23_ch_24_ch_25_the_back_offices_rules(rule):
    call, letters = RULES[rule]
    known = {"y": ("", 200), **OFFICE, **letters}
    rows = {line.split()[0]: line.split()[1:] for line in TABLES[rule].strip().splitlines()}
    assert tuple(rows) == STATES
    wrong = []
    for state, cells in rows.items():
        assert len(cells) == len(PEOPLE)
        for person, letter in zip(PEOPLE, cells, strict=True):
            found = _verdict(call(actor(person), state))
            if found != known[letter]:
                wrong.append((rule, state, person, known[letter], found))
    assert wrong == []


def _allowed(rule) -> set[str]:
    return {person for person in PEOPLE if rule(actor(person))}


def test_ch_1_ch_2_ch_5_ch_20_who_keeps_what():
    admin, both = {"Admin"}, {"Admin", "ChannelDirector", "OtherDirector"}
    other = SimpleNamespace(id=99)
    for permission in ("create", "update", "add_files", "remove_file", "staff"):
        assert _allowed(lambda who, p=permission: can_keep_projects(who, ProjectPermission(p))) == admin
    for permission in ("create", "update", "depart"):
        assert _allowed(lambda who, p=permission: can_keep_consultants(who, ConsultantPermission(p))) == admin
    for permission in ("create", "update", "delete"):
        assert _allowed(lambda who, p=permission: can_keep_companies(who, BrokerCompanyPermission(p))) == both
    assert _allowed(lambda who: can_edit_broker(who, other)) == both
    assert can_edit_broker(actor("Broker"), SimpleNamespace(id=ME))
    company = SimpleNamespace()
    assert _allowed(lambda who: can_switch_company(who, company)) == both
    assert _allowed(lambda who: can_delete_company(who, company, CompanyFacts())) == both
    refused = can_delete_company(actor("ChannelDirector"), company, CompanyFacts(in_use=True))
    assert _verdict(refused) == ("broker_company.in_use", 409)
    for rule in (can_assign_staff, can_add_pictures, can_remove_pictures, can_delete_plot):
        assert _allowed(lambda who, r=rule: r(who, SimpleNamespace())) == admin
    assert _allowed(lambda who: can_depart_consultant(who, other, ConsultantFacts())) == admin
    busy = can_depart_consultant(actor("Admin"), other, ConsultantFacts(has_other_duties=True))
    assert _verdict(busy) == ("consultant.other_duties", 409)


def test_ch_4_the_director_reviews_company_on_sites_who_wait():
    waiting = SimpleNamespace(is_onsite=True, review_state="pending")
    assert _allowed(lambda who: can_review(who, waiting)) == {
        "Admin", "ChannelDirector", "OtherDirector",
    }  # fmt: skip
    director = actor("ChannelDirector")
    for is_onsite, state, code in (
        (False, "approved", "broker.no_review"),
        (True, "approved", "broker.reviewed"),
        (True, "rejected", "broker.reviewed"),
    ):
        person = SimpleNamespace(is_onsite=is_onsite, review_state=state)
        assert _verdict(can_review(director, person)) == (code, 409)


def test_ch_19_ch_25_collisions_and_voiding_are_the_directors():
    office = {"Admin", "ChannelDirector"}
    waiting, fee = record(is_open=True), record(is_void=False)
    assert _allowed(lambda who: can_handle(who, waiting)) == office
    assert _allowed(lambda who: can_void_fee(who, fee)) == office
    director = actor("ChannelDirector")
    assert _verdict(can_handle(director, record(is_open=False))) == ("collision.handled", 409)
    assert _verdict(can_void_fee(director, record(is_void=True))) == ("fee.void", 409)
    for referral_id, lives, code in (
        (1, True, ""),
        (1, False, "collision.binding_over"),
        (None, True, "collision.no_broker"),
    ):
        found = can_settle_by_rebinding(record(referral_id=referral_id), lives=lives)
        assert found.code == code


@pytest.mark.parametrize(
    ("who", "code"),
    [*zip(BROKERS, ("", "", *["broker.awaiting_review"] * 2, "broker.none"), strict=True)],
)
def test_ch_3_ch_9_ch_11_what_brokers_may(who, code):
    profile, who = BROKERS[who], actor("Broker")
    assert can_work(profile).code == code
    assert can_enter(who, profile, for_broker_id=None).code == code
    assert can_enter(who, profile, for_broker_id=ME).code == code
    assert can_report(who, referral(), profile).code == code
    others = referral()
    others.broker_id = others.entered_by_id = OTHER_PERSON
    assert can_report(who, others, profile).code == (code or "referral.not_yours")
    others.entered_by_id = ME
    assert can_report(who, others, profile).code == code
    onsite = profile.broker is not None and profile.broker.is_onsite
    for_another = can_enter(who, profile, for_broker_id=OTHER_PERSON).code
    assert for_another == (code or ("" if onsite else "referral.for_others"))
    assert can_enter(who, profile, for_broker_id=OTHER_PERSON, allowed=False).code == (
        code or "referral.for_others"
    )


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("where", DUTIES)
def test_ch_13_ch_21_scanning_and_touring_need_duty_and_place(person, where):
    who, profile = actor(person), DUTIES[where]
    scans = person in {"OnSite", "Admin"} and where == "onsite"
    tours = person in {"Consultant", "Admin"} and where == "consultant"
    assert bool(can_scan(who, PROJECT, profile)) is scans
    assert bool(can_tour(who, PROJECT, profile, received=True)) is tours
    early = can_tour(who, PROJECT, profile, received=False)
    assert early.code == ("tour.not_received" if tours else "tour.not_your_project")
    looks = where in {"onsite", "consultant"} or person in {"Admin", "Auditor"}
    assert bool(can_lookup(who, PROJECT, profile)) is looks


def test_ch_21_the_tours_consultant_follows_up():
    mine, others = record(consultant_id=ME), record(consultant_id=OTHER_PERSON)
    assert _allowed(lambda who: can_follow_tour(who, mine)) == {"Admin", "Consultant"}
    assert _allowed(lambda who: can_follow_tour(who, others)) == set()


@pytest.mark.parametrize(
    ("state", "free", "own", "others", "both"),
    [
        ("entered", "referral.not_reported", "revisit", "collision", "collision"),
        ("reported", "bound", "revisit", "collision", "collision"),
        ("bound", "revisit", "revisit", "revisit", "revisit"),
        ("expired", "referral.expired", "revisit", "collision", "collision"),
        ("closed", "revisit", "revisit", "revisit", "revisit"),
    ],
)
def test_ch_13_ch_14_what_a_scan_results_in(state, free, own, others, both):
    found = []
    for holders in ((), (ME,), (OTHER_PERSON,), (ME, OTHER_PERSON)):
        verdict = judge_scan(referral(state), holders)
        found.append(verdict if isinstance(verdict, str) else verdict.code)
    assert found == [free, own, others, both]


def test_acc_7_the_back_office_sees_its_own_company():
    companies = {1: set(), 2: set()}
    for company in companies:
        companies[company] = {person for person in PEOPLE if oversees(actor(person), company)}
    assert companies[1] == {"Admin", "ChannelDirector", "ChannelSecretary", "Auditor"}
    assert companies[2] == {"Admin", "OtherDirector", "OtherSecretary"}


def test_ch_3_only_a_rejected_company_on_site_submits_again():
    who = actor("BrokerOnSite")
    for state, code in (
        ("rejected", ""),
        ("pending", "broker.not_rejected"),
        ("approved", "broker.not_rejected"),
    ):
        assert can_resubmit(who, SimpleNamespace(id=ME, review_state=state)).code == code
    assert can_resubmit(who, SimpleNamespace(id=99, review_state="rejected")).code == "broker.not_you"
