"""What the lists of channel sales may be searched and ordered by (CH-5, CH-16, CH-19, CH-21 … CH-25)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import and_, or_, select
from werkzeug.datastructures import MultiDict

from app.channel import choices
from app.channel.fields import broker_name, company_name, consultant_name, options_url, project_name
from app.channel.identity import name_key
from app.channel.models import (
    Broker,
    BrokerCompany,
    Collision,
    OnsiteScan,
    Plot,
    Project,
    ProjectMember,
    Referral,
    ReferralKey,
    Tour,
    TourFollowUp,
    ViewingFee,
    Visitor,
)
from app.channel.queries import in_state
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.lists.filters import (
    AmountRangeFilter,
    ChoiceFilter,
    ContainsFilter,
    DateRangeFilter,
    Filter,
    FlagFilter,
    ReferenceFilter,
    TextFilter,
    starting,
)
from app.kernel.lists.requests import ListSpec
from app.kernel.text import MAX_ID
from app.org.shared.models import Staff

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement, Select

    from app.kernel.access.actor import Actor
    from app.kernel.errors import Sentence
    from app.kernel.lists.filters import FilterField

_R = Referral.__table__.c
_S = OnsiteScan.__table__.c
_T = Tour.__table__.c
_F = ViewingFee.__table__.c
_C = Collision.__table__.c
_B = Broker.__table__.c
_CO = BrokerCompany.__table__.c
_ST = Staff.__table__.c
_K = ReferralKey.__table__.c
_V = Visitor.__table__.c
_M = ProjectMember.__table__.c
_TAIL, _WHOLE = 4, 7


class StateFilter(ChoiceFilter):
    """The state now: past its protection a bound one is expired (CH-17)."""

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        return statement.where(in_state(value, clock.now()))


class ReachedFilter(Filter):
    """Referrals that reached a state, so also those that went further (CH-26)."""

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
    """When customers were entered; programs may also say ``entered_from`` and ``entered_to``."""

    def read(self, args: MultiDict[str, str]) -> tuple[date | None, date | None] | None:
        other = {name: name.replace("created", "entered") for name in self.names}
        return super().read(MultiDict({name: args.get(name) or args.get(other[name], "") for name in other}))


class FragmentFilter(Filter):
    """Digits of a number: the last four, or the first three and the last four."""

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


class AtProjectFilter(ReferenceFilter):
    """Consultants of one project."""

    def apply(self, statement: Select[Any], value: Any, actor: Actor) -> Select[Any]:
        here = select(_M.staff_id).where(_M.duty == "consultant", _M.project_id == value)
        return statement.where(self.column.in_(here))


def _name(column: Any) -> TextFilter:
    return TextFilter("name", _("Full name"), lambda text, _actor: starting(column, name_key(text)))


def _code(column: Any, label: Any = _("Customer code")) -> TextFilter:  # noqa: B008 - a lazy text
    return TextFilter("code", label, lambda text, _actor: column == text.upper())


def _broker(column: Any) -> TextFilter:
    """By a broker's name, or its beginning."""

    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = column.in_(
            select(_B.id).where(or_(starting(_B.name, text), _B.number == text.upper()))
        )
        return found

    return TextFilter("broker", _("Broker"), condition)


def _broker_phone(column: Any) -> TextFilter:
    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = column.in_(select(_B.id).where(starting(_B.phone, text)))
        return found

    return TextFilter("broker_phone", _("Broker's phone"), condition)


def _company(column: Any) -> TextFilter:
    """By a broker company's name, or a part of it: there are few."""

    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        found: ColumnElement[bool] = column.in_(
            select(_CO.id).where(_CO.name.contains(text, autoescape=True))
        )
        return found

    return TextFilter("company", _("Broker company"), condition)


def _staff(name: str, label: Any, column: Any) -> TextFilter:
    """By a colleague's id or name."""

    def condition(text: str, _actor: Actor) -> ColumnElement[bool]:
        named: ColumnElement[bool] = starting(_ST.name, text)
        if text.isascii() and text.isdigit() and int(text) <= MAX_ID:
            named = or_(_ST.id == int(text), named)
        found: ColumnElement[bool] = column.in_(select(_ST.id).where(named))
        return found

    return TextFilter(name, label, condition)


def _reference(
    name: str, label: Any, column: Any, options: str, name_of: Any, **kwargs: Any
) -> ReferenceFilter:
    """By a record that is chosen by remote search, or that a link brings."""
    return ReferenceFilter(name, label, column, options_url(options), name_of, **kwargs)


REFERRALS = ListSpec(
    filters=(
        _code(_R.code),
        _name(_R.name_key),
        FragmentFilter(_R.id),
        _broker(_R.broker_id),
        _broker_phone(_R.broker_id),
        _company(_R.broker_company_id),
        _staff("consultant", _("Property consultant"), _R.assigned_consultant_id),
        _reference("project_id", _("Project"), _R.project_id, "projects", project_name),
        ReachedFilter("reached", _("Reached")),
        DateRangeFilter("created", _("Entered at"), _R.created_at),
        DateRangeFilter("protected", _("Protected until"), _R.expires_at, linked=True),
        StateFilter("state", _("State"), _R.state, choices.REFERRAL_STATE, linked=True),
        _reference("broker_id", _("This broker"), _R.broker_id, "brokers", broker_name, linked=True),
        _reference(
            "company_id",
            _("This company"),
            _R.broker_company_id,
            "companies",
            company_name,
            linked=True,
        ),
        _reference(
            "consultant_id",
            _("Assigned consultant"),
            _R.assigned_consultant_id,
            "consultants",
            consultant_name,
            linked=True,
        ),
    ),
    orders={"created_at": _R.created_at},
    default_order="-created_at",
)
SCANS = ListSpec(
    filters=(
        _code(_S.code),
        _name(_S.name_key),
        FragmentFilter(_S.referral_id, _S.visitor_id),
        _broker(_S.broker_id),
        _broker_phone(_S.broker_id),
        _staff("consultant", _("Property consultant"), _S.consultant_id),
        ChoiceFilter("result", _("Result"), _S.result, choices.SCAN_RESULT),
        DateRangeFilter("created", _("Scanned"), _S.created_at),
    ),
    orders={"created_at": _S.created_at},
    default_order="-created_at",
)
TOURS = ListSpec(
    filters=(
        _code(_T.code),
        _name(_T.name_key),
        _broker(_T.broker_id),
        ChoiceFilter("intention", _("Intention"), _T.intention, choices.INTENTION),
        _staff("consultant", _("Property consultant"), _T.consultant_id),
        DateRangeFilter("created", _("Scanned"), _T.created_at),
    ),
    orders={"created_at": _T.created_at},
    default_order="-created_at",
)
FOLLOW_UPS = ListSpec((), {"created_at": TourFollowUp.created_at}, "-created_at")


def _of_referral(condition: Any) -> Any:
    """Fees by a condition on their referral."""
    return _F.referral_id.in_(scoped(select(_R.id).where(condition)))


FEES = ListSpec(
    filters=(
        TextFilter("code", _("Customer code"), lambda text, _actor: _of_referral(_R.code == text.upper())),
        TextFilter(
            "name",
            _("Full name"),
            lambda text, _actor: _of_referral(starting(_R.name_key, name_key(text))),
        ),
        FragmentFilter(_F.referral_id),
        _broker(_F.broker_id),
        _broker_phone(_F.broker_id),
        _company(_F.broker_company_id),
        DateRangeFilter("created", _("Created"), _F.created_at),
        AmountRangeFilter("amount", _("Amount"), _F.amount),
        FlagFilter("voided", _("Voided"), lambda: _F.voided_at.is_not(None)),
    ),
    orders={"created_at": _F.created_at, "amount": _F.amount},
    default_order="-created_at",
)


def _of_side(condition: Any) -> Any:
    """Collisions by a condition on the referral of either side."""
    found = scoped(select(_R.id).where(condition))
    return or_(_C.bound_referral_id.in_(found), _C.referral_id.in_(found))


def _by_broker(condition: Any) -> Any:
    return _of_side(_R.broker_id.in_(select(_B.id).where(condition)))


COLLISIONS = ListSpec(
    filters=(
        TextFilter("code", _("Customer code"), lambda text, _actor: _of_side(_R.code == text.upper())),
        TextFilter(
            "name",
            _("Full name"),
            lambda text, _actor: _of_side(starting(_R.name_key, name_key(text))),
        ),
        TextFilter(
            "broker",
            _("Broker"),
            lambda text, _actor: _by_broker(or_(starting(_B.name, text), _B.number == text.upper())),
        ),
        TextFilter(
            "broker_phone",
            _("Broker's phone"),
            lambda text, _actor: _by_broker(starting(_B.phone, text)),
        ),
        ChoiceFilter("outcome", _("Outcome"), _C.outcome, choices.COLLISION_OUTCOME),
        FlagFilter("open", _("Open"), lambda: _C.handled_at.is_(None), shown=False),
    ),
    orders={"place": _C.place},
    default_order="-place",
)
BROKERS = ListSpec(
    filters=(
        ContainsFilter("name", _("Full name"), _B.name),
        TextFilter("phone", _("Phone"), lambda text, _actor: starting(_B.phone, text)),
        ChoiceFilter("kind", _("Type"), _B.kind, choices.BROKER_KIND),
        _company(_B.broker_company_id),
        _reference(
            "company_id",
            _("This broker company"),
            _B.broker_company_id,
            "companies",
            company_name,
            linked=True,
        ),
        ChoiceFilter("review_state", _("Review"), _B.review_state, choices.REVIEW_STATE, shown=False),
    ),
    orders={"created_at": _B.created_at},
    default_order="-created_at",
)
COMPANIES = ListSpec(
    filters=(
        ContainsFilter("name", _("Name"), _CO.name),
        FlagFilter("active", _("In use"), lambda: _CO.active.is_(True)),
    ),
    orders={"created_at": _CO.created_at},
    default_order="-created_at",
)
PROJECTS = ListSpec(
    filters=(
        ContainsFilter("name", _("Name"), Project.__table__.c.name),
        FlagFilter("active", _("In use"), lambda: Project.__table__.c.active.is_(True)),
    ),
    orders={"created_at": Project.__table__.c.created_at},
    default_order="-created_at",
)
PLOTS = ListSpec(filters=(), orders={"id": Plot.__table__.c.id}, default_order="id")
CONSULTANTS = ListSpec(
    filters=(
        ContainsFilter("name", _("Full name"), _ST.name),
        TextFilter("phone", _("Phone"), lambda text, _actor: _ST.phone.contains(text, autoescape=True)),
        AtProjectFilter("project_id", _("Project"), _ST.id, options_url("projects"), project_name),
    ),
    orders={"created_at": _ST.created_at},
    default_order="-created_at",
)
VISITORS = ListSpec(
    filters=(_code(_V.code, _("Visitor code")), _name(_V.name_key)),
    orders={"created_at": _V.created_at},
    default_order="-created_at",
)
RANKING = ListSpec(
    filters=(
        Filter("company", _("Broker company")),
        Filter("broker", _("Broker")),
        Filter("broker_phone", _("Broker's phone")),
        EntryTimeFilter("created", _("Entered at"), _R.created_at),
    ),
    orders={"closed": _R.reached},
    default_order="-closed",
)
