"""Actors and records for the rules of channel sales: roles as delivered, records without a database."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from app.channel.brokers.policies import WorkProfile
from app.channel.referrals.choices import REFERRAL_STATE
from app.channel.shared.grants import grant_permissions
from app.kernel.access.actor import Actor
from app.kernel.access.permissions import declared_grants, grant_always
from app.org.roles.names import ADMIN

grant_permissions()
grant_always(ADMIN)

ME, OTHER_PERSON, PROJECT, ELSEWHERE = 7, 8, 1, 2
STATES = REFERRAL_STATE.codes
# Staff are of the record's company unless the name says otherwise.
PEOPLE = (
    "Admin", "ChannelDirector", "ChannelSecretary", "Auditor", "OnSite", "Consultant", "Agent", "Finance",
    "Broker", "BrokerOnSite", "Visitor", "OtherDirector", "OtherSecretary",
)  # fmt: skip
OUTSIDE = {"Broker", "BrokerOnSite", "Visitor"}
DUTIES = {
    "onsite": WorkProfile(onsite_at=frozenset({PROJECT})),
    "consultant": WorkProfile(consults_at=frozenset({PROJECT})),
    "elsewhere": WorkProfile(onsite_at=frozenset({ELSEWHERE}), consults_at=frozenset({ELSEWHERE})),
    "nowhere": WorkProfile(),
}


def actor(person: str, pk: int = ME) -> Actor:
    """Return a person with that role only, as it is delivered."""
    role = person.replace("Other", "Channel")
    return Actor(
        id=pk,
        username="u",
        name="n",
        roles=frozenset({role}),
        permissions=frozenset(pair for pair, roles in declared_grants().items() if role in roles),
        company_id=None if person in OUTSIDE else 2 if person.startswith("Other") else 1,
        department_id=None if person in OUTSIDE else 1,
        is_admin=role == "Admin",
        sees_all=role == "Admin",
        reads_all=role == "Auditor",
    )


def referral(state: str = "bound", **more: Any) -> Any:
    """Return a referral of the broker ``ME``."""
    values = {"broker_id": ME, "entered_by_id": ME, "customer_id": None, **more}
    return SimpleNamespace(company_id=1, project_id=PROJECT, present_state=state, **values)


def record(**values: Any) -> Any:
    """Return any other record of the first company."""
    return SimpleNamespace(company_id=1, **values)


def as_broker(state: str = "approved", *, onsite: bool = False) -> WorkProfile:
    """Return the work profile of a broker, or of a company on-site in that state of review."""
    return WorkProfile(broker=SimpleNamespace(review_state=state, review_reason="原因", is_onsite=onsite))  # type: ignore[arg-type]


BROKERS = {
    "broker": as_broker(),
    "approved company on-site": as_broker(onsite=True),
    "pending company on-site": as_broker("pending", onsite=True),
    "rejected company on-site": as_broker("rejected", onsite=True),
    "nobody's broker": WorkProfile(),
}
