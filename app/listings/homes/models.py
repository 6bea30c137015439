"""The table of listings (LST-1)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from flask_babel import gettext
from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.kernel.database.columns import BigId, UtcDateTime, code_type, one_of
from app.kernel.database.session import Model
from app.listings.communities.models import Community
from app.listings.homes.choices import ACTIVE, DONE, KIND, RENT, RESERVED, STATUS, WITHDRAWN
from app.org.shared.models import Department, District, Staff

_OFFERED = text("status = 'active'")


def _index(name: str, *columns: str, active: bool = False) -> Index:
    """Return an index of a list, which ends with the key; of listings on offer alone where it says so."""
    where = _OFFERED if active else None
    return Index(f"ix_listing_{name}", *columns, "id", postgresql_where=where, sqlite_where=where)


class Listing(Model):
    """A home for sale (``price`` in CNY) or for rent (CNY a month).

    ``agent`` maintains it; ``district_id`` is the community's, kept here so that one index serves the match.
    ``version`` counts saves; ``status_at`` and ``price_at`` are when state and price changed last.
    """

    __tablename__ = "listing"
    __audit__ = "listing"
    __guarded__ = True
    __table_args__ = (
        one_of("kind", KIND.codes),
        one_of("status", STATUS.codes),
        CheckConstraint("price > 0 AND area > 0", name="amounts"),
        CheckConstraint("rooms >= 0 AND halls >= 0 AND baths >= 0", name="rooms"),
        Index("uq_listing_code", "code", unique=True),
        _index("created", "created_at"),
        _index("price", "price"),
        _index("area", "area"),
        _index("company", "company_id", "created_at"),
        _index("company_price", "company_id", "price"),
        _index("company_area", "company_id", "area"),
        _index("offered", "company_id", "created_at", active=True),
        _index("offered_price", "company_id", "price", active=True),
        _index("offered_area", "company_id", "area", active=True),
        _index("match", "company_id", "kind", "district_id", "price", active=True),
        _index("match_price", "company_id", "kind", "price", active=True),
        _index("agent", "agent_id", "created_at"),
        _index("department", "department_id", "created_at"),
        _index("community", "community_id", "created_at"),
        _index("district", "district_id", "created_at"),
        _index("status", "status", "created_at"),
        {"info": {"guarded": True}, "sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), nullable=False)
    code: Mapped[str] = mapped_column(String(32), nullable=False)
    community_id: Mapped[int] = mapped_column(ForeignKey("community.id"), nullable=False)
    district_id: Mapped[int] = mapped_column(ForeignKey("district.id"), nullable=False)
    kind: Mapped[str] = mapped_column(code_type(), nullable=False)
    status: Mapped[str] = mapped_column(code_type(), nullable=False, default=ACTIVE)
    rooms: Mapped[int] = mapped_column(Integer, nullable=False)
    halls: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    baths: Mapped[int] = mapped_column(Integer, nullable=False, default=0)
    area: Mapped[Decimal] = mapped_column(Numeric(10, 2), nullable=False)
    price: Mapped[Decimal] = mapped_column(Numeric(15, 2), nullable=False)
    floor: Mapped[int | None] = mapped_column(Integer)
    floors: Mapped[int | None] = mapped_column(Integer)
    orientation: Mapped[str | None] = mapped_column(code_type())
    decoration: Mapped[str | None] = mapped_column(code_type())
    tags: Mapped[str | None] = mapped_column(String(200))
    description: Mapped[str | None] = mapped_column(Text)
    agent_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), nullable=False)
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"), nullable=False)
    version: Mapped[int] = mapped_column(Integer, nullable=False, default=1)
    status_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    price_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    community: Mapped[Community] = relationship()
    district: Mapped[District] = relationship()
    agent: Mapped[Staff] = relationship(foreign_keys=[agent_id])
    department: Mapped[Department] = relationship()

    @property
    def name(self) -> str:
        """The listing in a few words: community, rooms and area."""
        plan = gettext("%(rooms)s rooms, %(halls)s halls", rooms=self.rooms, halls=self.halls)
        return f"{self.community.name} {plan} {self.area.normalize():f}㎡"

    @property
    def is_offered(self) -> bool:
        """True while customers may be told of it."""
        return self.status == ACTIVE

    @property
    def is_rent(self) -> bool:
        """True if the price is that of a month."""
        return self.kind == RENT

    def give_to(self, agent: Staff) -> None:
        """Let another colleague maintain it, in that colleague's department."""
        self.agent, self.agent_id, self.department_id = agent, agent.id, agent.department_id

    def move_to(self, community: Community) -> None:
        """Place it in a community, and so in its district."""
        self.community, self.community_id = community, community.id
        self.district_id = community.district_id

    def set_price(self, price: Decimal, moment: datetime) -> None:
        """Take over another price."""
        self.price, self.price_at = price, moment

    def reserve(self, moment: datetime) -> None:
        """Note that a customer has reserved it."""
        self._change(RESERVED, moment)

    def finish(self, moment: datetime) -> None:
        """Note that it is sold or let."""
        self._change(DONE, moment)

    def withdraw(self, moment: datetime) -> None:
        """Note that its owner no longer offers it."""
        self._change(WITHDRAWN, moment)

    def offer_again(self, moment: datetime) -> None:
        """Put it back on offer."""
        self._change(ACTIVE, moment)

    def _change(self, status: str, moment: datetime) -> None:
        self.status, self.status_at = status, moment
        self.bump()

    def bump(self) -> None:
        """Count one more save."""
        self.version += 1
