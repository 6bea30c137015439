"""What the writing of channel sales' demo data stands on: rows with ids, bulk inserts, logs and notices."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import func, insert, select, text

from app.audit import services as audit
from app.channel.collisions.models import Collision, RebindLog
from app.channel.fees.models import ViewingFee
from app.channel.referrals.choices import FUNNEL
from app.channel.referrals.models import Binding, BindingKey, Referral, ReferralKey, ReferralReport
from app.channel.referrals.services import CODE_PREFIX
from app.channel.referrals.totals import BrokerTotals
from app.channel.scans.models import OnsiteScan
from app.channel.shared.notifications import notify_person, staff_with_permission
from app.channel.tours.models import Tour, TourFollowUp
from app.kernel import clock
from app.kernel.access.guard import scoped
from app.kernel.database.numbering import DailySequence, code_of, day_of
from app.kernel.database.session import db, is_postgres

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.audit.models import AuditHead
    from app.kernel.access.actor import Actor

R = TypeVar("R", bound=Any)
# Those that others refer to come first.
_ORDER: tuple[type[Any], ...] = (
    Referral, ReferralKey, ReferralReport, Binding, BindingKey, OnsiteScan, Tour, TourFollowUp, Collision,
    RebindLog, ViewingFee, BrokerTotals,
)  # fmt: skip
_BATCH = 2000


class Rows:
    """Records that get their ids here and are inserted together at the end."""

    def __init__(self) -> None:
        self._made: dict[type[Any], list[Any]] = defaultdict(list)
        self._heads: dict[tuple[str, int], AuditHead] = {}
        self._codes: Counter[str] = Counter()
        self._describe_operation: dict[tuple[str, str, int], list[int]] = {}
        self._last = {model: _last_id(model) for model in _ORDER if "id" in model.__table__.c}

    def add(self, record: R) -> R:
        """Take a record in, with the next id of its table."""
        model = type(record)
        if model in self._last:
            self._last[model] += 1
            record.id = self._last[model]
        self._made[model].append(record)
        return record

    def next_code(self) -> str:
        """A referral's code, as ``next_code`` gives them out."""
        day = day_of(clock.today())
        self._codes[day] += 1
        return code_of(CODE_PREFIX, day, self._codes[day])

    def know(self, subjects: Sequence[Any]) -> None:
        """Go on with the logs of records of one kind that are stored already."""
        for pk, head in audit.lock_heads(subjects).items():
            self._heads[subjects[0].__audit__, pk] = head

    def log(
        self,
        actor: Actor,
        operation: str,
        subject: Any,
        message: str,
        differences: dict[str, tuple[Any, Any]] | None = None,
        **parameters: Any,
    ) -> None:
        """As ``audit.record`` writes it."""
        key = (subject.__audit__, subject.id)
        head = self._heads.get(key) or self._heads.setdefault(key, audit.create_head(subject))
        audit.append(head, actor, operation, subject, message, differences, **parameters)

    def notify_permitted(
        self, permission: str, resource: str, company_id: int, message: str, actor: Actor, **parameters: Any
    ) -> None:
        """As ``notify_permitted`` tells them; who they are does not change meanwhile."""
        key = (permission, resource, company_id)
        if key not in self._describe_operation:
            self._describe_operation[key] = staff_with_permission(*key)
        for pk in self._describe_operation[key]:
            notify_person(pk, message, actor, **parameters)

    def insert(self) -> None:
        """Everything at once; logs and notices go with the session."""
        self._made[BrokerTotals] = []
        for tally in _tallies(self._made[Referral]):
            self.add(tally)
        for model in _ORDER:
            rows = [_row(record) for record in self._made[model]]
            for start in range(0, len(rows), _BATCH):
                db.session.execute(insert(model.__table__), rows[start : start + _BATCH])
            if rows and is_postgres() and model in self._last:
                _settle_sequence(model, self._last[model])
        days = [DailySequence(prefix=CODE_PREFIX, day=day, value=value) for day, value in self._codes.items()]
        db.session.add_all(days)
        db.session.flush()


def _last_id(model: type[Any]) -> int:
    return db.session.scalar(scoped(select(func.max(model.__table__.c.id)))) or 0


def _row(record: Any) -> dict[str, Any]:
    found = {}
    for column in record.__table__.columns:
        value = getattr(record, column.key)
        default = column.default
        if value is None and default is not None and default.is_scalar:
            value = default.arg
        found[column.key] = value
    return found


def _settle_sequence(model: type[Any], last: int) -> None:
    """The next row that the database numbers itself comes after ours."""
    name = model.__tablename__
    db.session.execute(
        text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :last)"), {"name": name, "last": last}
    )


def _tallies(referrals: Iterable[Referral]) -> list[BrokerTotals]:
    """The ranking's totals as operations leave them (CH-26)."""
    counted: dict[tuple[int, int, int], Counter[str]] = defaultdict(Counter)
    for one in referrals:
        counted[one.company_id, one.broker_id, one.broker_company_id].update(FUNNEL[: one.reached])
    return [
        BrokerTotals(
            company_id=company,
            broker_id=broker,
            broker_company_id=office,
            **{state: numbers[state] for state in FUNNEL},
        )
        for (company, broker, office), numbers in counted.items()
    ]
