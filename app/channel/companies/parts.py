"""Parts that other subjects add to a broker company: rows that keep it in use, a tab, cells of the list.

Brokers and referrals register theirs in their own ``setup.py``: companies import neither (CH-2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, false, or_, select

from app.channel.companies.models import BrokerCompany
from app.kernel.access.guard import scoped
from app.kernel.database.session import db

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from app.kernel.access.actor import Actor
    from app.kernel.pages.tabs import DetailTab


def _no_cells(_pks: Sequence[int]) -> Mapping[int, Mapping[str, Any]]:
    return {}


def _no_company(_actor: Actor) -> int | None:
    return None


@dataclass(frozen=True)
class CompanyPart:
    """Rows of another subject that belong to broker companies.

    ``columns`` have the ids of the companies, which are in use by that.  ``tab`` shows the rows on the
    company's page; ``cells(pks)`` returns company → column → content for a page of the list.
    ``company_of(actor)`` returns the id of the actor's own company, whose contact they may read.
    """

    key: str
    columns: tuple[Any, ...]
    tab: DetailTab | None = None
    cells: Callable[[Sequence[int]], Mapping[int, Mapping[str, Any]]] = _no_cells
    company_of: Callable[[Actor], int | None] = _no_company


_parts: dict[str, CompanyPart] = {}


def register_part(part: CompanyPart) -> None:
    """Register a part of the company; the page shows their tabs in this order."""
    _parts[part.key] = part


def tabs_of_parts() -> tuple[DetailTab, ...]:
    """Return the tabs of all parts."""
    return tuple(part.tab for part in _parts.values() if part.tab is not None)


def cells_of_parts(pks: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return the cells that the parts give to a page of the list: company → column → content."""
    found: dict[int, dict[str, Any]] = {pk: {} for pk in pks}
    for part in _parts.values():
        for pk, cells in part.cells(pks).items():
            found[pk].update(cells)
    return found


def own_company(actor: Actor) -> int | None:
    """Return the id of the broker company that the actor works for."""
    found = (part.company_of(actor) for part in _parts.values())
    return next((pk for pk in found if pk is not None), None)


def companies_in_use(pks: Sequence[int]) -> set[int]:
    """Return the companies that have or had brokers or referrals: they are disabled, never deleted."""
    row = BrokerCompany.id
    columns = [column for part in _parts.values() for column in part.columns]
    used = or_(false(), *(exists().where(column == row) for column in columns))
    return set(db.session.scalars(scoped(select(row).where(row.in_(pks), used))))
