"""REST API records of referrals (CH-7 … CH-12, CH-17, CH-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypedDict

from app.channel.referrals import choices
from app.channel.shared.codes import qr_url
from app.channel.shared.serializers import BusinessContact, PhonePart, colleague
from app.kernel.api.base import iso, named
from app.kernel.api.schemas import Day, Moment, Named

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.channel.referrals.models import Referral


class ReferralRecord(TypedDict):
    """A customer that a broker reported. ``consultant`` receives them: the one assigned on site, or else the
    one asked for.
    """

    id: int
    code: str
    project: Named | None
    state: Annotated[str, choices.REFERRAL_STATE]
    name: str
    family_name: str
    given_name: str
    phones: list[PhonePart]
    broker: BusinessContact
    company: Named | None
    expected_visit_at: Moment | None
    shop_category: Annotated[str, choices.SHOP_CATEGORY] | None
    customer_type: Annotated[str, choices.CUSTOMER_TYPE] | None
    needs: str | None
    consultant: Named | None
    designated_consultant: Named | None
    qr_token: str | None
    qr_url: str | None
    reported_at: Moment | None
    last_reported_at: Moment | None
    bound_at: Moment | None
    protected_until: Moment | None
    closed_on: Day | None
    closed_amount: float | None
    closed_unit: str | None
    closed_note: str | None
    customer_id: int | None
    created_at: Moment


class ClosedRecord(ReferralRecord):
    """A closed deal. ``warning`` says that its day lies outside any protection (CH-24)."""

    warning: bool


def referral_record(row: Referral) -> ReferralRecord:
    """Return the API record of a referral, with its present state (CH-17)."""
    return {
        "id": row.id,
        "code": row.code,
        "project": named(row.project),
        "state": row.present_state,
        "name": row.name,
        "family_name": row.family_name,
        "given_name": row.given_name,
        "phones": [{"prefix": one.prefix, "tail": one.tail, "masked": one.masked} for one in row.fragments],
        "broker": colleague(row.broker),
        "company": named(row.broker_company),
        "expected_visit_at": iso(row.expected_visit_at),
        "shop_category": row.shop_category,
        "customer_type": row.customer_type,
        "needs": row.needs,
        "consultant": named(row.assigned_consultant or row.consultant),
        "designated_consultant": named(row.consultant),
        "qr_token": row.qr_token,
        "qr_url": qr_url(row.qr_token) if row.qr_token else None,
        "reported_at": iso(row.reported_at),
        "last_reported_at": iso(row.last_reported_at),
        "bound_at": iso(row.bound_at),
        "protected_until": iso(row.protected_until),
        "closed_on": row.closed_on.isoformat() if row.closed_on else None,
        "closed_amount": float(row.closed_amount) if row.closed_amount is not None else None,
        "closed_unit": row.closed_unit,
        "closed_note": row.closed_note,
        "customer_id": row.customer_id,
        "created_at": iso(row.created_at) or "",
    }


def referral_records(rows: Iterable[Referral]) -> list[ReferralRecord]:
    """Return the API records of a list of referrals."""
    return [referral_record(row) for row in rows]


def phone_parts(referral: Referral) -> list[PhonePart]:
    """Return the known fragments of the numbers as the API shows them."""
    return [{"prefix": one.prefix, "tail": one.tail, "masked": one.masked} for one in referral.fragments]
