"""How a person sees a list (OFF-5, CUST-13): saved views, shared ones, and the layout of the list itself.

A view keeps a list's filters, tab, order, columns and row height, never its rows: whoever opens it reads the
list in their own scope.  The stored filters are read through the list's declaration, so that nothing else is
stored.  The row without a name is the person's layout of the list where no view is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable
from urllib.parse import parse_qsl, urlencode

from flask_babel import lazy_gettext as _
from sqlalchemy import ForeignKey, Index, SmallInteger, String, Text, bindparam, or_, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kernel.access.permissions import ListViewPermission
from app.kernel.database.columns import BigId, UtcDateTime, one_of
from app.kernel.database.derived import searched_by
from app.kernel.database.session import Model, db
from app.kernel.pages.columns import ChosenColumn, columns_word, read_columns, usual_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListSpec
    from app.kernel.pages.tabs import ListTab


MAX_NAME = 30
MAX_QUERY = 2000
MAX_KEPT = 30
DENSITIES = ("", "small")
PRIVATE = _("A phone number is not kept in a view; remove it first")
VIEW, COLUMNS, DENSITY = "list_view", "columns", "density"  # arguments of a list's address


@runtime_checkable
class FilteredList(Protocol):
    """A view whose page ``list`` can be filtered as its declaration allows."""

    endpoint: str
    class_permission_name: str
    list_columns: Any

    @property
    def spec(self) -> ListSpec:
        """The filters and orders of the list."""

    @property
    def tabs(self) -> Sequence[ListTab]:
        """The tabs of the list, the default one first."""


class ListView(Model):
    """One saved view of one person, or without a name their layout of the list itself.

    ``list_key`` is the list's endpoint, ``query`` the filters as its address has them, ``columns`` the word
    of :mod:`app.kernel.pages.columns` (empty: as the list has them), ``department_id`` the team that it is
    shared with.
    """

    __tablename__ = "list_view"
    __audit__ = "list_view"
    __table_args__ = (
        one_of("density", DENSITIES),
        Index("uq_list_view_name_search", "person_id", "list_key", "name_search", unique=True),
        Index(
            "uq_list_view_default", "person_id", "list_key", unique=True,
            postgresql_where=text("is_default"), sqlite_where=text("is_default"),
        ),
        Index(
            "ix_list_view_department", "department_id", "list_key",
            postgresql_where=text("department_id IS NOT NULL"),
            sqlite_where=text("department_id IS NOT NULL"),
        ),
    )  # fmt: skip
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("ab_user.id", ondelete="CASCADE"), nullable=False)
    department_id: Mapped[int | None] = mapped_column(ForeignKey("department.id", ondelete="SET NULL"))
    list_key: Mapped[str] = mapped_column(String(60), nullable=False)
    name: Mapped[str] = mapped_column(String(MAX_NAME), nullable=False, default="")
    name_search: Mapped[str] = searched_by("name")  # unique for the person's list, however it is typed
    position: Mapped[int] = mapped_column(SmallInteger, nullable=False, default=0)
    query: Mapped[str] = mapped_column(Text, nullable=False, default="")
    tab: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    order_by: Mapped[str] = mapped_column(String(60), nullable=False, default="")
    columns: Mapped[str] = mapped_column(Text, nullable=False, default="")
    density: Mapped[str] = mapped_column(String(8), nullable=False, default="")
    is_default: Mapped[bool] = mapped_column(nullable=False, default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, nullable=False)

    @property
    def content(self) -> ViewContent:
        """What the view keeps of the list."""
        return ViewContent(self.query, self.tab, self.order_by, self.columns, self.density)

    def keep(self, content: ViewContent) -> None:
        """Replace what the view keeps of the list."""
        self.query, self.tab, self.order_by = content.query, content.tab, content.order_by
        self.columns, self.density = content.columns, content.density


@dataclass(frozen=True)
class ViewContent:
    """What a view keeps of a list: filters, tab and order where they are not the usual ones, and its look."""

    query: str = ""
    tab: str = ""
    order_by: str = ""
    columns: str = ""
    density: str = ""

    @property
    def asks(self) -> tuple[str, str, str]:
        """What the view asks for, without its look."""
        return self.query, self.tab, self.order_by

    def pairs(self) -> list[tuple[str, str]]:
        """Return the arguments of the list's address: whole, so that it can be sent to a colleague."""
        named = [("tab", self.tab), ("order_by", self.order_by)]
        look = [(COLUMNS, self.columns), (DENSITY, self.density)]
        return [*parse_qsl(self.query), *(pair for pair in (*named, *look) if pair[1])]


def content_of(view: FilteredList, args: MultiDict[str, str]) -> ViewContent:
    """Return what a view of the list at this address keeps: only what the list declares."""
    names = [name for one in view.spec.filters for name in one.names]
    pairs = [(name, args[name].strip()) for name in names if args.get(name, "").strip()]
    tab, order, density = args.get("tab", ""), args.get("order_by", ""), args.get(DENSITY, "")
    ordered = order.removeprefix("-") in view.spec.orders and order != view.spec.default_order
    return ViewContent(
        urlencode(pairs),
        tab if tab in {one.key for one in view.tabs[1:]} else "",
        order if ordered else "",
        columns_word(read_columns(args.get(COLUMNS, ""), view.list_columns), view.list_columns),
        density if density in DENSITIES else "",
    )


def holds_private(view: FilteredList, args: MultiDict[str, str]) -> bool:
    """Return True if a filter is set whose value may not be stored in plain text."""
    return any(not one.is_kept and args.get(one.name, "").strip() for one in view.spec.filters)


_KEPT = (
    select(ListView)
    .where(
        ListView.list_key == bindparam("key"),
        or_(ListView.person_id == bindparam("person"), ListView.department_id == bindparam("team")),
    )
    .order_by(ListView.position, ListView.id)
)


@dataclass(frozen=True)
class ShownList:
    """A list as a person sees it now: the views to choose from, the open one, columns and row height.

    ``own`` is the person's layout of the list itself.
    """

    person_id: int = 0
    views: Sequence[ListView] = ()
    active: ListView | None = None
    own: ListView | None = None
    columns: tuple[ChosenColumn, ...] = ()
    density: str = ""

    @property
    def keys(self) -> list[str]:
        """The keys of the shown columns, in order."""
        return [one.key for one in self.columns]

    @property
    def opening(self) -> list[tuple[str, str]]:
        """The arguments of the address with which the list opens by itself; none for the plain list."""
        default = next(
            (one for one in self.views if one.is_default and one.person_id == self.person_id), None
        )
        if default is not None:
            return address_pairs(default)
        return [("tab", self.own.tab)] if self.own and self.own.tab else []


def address_pairs(one: ListView) -> list[tuple[str, str]]:
    """Return the arguments of the address of a view."""
    return [*one.content.pairs(), (VIEW, str(one.id))]


def shown_list(view: FilteredList, args: MultiDict[str, str], actor: Actor) -> ShownList:
    """Return how the person sees the list at this address, in one statement.

    Columns are those of the open view, else of the address, else of the person's own layout.
    """
    kept: Sequence[ListView] = []
    if actor.may(ListViewPermission.USE):
        given = {"key": view.endpoint, "person": actor.id, "team": actor.department_id}
        kept = db.session.scalars(_KEPT, given).all()
    own = next((one for one in kept if one.person_id == actor.id and not one.name), None)
    named = [one for one in kept if one.name]
    named.sort(key=lambda one: one.person_id != actor.id)
    active = _active(view, args, named)
    layout = active if active is not None and active.columns else None
    word = layout.columns if layout else args.get(COLUMNS, "")
    if not word and own is not None and (active is None or active.person_id == actor.id):
        word = own.columns
    density = active.density if active else args.get(DENSITY, own.density if own else "")
    columns = read_columns(word, view.list_columns) or usual_columns(view.list_columns)
    return ShownList(actor.id, named, active, own, columns, density if density in DENSITIES else "")


def _active(view: FilteredList, args: MultiDict[str, str], named: Sequence[ListView]) -> ListView | None:
    """Return the view that the address names; without a name, one that asks for the same."""
    if VIEW in args:
        return next((one for one in named if str(one.id) == args[VIEW]), None)
    if not named or not args:
        return None
    asks = content_of(view, args).asks
    return next((one for one in named if one.content.asks == asks), None) if any(asks) else None
