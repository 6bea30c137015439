"""The scene of channel sales: one project, two broker companies, three brokers, and staff at work.

The real services make it. Brokers are made by registering, so that they are accounts like any other.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any, Self

from PIL import Image
from sqlalchemy import func, select

from app.audit.models import OperationLog
from app.channel.brokers.models import Broker
from app.channel.brokers.registration import register_broker
from app.channel.brokers.services import review_broker
from app.channel.companies import services as companies
from app.channel.companies.models import BrokerCompany
from app.channel.projects import services as projects
from app.channel.projects.models import Project
from app.channel.referrals import services
from app.channel.referrals.models import Binding, BindingKey, Referral
from app.channel.referrals.totals import BrokerTotals
from app.channel.scans import services as scanning
from app.kernel import clock
from app.kernel.access.actor import SYSTEM
from app.kernel.access.guard import unscoped
from app.kernel.database.session import db
from app.kernel.files.attachments import receive
from app.kernel.keys import keys
from app.notices.models import Notification
from app.notices.outbox.models import OutgoingMessage
from app.org.sessions.actors import actor_by_username
from tests.support.people.accounts import username_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.kernel.access.actor import Actor
    from app.kernel.files.attachments import Upload

START = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PHONES = [("138", "1234")]


class Channel:
    """The people and records of the scene: ``actor("broker1")``, ``enter("broker1")``, ``scan(referral)``."""

    def __init__(self, world: Any) -> None:
        self.world = world
        self.admin = world.actor("admin")
        self.project = self.new_project("云锦里")
        self.companies = [
            companies.create_company(name=name, actor=self.admin) for name in ("川流地产", "锦程不动产")
        ]
        self.brokers: dict[str, Broker] = {}
        self.register("broker1", "13900000001", "赵一", 0)
        self.register("broker2", "13900000002", "钱二", 1)
        self.register("broker3", "13900000003", "孙三", 0)
        self.register("site1", "13900000004", "李四", 0, "company_onsite")
        self.approve("site1")

    @classmethod
    def ready(cls, world: Any, database: Any, name: str) -> Self:
        """Return the scene as it was built once (``Database.scene``); one with another clock has another
        name.
        """

        def build() -> dict[str, Any]:
            built = cls(world)
            return {
                "project": built.project.id,
                "companies": [one.id for one in built.companies],
                "brokers": {key: one.id for key, one in built.brokers.items()},
            }

        ids = database.scene(name, build)
        made = cls.__new__(cls)
        made.world, made.admin = world, world.actor("admin")
        with unscoped("test: the scene as it was built"):
            made.project = db.session.get_one(Project, ids["project"])
            made.companies = [db.session.get_one(BrokerCompany, pk) for pk in ids["companies"]]
            made.brokers = {key: db.session.get_one(Broker, pk) for key, pk in ids["brokers"].items()}
        return made

    def new_project(self, name: str, **fields: Any) -> Project:
        """Create a project of the first company where ``onsite`` scans and ``consultant`` receives."""
        made = projects.create_project(
            company_id=self.world.companies[0], name=name, actor=self.admin, **fields
        )
        for duty in ("onsite", "consultant"):
            staff = [self.world.actor(duty).id]
            projects.assign_members(made.id, duty=duty, staff_ids=staff, actor=self.admin)
        return made

    def register(self, key: str, phone: str, name: str, company: int, kind: str = "broker") -> Broker:
        """Register a broker or company on-site."""
        made = register_broker(
            phone=phone,
            name=name,
            company_id=self.companies[company].id,
            kind=kind,
            consent_version="2026-01",
            actor=SYSTEM,
        )
        self.brokers[key] = made
        return made

    def approve(self, key: str) -> None:
        """Approve a company on-site as the director."""
        review_broker(self.brokers[key].id, approve=True, actor=self.actor("director"))

    def actor(self, key: str) -> Actor:
        """Return a person of this scene or of the world."""
        if key in self.brokers:
            return actor_by_username(self.username(key))
        return self.world.actor(key)

    def username(self, key: str) -> str:
        """Return the user name of a person of this scene or of the world."""
        return username_of(self.brokers[key].id) if key in self.brokers else key

    def enter(self, key: str, given_name: str = "小明", phones: Any = PHONES, **more: Any) -> Referral:
        """Enter 王小明 as a broker."""
        return services.enter_referral(
            family_name="王", given_name=given_name, phones=phones, actor=self.actor(key), **more
        )

    def report(self, key: str, *args: Any, **more: Any) -> Referral:
        """Enter and report a customer as a broker."""
        return self.enter(key, *args, report=True, **more)

    def scan(self, referral: Any, **more: Any) -> scanning.Scanned:
        """Scan the code as on-site staff, and assign the customer to the consultant."""
        values = {"consultant_id": self.world.actor("consultant").id, **more}
        return scanning.scan(token=referral.qr_token, actor=self.world.actor("onsite"), **values)

    def bound(self, key: str, *args: Any, **more: Any) -> Referral:
        """Return a broker's customer who was scanned."""
        referral = self.report(key, *args, **more)
        assert self.scan(referral).result == "bound"
        return referral


@contextmanager
def at(moment: datetime = START, **later: float) -> Iterator[datetime]:
    """Set the clock to the start of the scene, or this much later."""
    there = moment + timedelta(**later)
    with clock.frozen(there):
        yield there


def again(record: Any) -> Any:
    """Return the record as it is committed."""
    db.session.rollback()
    with unscoped("test: what is stored"):
        return db.session.get(type(record), record.id, populate_existing=True)


def operations(record: Any) -> list[str]:
    """Return the codes of the record's logged operations, oldest first."""
    rows = select(OperationLog.operation).where(
        OperationLog.record_type == record.__audit__, OperationLog.record_id == record.id
    )
    return list(db.session.scalars(rows.order_by(OperationLog.number)))


def notices_of(pk: int) -> list[str]:
    """Return the msgids of a person's notifications, oldest first."""
    rows = select(Notification.message).where(Notification.recipient_id == pk)
    return list(db.session.scalars(rows.order_by(Notification.id)))


def every(model: Any, *conditions: Any) -> list[Any]:
    """Return all rows of a table."""
    with unscoped("test: what is stored"):
        return list(
            db.session.scalars(select(model).where(*conditions).order_by(*model.__table__.primary_key))
        )


def count(model: Any) -> int:
    """Return the number of rows of a table."""
    with unscoped("test: what is stored"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def picture(color: str = "red") -> Upload:
    """Return a screenshot."""
    buffer = BytesIO()
    Image.new("RGB", (40, 60), color).save(buffer, "PNG")
    buffer.seek(0)
    return receive("payment.png", buffer)


def check_invariants() -> None:
    """CH-8, CH-10, CH-14, CH-26: check what holds in every state that operations can make, at this moment."""
    referrals, bindings = every(Referral), {row.id: row for row in every(Binding)}
    keys: dict[int, set[str]] = {}
    for row in every(BindingKey):
        keys.setdefault(row.binding_id, set()).add(row.fragment)
        assert bindings[row.binding_id].state in {"live", "closed"}
    held: dict[int, Binding] = {}
    for binding in bindings.values():
        if binding.state in {"live", "closed"}:
            assert binding.referral_id not in held
            held[binding.referral_id] = binding
    for referral in referrals:
        binding = held.get(referral.id)
        expected = {"bound": "live", "closed": "closed"}.get(referral.state)
        assert (binding.state if binding else None) == expected, referral.code
        if binding is None:
            continue
        assert binding.broker_id == referral.broker_id
        assert keys[binding.id] >= {one.key for one in referral.fragments}
        if referral.state == "bound":
            assert referral.expires_at == binding.expires_at
    _check_one_live_each(referrals, held)
    _check_tallies(referrals)


def _check_one_live_each(referrals: list[Referral], held: dict[int, Binding]) -> None:
    moment, taken = clock.now(), set()
    for referral in referrals:
        binding = held.get(referral.id)
        if binding is None or not binding.lives_at(moment):
            continue
        for fragment in referral.fragments:
            identity = (referral.project_id, referral.name_key, fragment.key)
            assert identity not in taken, "two live bindings of one customer"
            taken.add(identity)


def _check_tallies(referrals: list[Referral]) -> None:
    counted: dict[tuple[int, int], list[int]] = {}
    for referral in referrals:
        numbers = counted.setdefault((referral.broker_id, referral.broker_company_id), [0, 0, 0, 0])
        for stage in range(referral.furthest_stage):
            numbers[stage] += 1
    stored = {
        (row.broker_id, row.broker_company_id): [row.entered, row.reported, row.bound, row.closed]
        for row in every(BrokerTotals)
    }
    assert {key: value for key, value in stored.items() if any(value)} == counted


def sent_code() -> str:
    """Return the latest code by SMS, as its recipient reads it."""
    db.session.rollback()
    newest = select(OutgoingMessage).order_by(OutgoingMessage.id.desc()).limit(1)
    body = keys().fernet.decrypt(db.session.scalars(newest).one().body_cipher.encode()).decode()
    db.session.rollback()  # SQLite has one writer: a server started by the test must be able to write
    return "".join(c for c in body if c.isdigit())[:6]
