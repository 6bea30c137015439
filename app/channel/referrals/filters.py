"""Filters and sort orders of the list of referrals (CH-7 … CH-12, CH-17, CH-24)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_, select
from werkzeug.datastructures import MultiDict

from app.channel.brokers.fields import broker_name
from app.channel.brokers.filters import broker_filter, broker_phone_filter
from app.channel.companies.fields import company_name
from app.channel.companies.filters import broker_company_filter
from app.channel.projects.fields import consultant_name, project_name
from app.channel.referrals import choices
from app.channel.referrals.models import Referral, ReferralKey
from app.channel.referrals.queries import in_state
from app.channel.shared.filters import code_filter, name_filter, reference_filter, staff_filter
from app.channel.visitors.models import Visitor
from app.kernel import clock
from app.kernel.lists.filters import ChoiceFilter, DateRangeFilter, Filter, FlagFilter
from app.kernel.lists.requests import ListSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import FilterField


_R = Referral.__table__.c
_K = ReferralKey.__table__.c
_V = Visitor.__table__.c
_TAIL, _WHOLE = 4, 7


class StateFilter(ChoiceFilter):
    """Filters by the present state: a bound referral past its protection is expired (CH-17)."""

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(in_state(value, clock.now()))


class ReachedFilter(Filter):
    """Filters referrals that reached a stage, including those that went further (CH-26)."""

    kind = "select"

    def field(self, args: MultiDict[str, str], error: Sentence) -> FilterField:
        labels = tuple((code, choices.REFERRAL_STATE.label(code)) for code in choices.FUNNEL)
        return replace(super().field(args, error), choices=labels)

    def parse(self, raw: str) -> str:
        if raw not in choices.FUNNEL:
            raise ValueError(raw)
        return raw

    def arguments(self) -> dict[str, dict[str, Any]]:
        return {self.name: {"type": "string", "enum": [*choices.FUNNEL, ""]}}

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(_R.reached >= choices.FUNNEL.index(value) + 1)

    def logged(self, value: Any) -> str:
        return str(value)


class EntryTimeFilter(DateRangeFilter):
    """Filters by the time of entry; programs may also send ``entered_from`` and ``entered_to``."""

    def read(self, args: MultiDict[str, str]) -> tuple[date | None, date | None] | None:
        other = {name: name.replace("created", "entered") for name in self.names}
        return super().read(MultiDict({name: args.get(name) or args.get(other[name], "") for name in other}))


class FragmentFilter(Filter):
    """Filters by digits of a number: the last four, or the first three and the last four."""

    wrong = _("The last four digits, or the first three and the last four")

    def __init__(self, column: Any, visitor: Any = None) -> None:
        super().__init__("fragment", _("Phone fragment"), placeholder=_("1234 or 1381234"))
        self.column = column
        self.visitor = visitor

    def parse(self, raw: str) -> str:
        digits = "".join(raw.replace("*", "").split())
        if len(digits) not in {_TAIL, _WHOLE} or not (digits.isascii() and digits.isdigit()):
            raise ValueError(raw)
        return digits

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        field = _K.tail if len(value) == _TAIL else _K.fragment
        found = self.column.in_(select(_K.referral_id).where(field == value))
        if self.visitor is not None:
            same = and_(_V.phone_last4 == value[-_TAIL:], _V.phone_masked.startswith(value[:-_TAIL]))
            found = or_(found, self.visitor.in_(select(_V.id).where(same)))
        return statement.where(found)


_fee_due: list[Callable[[], ColumnElement[bool]]] = []


def register_fee_due(condition: Callable[[], ColumnElement[bool]]) -> None:
    """Say when a referral's viewing fee is due: fees know it, which lie above (OFF-11)."""
    _fee_due[:] = [condition]


def _is_fee_due() -> ColumnElement[bool]:
    return _fee_due[0]()


REFERRALS = ListSpec(
    filters=(
        code_filter(_R.code),
        name_filter(_R.name_key),
        FragmentFilter(_R.id),
        broker_filter(_R.broker_id),
        broker_phone_filter(_R.broker_id),
        broker_company_filter(_R.broker_company_id),
        staff_filter("consultant", _("Property consultant"), _R.assigned_consultant_id),
        reference_filter("project_id", _("Project"), _R.project_id, "projects", project_name),
        ReachedFilter("reached", _("Reached")),
        DateRangeFilter("created", _("Entered at"), _R.created_at),
        DateRangeFilter("protected", _("Protected until"), _R.expires_at, linked=True),
        StateFilter("state", _("State"), _R.state, choices.REFERRAL_STATE, linked=True),
        reference_filter("broker_id", _("This broker"), _R.broker_id, "brokers", broker_name, linked=True),
        reference_filter(
            "company_id",
            _("This company"),
            _R.broker_company_id,
            "companies",
            company_name,
            linked=True,
        ),
        reference_filter(
            "consultant_id",
            _("Assigned consultant"),
            _R.assigned_consultant_id,
            "consultants",
            consultant_name,
            linked=True,
        ),
        FlagFilter("fee_due", _("Toured, no viewing fee yet"), _is_fee_due, linked=True),
    ),
    orders={"created_at": _R.created_at},
    default_order="-created_at",
)
