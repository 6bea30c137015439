"""The tables of channel sales' rules in ``docs/policies.md``: role or relation × state, computed by the
rules.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from app.channel.companies.policies import CompanyFacts
from app.channel.consultants.policies import ConsultantFacts
from app.channel.referrals.policies import ReferralFacts
from app.channel.shared.permissions import BrokerCompanyPermission, ConsultantPermission, ProjectPermission
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
from tools.documents.grids import Grid, cell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.kernel.access.permissions import Permission
    from app.kernel.errors import Decision

WORDS = (
    "Who asks has that role alone; *other director* and *other secretary* are of another company. The "
    "protection counts as it is at that moment: a bound customer whose period is over is expired.\n"
)
_REVIEWS = ("approved", "pending", "rejected")


def channel_grids(rule: Callable[..., Decision]) -> list[Grid]:
    """Return the tables of one rule."""
    made = _GRIDS[rule.__name__](rule)
    return made if isinstance(made, list) else [made]


def _by_role(columns: Mapping[str, Callable[[Any], Decision]], title: str = "") -> Grid:
    rows = {_spaced(who): [cell(ask(actor(who))) for ask in columns.values()] for who in PEOPLE}
    return Grid(title, "role", [*columns], rows)


def _spaced(name: str) -> str:
    """Turn ``OtherDirector`` into ``other director``, which is not a role name."""
    return name.replace("Other", "other ").lower() if name.startswith("Other") else name


def _over_states(rule: Any, title: str = "", **more: Any) -> Grid:
    columns = {state: lambda who, s=state: rule(who, referral(s), **more) for state in STATES}
    return _by_role(columns, title)


def _close(rule: Any) -> list[Grid]:
    return [
        _over_states(rule, "No other binding lives", facts=ReferralFacts()),
        _over_states(rule, "Another's binding lives", facts=ReferralFacts(bound_elsewhere=True)),
    ]


def _make_customer(rule: Any) -> list[Grid]:
    again = {"closed": lambda who: rule(who, referral("closed", customer_id=1))}
    return [_over_states(rule), _by_role(again, "It has its customer file")]


def _work(rule: Any) -> Grid:
    return Grid("", "who", ["allowed"], {who: [cell(rule(profile))] for who, profile in BROKERS.items()})


def _enter(rule: Any) -> Grid:
    cases = {
        "for oneself": {"for_broker_id": None},
        "for a colleague": {"for_broker_id": OTHER_PERSON},
        "for a colleague, switched off": {"for_broker_id": OTHER_PERSON, "allowed": False},
    }
    rows = {
        who: [cell(rule(actor("Broker"), profile, **case)) for case in cases.values()]
        for who, profile in BROKERS.items()
    }
    return Grid("", "who", [*cases], rows)


def _report(rule: Any) -> Grid:
    whose = {
        "one's own": referral(),
        "entered for a colleague": referral(broker_id=OTHER_PERSON),
        "another's": referral(broker_id=OTHER_PERSON, entered_by_id=OTHER_PERSON),
    }
    rows = {
        who: [cell(rule(actor("Broker"), one, profile)) for one in whose.values()]
        for who, profile in BROKERS.items()
    }
    return Grid("", "who", [*whose], rows)


def _on_duty(rule: Any, title: str = "", **more: Any) -> Grid:
    return _by_role(
        {place: lambda who, s=profile: rule(who, PROJECT, s, **more) for place, profile in DUTIES.items()},
        title,
    )


def _tour(rule: Any) -> list[Grid]:
    return [
        _on_duty(rule, "The customer was received", received=True),
        _on_duty(rule, "Not yet", received=False),
    ]


def _of(rule: Any, records: Mapping[str, Any]) -> Grid:
    return _by_role({name: lambda who, r=one: rule(who, r) for name, one in records.items()})


def _settle(rule: Any) -> Grid:
    rows = {
        name: [cell(rule(record(referral_id=pk), lives=lives)) for lives in (True, False)]
        for name, pk in (("a broker's customer", 1), ("a visitor", None))
    }
    return Grid("", "who collided", ["the binding lives", "it is over"], rows)


def _broker(state: str = "approved", *, onsite: bool = True, pk: int = OTHER_PERSON) -> Any:
    return SimpleNamespace(id=pk, is_onsite=onsite, review_state=state)


def _review(rule: Any) -> Grid:
    on_sites = {f"{state} company on-site": _broker(state) for state in _REVIEWS}
    return _of(rule, {"broker": _broker(onsite=False), **on_sites})


def _resubmit(rule: Any) -> Grid:
    rows = {
        name: [cell(rule(actor("BrokerOnSite"), _broker(state, pk=pk))) for state in _REVIEWS]
        for name, pk in (("oneself", ME), ("another person", OTHER_PERSON))
    }
    return Grid("", "whose", [*_REVIEWS], rows)


def _keeping(*permissions: Permission) -> Callable[[Any], Grid]:
    return lambda rule: _by_role({name: lambda who, p=name: rule(who, p) for name in permissions})


def _delete_company(rule: Any) -> Grid:
    return _with_facts(
        rule,
        {"not in use": CompanyFacts(), "has brokers or referrals": CompanyFacts(in_use=True)},
    )


def _depart(rule: Any) -> Grid:
    return _with_facts(
        rule,
        {"no other duties": ConsultantFacts(), "other duties": ConsultantFacts(has_other_duties=True)},
    )


def _with_facts(rule: Any, facts: Mapping[str, Any]) -> Grid:
    return _by_role({name: lambda who, f=one: rule(who, None, f) for name, one in facts.items()})


_GRIDS: dict[str, Callable[[Any], Grid | list[Grid]]] = {
    "can_work": _work,
    "can_enter": _enter,
    "can_report": _report,
    "can_scan": _on_duty,
    "can_lookup": _on_duty,
    "can_tour": _tour,
    "can_follow_tour": lambda rule: _of(
        rule, {"one's own tour": record(consultant_id=ME), "another's": record(consultant_id=OTHER_PERSON)}
    ),
    "can_rebind": _over_states,
    "can_close": _close,
    "can_reopen": _over_states,
    "can_make_customer": _make_customer,
    "can_pay_fee": _over_states,
    "can_void_fee": lambda rule: _of(rule, {"valid": record(is_void=False), "voided": record(is_void=True)}),
    "can_handle": lambda rule: _of(rule, {"open": record(is_open=True), "handled": record(is_open=False)}),
    "can_settle_by_rebinding": _settle,
    "can_review": _review,
    "can_edit_broker": lambda rule: _of(rule, {"oneself": _broker(pk=ME), "another": _broker()}),
    "can_resubmit": _resubmit,
    "can_keep_companies": _keeping(
        BrokerCompanyPermission.CREATE, BrokerCompanyPermission.UPDATE, BrokerCompanyPermission.DELETE
    ),
    "can_switch_company": lambda rule: _of(rule, {"a company": None}),
    "can_delete_company": _delete_company,
    "can_assign_staff": lambda rule: _of(rule, {"a project": None}),
    "can_add_pictures": lambda rule: _of(rule, {"a project or plot": None}),
    "can_remove_pictures": lambda rule: _of(rule, {"a project or plot": None}),
    "can_delete_plot": lambda rule: _of(rule, {"a plot": None}),
    "can_depart_consultant": _depart,
    "can_keep_projects": _keeping(
        ProjectPermission.CREATE,
        ProjectPermission.UPDATE,
        ProjectPermission.ADD_FILES,
        ProjectPermission.REMOVE_FILE,
        ProjectPermission.STAFF,
    ),
    "can_keep_consultants": _keeping(
        ConsultantPermission.CREATE, ConsultantPermission.UPDATE, ConsultantPermission.DEPART
    ),
}
