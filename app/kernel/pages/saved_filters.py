"""Filters that a user saves by name, for every list (CUST-13): filters, tab and order, not the page.

The stored query is the list's own, read through the list's declaration, so that nothing else is stored.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import urlencode

from flask import request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.access.permissions import SavedFilterPermission
from app.kernel.database.columns import BigId, UtcDateTime
from app.kernel.database.session import Model, db
from app.kernel.pages.elements import Button, SavedChip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListSpec
    from app.kernel.pages.tabs import ListTab


MAX_NAME = 30
MAX_QUERY = 2000
MAX_KEPT = 20
PRIVATE = _("A phone number is not kept in a saved filter; remove it first")


@runtime_checkable
class FilteredList(Protocol):
    """A view whose page ``list`` can be filtered as its declaration allows."""

    endpoint: str
    class_permission_name: str

    @property
    def spec(self) -> ListSpec:
        """The filters and orders of the list."""

    @property
    def tabs(self) -> Sequence[ListTab]:
        """The tabs of the list, the default one first."""


class SavedFilter(Model):
    """One saved filter of one user.

    ``list_key`` is the list's endpoint, ``query`` the query string of its address.
    """

    __tablename__ = "saved_filter"
    __audit__ = "saved_filter"
    __table_args__ = (UniqueConstraint("person_id", "list_key", "name"),)
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False)
    list_key: Mapped[str] = mapped_column(String(60), nullable=False)
    name: Mapped[str] = mapped_column(String(MAX_NAME), nullable=False)
    query: Mapped[str] = mapped_column(Text, nullable=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)


_OWN = (
    select(SavedFilter)
    .where(SavedFilter.person_id == bindparam("person"), SavedFilter.list_key == bindparam("key"))
    .order_by(SavedFilter.id)
)


def saved_filters(list_key: str, actor: Actor) -> Sequence[SavedFilter]:
    """Return the filters that the user saved for a list, oldest first."""
    return db.session.scalars(_OWN, {"person": actor.id, "key": list_key}).all()


def kept_query(view: FilteredList, args: MultiDict[str, str]) -> str:
    """Return the part of a list's query that is saved: filters, and with them tab and order where they are
    not the default ones; a tab alone is not saved as a filter.
    """
    names = [name for one in view.spec.filters for name in one.names]
    pairs = [(name, args[name].strip()) for name in names if args.get(name, "").strip()]
    tab, order = args.get("tab", ""), args.get("order_by", "")
    ordered = order.removeprefix("-") in view.spec.orders and order != view.spec.default_order
    if (pairs or ordered) and tab in {one.key for one in view.tabs[1:]}:
        pairs.append(("tab", tab))
    if ordered:
        pairs.append(("order_by", order))
    return urlencode(pairs)


def holds_private(view: FilteredList, args: MultiDict[str, str]) -> bool:
    """Return True if a filter is set whose value may not be stored in plain text."""
    return any(not one.is_kept and args.get(one.name, "").strip() for one in view.spec.filters)


def saved_row(view: FilteredList, actor: Actor) -> dict[str, Any]:
    """Return the list page's ``saved`` chips and its ``save`` button, read in one statement."""
    if not actor.may(SavedFilterPermission.USE):
        return {}
    kept = saved_filters(view.endpoint, actor)
    present = kept_query(view, request.args)
    base = url_for(f"{view.endpoint}.list")
    chips = [
        SavedChip(
            name=one.name,
            url=f"{base}?{one.query}",
            active=one.query == present,
            rename_url=url_for("SavedFilterView.rename", pk=one.id),
            delete_url=url_for("SavedFilterView.delete", pk=one.id),
        )
        for one in kept
    ]
    if not present or any(chip.active for chip in chips):
        return {"saved": chips}
    url = url_for("SavedFilterView.new", list=view.endpoint, query=present)
    reason = str(PRIVATE) if holds_private(view, request.args) else ""
    save = Button(gettext("Save this filter"), "" if reason else url, "fa-bookmark", "drawer", reason=reason)
    return {"saved": chips, "save": save}
