"""Referrals as rows of columns, for the office's list and the API: the same attributes, fewer statements."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import select

from app.channel.brokers.models import Broker
from app.channel.companies.models import BrokerCompany
from app.channel.projects.models import Project
from app.channel.referrals.models import Referral
from app.kernel.lists.rows import ListRow, RowShape, part
from app.org.shared.directory import COLLEAGUES, Colleague

_T = Referral.__table__
_B, _F, _P = Broker.__table__.c, BrokerCompany.__table__.c, Project.__table__.c


class NamedContact(NamedTuple):
    """What lists show of a referral's broker, or with an empty number of a broker company or project."""

    id: int
    name: str
    phone: str = ""


class ReferralRow(ListRow):
    """A referral as a list read it.  The rules of its state are the record's own."""

    fragments = Referral.fragments
    present_state = Referral.present_state
    state_at = Referral.state_at
    protected_until = Referral.protected_until

    @part
    def broker(self) -> NamedContact:
        """Its broker."""
        return NamedContact(self.broker_id, self.broker_name, self.broker_phone)

    @part
    def broker_company(self) -> NamedContact:
        """The broker's company on the day of entry."""
        return NamedContact(self.broker_company_id, self.broker_company_name)

    @part
    def project(self) -> NamedContact:
        """Its project."""
        return NamedContact(self.project_id, self.project_name)

    @part
    def consultant(self) -> Colleague | None:
        """The preferred consultant."""
        return COLLEAGUES.get(self.consultant_id)

    @part
    def assigned_consultant(self) -> Colleague | None:
        """The consultant of the latest scan."""
        return COLLEAGUES.get(self.assigned_consultant_id)


def _of(key: Any, mine: Any, wanted: Any) -> Any:
    """Return a column of the one record that a referral refers to."""
    return select(wanted).where(key == mine).correlate(_T).scalar_subquery()


_STATE = ("state", "expires_at")
_BROKER = ("broker_id", "broker_name", "broker_phone")
_PLAIN = (
    "code", "name", "family_name", "given_name", "expected_visit_at", "created_at", "shop_category",
    "customer_type", "needs", "reported_at", "last_reported_at", "bound_at", "expires_at", "closed_on",
    "closed_amount", "closed_unit", "closed_note",
)  # fmt: skip
REFERRAL_ROWS = RowShape(
    ReferralRow,
    _T,
    always=("id", "code", "name", "company_id"),
    reads={
        **{name: (name,) for name in _PLAIN},
        "fragment": ("phone1_prefix", "phone1_tail", "phone2_prefix", "phone2_tail"),
        "status": _STATE,
        "protection": _STATE,
        "broker": _BROKER,
        "broker_phone": _BROKER,
        "company": ("broker_company_id", "broker_company_name"),
        "project": ("project_id", "project_name"),
        # Of the API's record:
        "consultants": ("consultant_id", "assigned_consultant_id"),
        "keys": ("qr_token", "customer_id"),
    },
    columns={
        "broker_name": _of(_B.id, _T.c.broker_id, _B.name),
        "broker_phone": _of(_B.id, _T.c.broker_id, _B.phone),
        "broker_company_name": _of(_F.id, _T.c.broker_company_id, _F.name),
        "project_name": _of(_P.id, _T.c.project_id, _P.name),
    },
)
API_READS = tuple(REFERRAL_ROWS.reads)
