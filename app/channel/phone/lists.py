"""Lists on the phone: a collapsible search, rows as cells, and a link to more rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from app.kernel.access.current import current_actor
from app.kernel.lists.counts import COUNT_LIMIT
from app.kernel.lists.paging import Page, fetch_page
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.formatting import qs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Select

    from app.kernel.lists.filters import FilterField
    from app.kernel.lists.requests import ListSpec


@dataclass(frozen=True)
class PhoneList:
    """One page of a list. ``fields`` are the search fields; an address is empty where there is none."""

    rows: Sequence[Any]
    fields: list[FilterField]
    total: str
    more_url: str
    first_url: str
    clear_url: str

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    @property
    def is_searched(self) -> bool:
        """Tell whether the address has search values, valid or not."""
        return any(one.active for one in self.fields)


def phone_list(statement: Select[Any], spec: ListSpec, names: Sequence[str], *options: Any) -> PhoneList:
    """Apply the address's search and page to a scoped statement; ``names`` are the page's filters."""
    asked = read_list_request(spec, request.args)
    filters = [one for one in spec.filters if one.name in names]
    found: Page[Any] = Page([], 0, total_is_exact=True)
    if not asked.errors.keys() & {*names}:
        narrowed = apply_filters(statement, spec, asked, current_actor())
        found = fetch_page(narrowed, spec, asked, *options)
    cleared = dict.fromkeys(name for one in filters for name in one.names)
    return PhoneList(
        rows=found.items,
        fields=[one.field(request.args, asked.errors.get(one.name, "")) for one in filters],
        total=str(found.total) if found.total_is_exact else f"{COUNT_LIMIT}+",
        more_url=qs(after=found.after) if found.after else "",
        first_url=qs(after=None) if asked.after else "",
        clear_url=qs(after=None, **cleared),
    )
