"""How well a home fits a demand, and why: one pure function (LST-3).

Four conditions weigh 100 points together. Inside its bounds a condition has all of them; an open bound is
met by everything. Price and area lose points until they are a fifth outside, rooms half of them for one room
more or fewer; beyond that the home is no match. The district only takes its points away, unless it is a
must; a condition that is a must is met, or the home is no match.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from app.listings.homes.choices import RENT, SALE
from app.listings.matching.choices import AREA, DISTRICT, PRICE, ROOMS

if TYPE_CHECKING:
    from app.kernel.errors import Sentence

KINDS = {"buy": SALE, "rent": RENT}  # kind of demand → kind of listing
WEIGHTS = {DISTRICT: 30, PRICE: 35, AREA: 20, ROOMS: 15}
USUAL_MUSTS = frozenset({DISTRICT})
WHOLE = 100
TOLERANCE = Decimal("0.2")
_HALF = 50
_SALE_PRICE = (
    _("Price within the budget"),
    _("Price %(n)s%% over the budget"),
    _("Price %(n)s%% below the budget"),
)
_RENT_PRICE = (
    _("Rent within the budget"),
    _("Rent %(n)s%% over the budget"),
    _("Rent %(n)s%% below the budget"),
)
_AREA = (_("Area as wanted"), _("Area %(n)s%% larger than wanted"), _("Area %(n)s%% smaller than wanted"))
_ROOMS = (_("Rooms as wanted"), _("%(n)s room more than wanted"), _("%(n)s room fewer than wanted"))


@dataclass(frozen=True)
class Range:
    """A range of a demand, both ends included; None leaves an end open."""

    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def is_open(self) -> bool:
        """True if nothing is asked."""
        return self.low is None and self.high is None


@dataclass(frozen=True)
class Demand:
    """What a customer looks for. ``districts`` are the wanted ones with all that meet them, those below and
    above (ACC-14); none: everywhere. ``musts`` are the conditions without which a home is no match.
    """

    kind: str
    districts: frozenset[int] = frozenset()
    price: Range = Range()
    area: Range = Range()
    rooms: Range = Range()
    musts: frozenset[str] = USUAL_MUSTS


@dataclass(frozen=True)
class Home:
    """What a match reads of a listing."""

    kind: str
    district_id: int
    price: Decimal
    area: Decimal
    rooms: int


@dataclass(frozen=True)
class Reason:
    """Why a home fits a condition, or misses it; conditions of which nothing is asked have none."""

    condition: str
    fits: bool
    message: Sentence
    off: int = 0

    @property
    def sentence(self) -> str:
        """The reason in the reader's language."""
        return str(self.message) % {"n": self.off} if self.off else str(self.message)


@dataclass(frozen=True)
class Match:
    """A home that fits: ``points`` of 10,000, and the reasons in the order of their weight."""

    points: int
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """The score that people see: 0 to 100, and 100 only where nothing is missed."""
        return self.points // WHOLE

    @property
    def is_exact(self) -> bool:
        """True if every condition is met."""
        return self.points == WHOLE * WHOLE


def match(demand: Demand, home: Home) -> Match | None:
    """Return how well a home fits a demand; None where it is no match (LST-3)."""
    if KINDS[demand.kind] != home.kind:
        return None
    prices = _RENT_PRICE if home.kind == RENT else _SALE_PRICE
    judged = {
        PRICE: _part_off(PRICE, demand.price, home.price, prices),
        DISTRICT: _in_district(demand, home),
        AREA: _part_off(AREA, demand.area, home.area, _AREA),
        ROOMS: _rooms_off(demand.rooms, home.rooms),
    }
    points, reasons = 0, []
    for condition, (worth, reason) in judged.items():
        missed = reason is not None and not reason.fits
        if missed and (condition in demand.musts or (worth == 0 and condition != DISTRICT)):
            return None
        points += WEIGHTS[condition] * worth
        if reason is not None:
            reasons.append(reason)
    return Match(points, tuple(reasons))


Judged = tuple[int, Reason | None]


def _in_district(demand: Demand, home: Home) -> Judged:
    if not demand.districts:
        return WHOLE, None
    if home.district_id in demand.districts:
        return WHOLE, Reason(DISTRICT, fits=True, message=_("In a wanted district"))
    return 0, Reason(DISTRICT, fits=False, message=_("In no wanted district"))


def _part_off(condition: str, wanted: Range, value: Decimal, words: tuple[Any, Any, Any]) -> Judged:
    """Judge by how large a part the value lies outside, of the bound that it misses."""
    if wanted.is_open:
        return WHOLE, None
    for bound, outside, message in (
        (wanted.high, wanted.high is not None and value > wanted.high, words[1]),
        (wanted.low, wanted.low is not None and value < wanted.low, words[2]),
    ):
        if outside and bound is not None:
            part = abs(value - bound) / bound if bound else TOLERANCE
            worth = int(WHOLE * (1 - part / TOLERANCE)) if part < TOLERANCE else 0
            return worth, Reason(condition, fits=False, message=message, off=max(1, round(part * WHOLE)))
    return WHOLE, Reason(condition, fits=True, message=words[0])


def _rooms_off(wanted: Range, rooms: int) -> Judged:
    if wanted.is_open:
        return WHOLE, None
    more = rooms - wanted.high if wanted.high is not None else Decimal(0)
    fewer = wanted.low - rooms if wanted.low is not None else Decimal(0)
    off = int(max(more, fewer))
    if off <= 0:
        return WHOLE, Reason(ROOMS, fits=True, message=_ROOMS[0])
    words = _ROOMS[1] if more > 0 else _ROOMS[2]
    return _HALF if off == 1 else 0, Reason(ROOMS, fits=False, message=words, off=off)


def all_reasons(found: Match) -> str:
    """Return the reasons in one line, misses first."""
    ordered = sorted(found.reasons, key=lambda one: one.fits)
    return gettext(", ").join(one.sentence for one in ordered)
