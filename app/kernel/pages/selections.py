"""What a person chose in a list (OFF-4): rows by their ids, or everything that the list's filter finds.

"All found" is never a list of the browser's: the server evaluates the list's own scoped statement again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask_babel import lazy_gettext as _
from sqlalchemy import func, inspect
from werkzeug.datastructures import MultiDict

from app.kernel.database.conditions import id_in
from app.kernel.database.session import db
from app.kernel.errors import Invalid
from app.kernel.lists.asking import refuse_typed
from app.kernel.lists.counts import COUNT_LIMIT
from app.kernel.lists.paging import every_key
from app.kernel.lists.requests import apply_filters, read_list_request
from app.kernel.pages.modes import PAGE_ARGUMENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select

    from app.kernel.access.actor import Actor
    from app.kernel.lists.requests import ListRequest
    from app.kernel.pages.views import ScopedModelView


MAX_CHOSEN = 1000  # rows by their ids, in one request
MAX_FOUND = COUNT_LIMIT  # rows by the filter: as far as the list counts them
IDS, FOUND, LEFT_OUT, RETRY = "ids", "found", "left_out", "retry"
_OWN = (IDS, FOUND, LEFT_OUT, RETRY, "_drawer")
_MAX_ID = 2**63 - 1
BETWEEN = _("Choose between 1 and 1,000 records")
TOO_MANY = _("More than 10,000 records cannot be chosen at once; narrow the list first")
NONE_FOUND = _("The filter finds no record any more")


@dataclass(frozen=True)
class ListFilter:
    """The tab and the query of a list at the moment when "all found" was chosen."""

    tab: str
    args: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> ListFilter:
        """Return the filter that a list's address names; the page shown does not matter."""
        left = {*_OWN, *PAGE_ARGUMENTS, "tab"}
        pairs = ((name, value) for name, value in args.items(multi=True) if name not in left and value)
        return cls(args.get("tab", ""), tuple(pairs))

    def keys(self, view: ScopedModelView, actor: Actor) -> list[int]:
        """Return the keys of all rows that the filter finds now, in the list's order.

        :raises Invalid: for a filter that is not valid, or more rows than a batch takes.
        """
        statement, asked = self._statement(view, actor)
        found = every_key(statement, view.spec, asked, most=MAX_FOUND)
        if len(found) > MAX_FOUND:
            raise Invalid(ids=TOO_MANY)
        return found

    def still_found(self, view: ScopedModelView, pks: Sequence[int], actor: Actor) -> set[int]:
        """Return those of the rows that the filter still finds."""
        statement, _asked = self._statement(view, actor)
        key = _key(view)
        return {*db.session.scalars(statement.where(id_in(key, pks)).with_only_columns(key).order_by(None))}

    def _statement(self, view: ScopedModelView, actor: Actor) -> tuple[Select[Any], ListRequest]:
        tab = next((one for one in view.tabs if one.key == self.tab), None)
        if self.tab and tab is None:
            raise Invalid(tab=_("Not one of the choices"))
        first = view.tabs[0] if view.tabs else None
        shown = tab or first
        asked = read_list_request(view.spec, MultiDict(self.args))
        refuse_typed(view.spec, asked)
        asked.enforce()
        whole = (shown.scope if shown else type(view).scope)(actor)
        return apply_filters(whole, view.spec, asked, actor), asked


@dataclass(frozen=True)
class Selection:
    """The chosen rows: their ids, the filter that found them, or the earlier batch whose rest they are."""

    pks: list[int]
    found_by: ListFilter | None = None
    retry_of: int | None = None


def read_selection(view: ScopedModelView, args: MultiDict[str, str], actor: Actor) -> Selection:
    """Parse what was chosen from the address: all found without some, or a list of ids.  A form's own fields
    may bear the names of filters, so that they do not belong to it.

    :raises Invalid: when nothing was chosen, or more than a batch takes.
    """
    if not args.get(FOUND):
        return Selection(read_ids(args.get(IDS, "")))
    found_by = ListFilter.of(args)
    left_out = {*read_ids(args[LEFT_OUT])} if args.get(LEFT_OUT) else set()
    pks = [pk for pk in found_by.keys(view, actor) if pk not in left_out]
    if not pks:
        raise Invalid(ids=NONE_FOUND)
    return Selection(pks, found_by)


def read_ids(text: str) -> list[int]:
    """Parse ids with commas or points between them; nobody has checked yet that they are in scope.

    :raises Invalid: when there is none, too many, or one is no number.
    """
    ids = [part for part in dict.fromkeys(text.replace(".", ",").split(",")) if part]
    if not ids or len(ids) > MAX_CHOSEN or not all(part.isascii() and part.isdigit() for part in ids):
        raise Invalid(ids=BETWEEN)
    return [min(int(part[:19]), _MAX_ID) for part in ids]


def count_kinds(view: ScopedModelView, column: Any, pks: Sequence[int], actor: Actor) -> Mapping[str, int]:
    """Return the number of chosen records of each kind, of those in the actor's scope."""
    chosen = type(view).scope(actor).where(id_in(_key(view), pks))
    counted = chosen.with_only_columns(column, func.count()).group_by(column).order_by(None)
    found: dict[str, int] = dict(db.session.execute(counted).all())
    return found


def _key(view: ScopedModelView) -> Any:
    return inspect(view.datamodel.obj).primary_key[0]
